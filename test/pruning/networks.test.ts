// Every family of image networks and the real pretrained ones, 30 % of their kernels removed: onnxruntime runs the
// pruned file and the whole network with the removed channels zeroed, both written by native_tests. Networks with
// open sizes run at other sizes than they were pruned at. The pruned files are checked for their form, too.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { HDlModel } from '../../src/generated/HDlModel.js';
import { Random } from '../../src/onnx/random.js';
import { checkStructure } from './structure.js';

const tests = 'build/Release/native_tests';
const families = readFileSync('test/native/pruning_families.h', 'utf8');
const names = [...families.matchAll(/\{"(\w+)", \w+\}/g)].map((match) => match[1]!);
// With the size of the input; 2 samples and another size where the network leaves them open.
const real: Record<string, number[]> = {
  'ppocr-cls': [2, 3, 48, 192],
  'ppocr-det': [2, 3, 64, 96],
  'ppocr-rec': [2, 3, 48, 160],
  'blazeface-front': [1, 128, 128, 3],
  'blazeface-back': [1, 256, 256, 3],
  'mlsd-tiny': [1, 320, 320, 4],
  'mlsd-large': [1, 320, 320, 4],
  embedding: [2, 76, 32, 1],
  detypify: [1, 1, 224, 224],
  'nsfwjs-mobilenet': [2, 224, 224, 3],
};
// Half a gigabyte of files and two minutes more: `ALCEDO_LARGE=1 npm test -- test/pruning`.
if (process.env.ALCEDO_LARGE) {
  real['nsfwjs-inception'] = [1, 299, 299, 3];
  real.isnet = [1, 3, 1024, 1024];
}
// What cannot be pruned, and what the error says: convolutions inside branches that the input chooses.
const refused: Record<string, RegExp> = {
  'silero-vad': /no convolution of the model can be pruned.*7981/,
};
// A branch that the number of samples chooses: kept as it is, and pruned around.
const branching = 'silero-vad-16k';

const options = { logSeverityLevel: 3, intraOpNumThreads: 1 } as const;

type Feeds = Record<string, Tensor>;

async function feedsFor(path: string, dims: number[]): Promise<Feeds> {
  const session = await InferenceSession.create(path, options);
  const normal = new Random(5);
  const length = dims.reduce((product, dim) => product * dim, 1);
  const first = new Tensor(
    'float32',
    Float32Array.from({ length }, () => normal.normal()),
    dims,
  );
  const feeds: Feeds = { [session.inputNames[0]!]: first };
  await session.release();
  return feeds;
}

async function run(path: string, feeds: Feeds): Promise<Float32Array[]> {
  const session = await InferenceSession.create(path, options);
  const results = await session.run(feeds);
  const outputs = session.outputNames.map((name) => results[name]!.data as Float32Array);
  await session.release();
  return outputs;
}

// `ties`: the share of numbers that may be others, for networks that keep what equals its neighbours' maximum, where
// rounding decides. `part` of the output's range: isnet computes in float16, whose last digit is 5e-4.
async function comparePair(
  folder: string,
  name: string,
  dims: number[],
  { ties = 0, part = 1e-4 } = {},
): Promise<void> {
  const feeds = await feedsFor(join(folder, `${name}.pruned.onnx`), dims);
  const want = await run(join(folder, `${name}.zeroed.onnx`), feeds);
  const got = await run(join(folder, `${name}.pruned.onnx`), feeds);
  expect(await checkStructure(join(folder, `${name}.pruned.onnx`), feeds)).to.be.greaterThan(0);
  expect(got.length).to.equal(want.length);
  want.forEach((expected, i) => {
    const range = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
    expect(got[i]!.length).to.equal(expected.length);
    // Probabilities next to 0 carry the rounding of a sum of the size of 1.
    const tolerance = Math.max(part * range, 1e-6);
    const off = expected.reduce(
      (sum, value, k) => sum + Number(!(Math.abs(value - got[i]![k]!) <= tolerance)),
      0,
    );
    expect(off, `output ${i} of range ${range}: numbers off`).to.be.at.most(ties * expected.length);
  });
  using model = new HDlModel(join(folder, `${name}.pruned.onnx`));
  expect(model.GetDlModelParam('type').S).to.be.oneOf(['classification', 'generic']);
}

