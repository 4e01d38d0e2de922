// Every piece of code in README.md, bindings/README.md and docs/guide, compiled and run as it stands: with a file
// 'classifier.onnx' or 'model.onnx' beside it, and the samples that a reader has before he starts.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { genRealImage, genSample } from '../../src/procedures/samples.js';
import {
  compile,
  compileCsharp,
  hasMono,
  model,
  must,
  python,
  root,
  scratch,
  skip,
  typescript,
} from './tools.js';

interface Snippet {
  readonly file: string;
  readonly language: string;
  readonly code: string;
}

const guide = join('docs', 'guide');
const files = [
  'README.md',
  join('bindings', 'README.md'),
  ...readdirSync(join(root, guide)).map((name) => join(guide, name)),
];
const snippets = files
  .filter((file) => file.endsWith('.md'))
  .flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(
      ([, language, code]): Snippet => ({ file, language: language!, code: code! }),
    ),
  );

/** Directives stand at the top of a file, the rest in a function. */
function split(code: string, top: RegExp): [string, string] {
  const lines = code.split('\n');
  return [lines.filter((line) => top.test(line)), lines.filter((line) => !top.test(line))].map((part) =>
    part.join('\n'),
  ) as [string, string];
}

describe('snippets of the documentation', function () {
  this.timeout(120_000);
  const folder = join(scratch, 'snippets');
  let number = 0;

  before(() => {
    mkdirSync(folder);
    for (const name of ['classifier.onnx', 'model.onnx']) copyFileSync(model, join(folder, name));
    const pixels = Float32Array.from({ length: 3 * 32 * 32 }, (_, i) => ((i * 7) % 11) / 5 - 1);
    const sample = genSample(genRealImage(pixels, 32, 32, 3), { image_label_id: 1 });
    sample.WriteDict(join(folder, 'sample.hdict'), [], []);
  });

  function write(ending: string, text: string): string {
    const file = join(folder, `snippet${number++}.${ending}`);
    writeFileSync(file, text);
    return file;
  }

  const inFolder = (command: string, ...args: string[]): void => {
    must('env', ['-C', folder, command, ...args]);
  };

  const runners: Record<string, (code: string, context: Mocha.Context) => void> = {
    ts(code) {
      const from = JSON.stringify(join(root, 'src', 'index.ts'));
      const used = code.includes("from 'alcedo'") ? '' : `import * as all from ${from};\n`;
      const names = ['HOperatorSet', 'dlSampleBatches', 'disposeAll'].join(', ');
      const readers = `import { HDict as Dict, HDlModel as Model, createDlPreprocessParamFromModel as paramOf,
          openDlDataset as open } from ${from};
        process.chdir(${JSON.stringify(folder)});
        const samples = Array.from({ length: 16 }, () => new Dict('sample.hdict', [], []));
        const given = new Model('classifier.onnx');
        given.SetDlModelParam('batch_size', 2);`;
      const given = code.includes('dlSampleBatches')
        ? `const image = { data: new Uint8Array(3 * 32 * 32), width: 32, height: 32, channels: 3 };
          const entries = [1, 2].map((image_id) => ({ image_id, image_label_id: 0, image }));
          const data = open({ image_dir: '', class_names: ['a'], class_ids: [0], samples: entries }, paramOf(given));
          const model = given;
          const batches = [[0, 1], [1, 0]];`
        : 'const batches = [samples, samples];';
      const prologue = used === '' ? '' : `const { ${names} } = all;\n`;
      const text = `${used}${readers}\n${prologue}${given}\n${code.replace("'alcedo'", from)}`;
      typescript([write('mts', text)]);
    },
    c(code) {
      const [top, body] = split(code, /^#/);
      const source = write(
        'c',
        `${top}\nint main(void) {\n${body}\nreturn length_tuple(Pruning) == 1 ? 0 : 1;\n}\n`,
      );
      inFolder(compile(source, 'c99'));
    },
    cpp(code) {
      const [top, body] = split(code, /^#|^using/);
      const given = 'HDictArray samples;\nsamples.Append(HDict("sample.hdict", HTuple(), HTuple()));';
      inFolder(compile(write('cpp', `${top}\nint main() {\n${given}\n${body}\n}\n`), 'c++11'));
    },
    csharp(code, context) {
      if (!hasMono()) skip(context, 'mcs and mono are not installed');
      const [top, body] = split(code, /^using/);
      const given = 'var samples = new[] { new HDict("sample.hdict", new HTuple(), new HTuple()) };';
      const program = compileCsharp(
        write('cs', `${top}\nclass Program { static void Main() {\n${given}\n${body}\n} }\n`),
      );
      inFolder('mono', program);
    },
    python(code) {
      const given = `import os, halcon
os.chdir(${JSON.stringify(folder)})
samples = [halcon.read_dict('sample.hdict', [], [])]
try:
    import numpy
    pixels = numpy.zeros((4, 5), numpy.uint8)
except ImportError:
    pixels = None
`;
      const lines = code.split('\n');
      const usable = lines.filter(
        (line) => !line.includes('numpy') || python(['-c', HAS_NUMPY]).stdout === 'yes',
      );
      python([write('py', given + usable.join('\n'))]);
    },
    sh() {
      // Commands of an installation: test/bindings/install.test.ts runs them.
    },
  };
  const HAS_NUMPY = `import importlib.util as u; print('yes' if u.find_spec('numpy') else 'no', end='')`;

  it('are found', () => {
    const found = new Set(
      snippets.filter(({ file }) => file === 'README.md').map(({ language }) => language),
    );
    expect([...found].sort()).to.deep.equal(['c', 'cpp', 'csharp', 'python', 'ts']);
    for (const { language } of snippets) expect(runners).to.have.property(language);
  });

  for (const [i, { file, language, code }] of snippets.entries()) {
    if (language === 'sh') continue;
    it(`${i + 1}: ${language} in ${file}`, function () {
      runners[language]!(code, this);
      if (file === 'README.md' && language === 'ts')
        expect(existsSync(join(folder, 'smaller.onnx'))).to.equal(true);
    });
  }
});
