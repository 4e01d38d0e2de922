// Agreement with onnxruntime: the five reference networks and real pretrained ones. The native tests' exchange case
// runs them (engine and reference functions) and writes each back; onnxruntime runs the original and what was written.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Random } from '../../src/onnx/random.js';

const TESTS = 'build/Release/native_tests';
const CHECKER = `
import sys, onnx
for path in sys.argv[1:]:
    model = onnx.load(path)
    if model.ir_version <= onnx.IR_VERSION and model.opset_import[0].version <= onnx.defs.onnx_opset_version():
        onnx.checker.check_model(model, full_check=True)
`;

interface Network {
  name: string;
  dims: number[];
  /** The reference functions are too slow for it. */
  engineOnly?: boolean;
  /** What an output can span at least: 1 for probabilities, which are all near 0 for the noise that is fed here. */
  span?: number;
  /** Allowed difference as a part of the range; default 1e-4. */
  part?: number;
}

const REFERENCE: Network[] = ['vgg', 'vgg_bn', 'resnet', 'mobilenet_v2', 'densenet'].map((name) => ({
  name,
  dims: name === 'densenet' ? [2, 3, 64, 64] : [2, 3, 32, 32],
}));

const REAL: Network[] = [
  { name: 'ppocr-cls', dims: [2, 3, 48, 192] },
  { name: 'ppocr-det', dims: [1, 3, 96, 64], span: 1 },
  { name: 'ppocr-rec', dims: [1, 3, 48, 96] },
  { name: 'blazeface-front', dims: [1, 128, 128, 3] },
  { name: 'blazeface-back', dims: [1, 256, 256, 3] },
  { name: 'embedding', dims: [2, 76, 32, 1] },
  { name: 'mlsd-tiny', dims: [1, 320, 320, 4], engineOnly: true, span: 1 },
  // Its last stage amplifies rounding: onnxruntime, the engine and the reference functions all differ by 1e-4.
  { name: 'mlsd-large', dims: [1, 320, 320, 4], engineOnly: true, span: 1, part: 5e-4 },
];

function npy(dims: readonly number[], data: Float32Array): Buffer {
  let head = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dims.join(', ')},), }`;
  head = `${head.padEnd(64 * Math.ceil((head.length + 11) / 64) - 11)}\n`;
  const size = Buffer.alloc(2);
  size.writeUInt16LE(head.length);
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    size,
    Buffer.from(head),
    Buffer.from(data.buffer),
  ]);
}

function readNpy(path: string): Float32Array {
  const bytes = readFileSync(path);
  const start = 10 + bytes.readUInt16LE(8);
  return new Float32Array(new Uint8Array(bytes.subarray(start)).buffer);
}

function expectClose(found: Float32Array, wanted: Float32Array, what: string, network: Network): void {
  expect(found.length, what).to.equal(wanted.length);
  let range = network.span ?? 0;
  let difference = 0;
  wanted.forEach((value, i) => {
    range = Math.max(range, Math.abs(value));
    const distance = Math.abs(value - found[i]!);
    if (!(distance <= difference)) difference = distance;
  });
  expect(difference, `${what}, range ${range}`).to.be.at.most((network.part ?? 1e-4) * range);
}

async function runInOnnxruntime(path: string, { dims }: Network): Promise<Float32Array[]> {
  const session = await InferenceSession.create(path, { logSeverityLevel: 3, intraOpNumThreads: 2 });
  const feeds = { [session.inputNames[0]!]: new Tensor('float32', input(dims), dims) };
  const results = await session.run(feeds);
  return session.outputNames.map((name) => Float32Array.from(results[name]!.data as Float32Array));
}

function input(dims: readonly number[]): Float32Array {
  const random = new Random(5);
  const size = dims.reduce((product, dim) => product * dim, 1);
  return Float32Array.from({ length: size }, () => Math.max(-1, Math.min(1, random.normal() / 2)));
}

describe('onnx agreement with onnxruntime', function () {
  this.timeout(300000);
  let root: string;
  const missing = new Map<string, string>();
  const folder = (network: Network): string => join(root, network.name);

  before(function () {
    if (!existsSync(TESTS)) this.skip();
    root = mkdtempSync(join(tmpdir(), 'alcedo-exchange-'));
    const paths = new Map(REFERENCE.map(({ name }) => [name, `test/fixtures/reference/${name}/model.onnx`]));
    const names = REAL.map(({ name }) => name);
    const fetched = spawnSync(process.execPath, ['scripts/fetch-models.mjs', ...names], { encoding: 'utf8' });
    for (const [, name, path] of fetched.stdout.matchAll(/^(\S+): (.*)$/gm)) {
      if (path!.startsWith('missing')) missing.set(name!, path!);
      else paths.set(name!, path!);
    }
    for (const network of [...REFERENCE, ...REAL]) {
      const path = paths.get(network.name);
      if (!path) continue;
      mkdirSync(folder(network));
      copyFileSync(path, join(folder(network), 'model.onnx'));
      writeFileSync(join(folder(network), 'input_0.npy'), npy(network.dims, input(network.dims)));
      if (network.engineOnly) writeFileSync(join(folder(network), 'engine_only'), '');
    }
    execFileSync(TESTS, ['--test-case=exchange*'], { env: { ...process.env, ALCEDO_EXCHANGE: root } });
  });

  after(() => {
    if (root) rmSync(root, { recursive: true, force: true });
  });

  for (const network of [...REFERENCE, ...REAL]) {
    it(`${network.name}: same outputs, also after writing`, async function () {
      if (missing.has(network.name)) {
        console.log(`      skipped: ${network.name} ${missing.get(network.name)}`);
        this.skip();
      }
      const error = join(folder(network), 'error.txt');
      expect(existsSync(error) ? readFileSync(error, 'utf8') : '', 'error').to.equal('');
      const wanted = await runInOnnxruntime(join(folder(network), 'model.onnx'), network);
      const written = await runInOnnxruntime(join(folder(network), 'written.onnx'), network);
      // What is resolved on import (shapes, zeros to pad with) does not make the file larger.
      const bytes = ['model.onnx', 'written.onnx'].map((file) => statSync(join(folder(network), file)).size);
      expect(bytes[1], 'bytes written').to.be.at.most(bytes[0]! * 1.02);
      wanted.forEach((output, k) => {
        expectClose(written[k]!, output, `written, output ${k}`, network);
        expectClose(
          readNpy(join(folder(network), `engine_${k}.npy`)),
          output,
          `engine, output ${k}`,
          network,
        );
        if (network.engineOnly) return;
        expectClose(
          readNpy(join(folder(network), `output_${k}.npy`)),
          output,
          `reference, output ${k}`,
          network,
        );
      });
    });
  }

  it('what was written passes the ONNX checker', function () {
    if (spawnSync('/usr/bin/python3', ['-c', 'import onnx']).status !== 0) {
      console.log('      skipped: Debian package python3-onnx is not installed');
      this.skip();
    }
    const files = [...REFERENCE, ...REAL]
      .map((network) => join(folder(network), 'written.onnx'))
      .filter((file) => existsSync(file));
    const result = spawnSync('/usr/bin/python3', ['-c', CHECKER, ...files], { encoding: 'utf8' });
    expect(result.stderr).to.equal('');
    expect(result.status).to.equal(0);
  });
});