const write = (folder: string, test: string, models: string[]): void => {
  const env = { ...process.env, ALCEDO_FILES: folder, ALCEDO_MODELS: models.join(delimiter) };
  const done = spawnSync(tests, [`--test-case=${test}`], { env, encoding: 'utf8' });
  expect(done.status, done.stdout + done.stderr).to.equal(0);
};

describe('networks: pruned equals zeroed in onnxruntime', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alcedo-networks-'));
  const paths = new Map<string, string>();
  const problems = new Map<string, string>();
  before(function () {
    this.timeout(300000);
    if (!existsSync(tests)) return this.skip();
    const wanted = [...Object.keys(real), ...Object.keys(refused), branching];
    const fetched = spawnSync(process.execPath, ['scripts/fetch-models.mjs', ...wanted], {
      encoding: 'utf8',
    });
    for (const line of fetched.stdout.trim().split('\n')) {
      const [, name, what] = /^([\w-]+): (.*)$/.exec(line) ?? [];
      if (name && what) (existsSync(what) ? paths : problems).set(name, what);
    }
    write(folder, 'families*', []);
    const there = [...paths].filter(([name]) => name in real).map(([, path]) => path);
    if (there.length > 0) write(folder, 'real networks*', there);
    expect(readdirSync(folder)).to.have.length(2 * (names.length + there.length));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const name of names) {
    it(name, async () => {
      const session = await InferenceSession.create(join(folder, `${name}.zeroed.onnx`), options);
      const [info] = session.inputMetadata;
      await comparePair(folder, name, (info as { shape: number[] }).shape);
    });
  }
  const pathOf = (name: string, test: Mocha.Context): string => {
    const path = paths.get(name);
    if (path) return path;
    test.test!.title += ` (skipped: the file could not be fetched, ${problems.get(name) ?? 'no answer'})`;
    return test.skip();
  };
  for (const [name, reason] of Object.entries(refused)) {
    it(`${name} is refused`, function () {
      const path = pathOf(name, this);
      const prune = (): void => {
        using model = new HDlModel(path);
        model.CreateDlPruning('oracle', []).Dispose();
      };
      expect(prune).to.throw(reason);
    });
  }
  it(`${branching} is pruned around its branch`, async function () {
    const path = pathOf(branching, this);
    const file = join(folder, `${branching}.onnx`);
    using model = new HDlModel(path);
    using pruning = model.CreateDlPruning('oracle', []);
    pruning.SetDlPruningParam('criterion', 'weight_l2');
    pruning.SetDlPruningParam('percentage', 30);
    using pruned = model.GenDlPrunedModel(pruning);
    pruned.WriteDlModel(file);
    expect(statSync(file).size).to.be.lessThan(0.8 * statSync(path).size);
    const feeds = {
      input: new Tensor(
        'float32',
        Float32Array.from({ length: 576 }, (_, i) => Math.sin(i / 5)),
        [1, 576],
      ),
      state: new Tensor('float32', new Float32Array(256), [2, 1, 128]),
      sr: new Tensor('int64', BigInt64Array.of(16000n), []),
    };
    const [probability] = await run(file, feeds);
    expect(probability![0]).to.be.within(0, 1);
  });
  for (const [name, dims] of Object.entries(real)) {
    it(name, async function () {
      this.timeout(name === 'isnet' ? 300000 : 60000);
      const path = pathOf(name, this);
      await comparePair(folder, name, dims, {
        ties: name.startsWith('mlsd') ? 0.001 : 0,
        part: name === 'isnet' ? 1e-3 : 1e-4,
      });
      const small = statSync(join(folder, `${name}.pruned.onnx`)).size;
      expect(small).to.be.lessThan(statSync(path).size);
    });
  }
});
