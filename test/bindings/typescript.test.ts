// TypeScript as its users meet it: the programs of examples/ are type-checked and run, and declarations carry the
// documented text, which editors show.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { camelParameter, pascalCase } from '../../src/codegen/naming.js';
import { tupleProgram } from '../../src/codegen/tuple_examples.js';
import { HImage, withPointer } from '../../src/index.js';
import { operators } from '../../src/operators/index.js';
import { model, must, root, scratch, typescript } from './tools.js';

/** Two classes with eight images of 32 x 32 each. */
function imageFolder(): string {
  const folder = join(scratch, 'classes');
  for (const [label, name] of ['dark', 'light'].entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let n = 0; n < 8; n++) {
      const pixels = Uint8Array.from({ length: 3 * 1024 }, (_, i) => ((7 * i + 29 * n) % 100) + 150 * label);
      const image = new HImage();
      withPointer(pixels, (red) => image.GenImage3('byte', 32, 32, red, red + 1024n, red + 2048n));
      image.WriteImage('png', 0, join(folder, name, `${n}.png`));
      image.Dispose();
    }
  }
  return folder;
}

describe('TypeScript', function () {
  this.timeout(300_000);

  it('examples (also those of the reference pages), language tests and peers of the benchmark pass the compiler', () => {
    const { file, text } = tupleProgram('TypeScript', root);
    writeFileSync(join(scratch, file), text);
    const config = {
      extends: join(root, 'test/tsconfig.json'),
      compilerOptions: { rootDir: '/', typeRoots: [join(root, 'node_modules/@types')] },
      include: [
        file,
        ...['test/bindings/**/*', 'test/codegen/**/*', 'examples/*', 'bench/calls/*'].map((files) =>
          join(root, `${files}.ts`),
        ),
      ],
    };
    writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify(config));
    must(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', scratch]);
  });

  it('TypeDoc has nothing to complain about', () => {
    must(process.execPath, [
      join(root, 'node_modules/typedoc/bin/typedoc'),
      '--options',
      join(root, 'typedoc.json'),
      '--emit',
      'none',
    ]);
  });

  it('examples/create_dl_pruning.ts lists what can be pruned', () => {
    const { stdout } = typescript([join(root, 'examples', 'create_dl_pruning.ts'), model]);
    expect(stdout).to.match(/^\d+ convolutions can be pruned, \d+ kernels can leave:\n( {2}\S+\n)+$/);
  });

  it('examples/prune.ts makes a smaller file', () => {
    const out = join(scratch, 'smaller.onnx');
    const { stdout } = typescript([join(root, 'examples', 'prune.ts'), model, imageFolder(), out]);
    expect(stdout).to.match(/^\d+ kernels removed, .*\n[^]*smaller\.onnx: \d+ of \d+ parameters\n$/);
    expect(statSync(out).size).to.be.lessThan(statSync(model).size);
  });

  it('declarations carry the text of every operator and parameter', () => {
    const file = join(root, 'src', 'generated', 'HOperatorSet.ts');
    const { outputText } = ts.transpileDeclaration(readFileSync(file, 'utf8'), {
      compilerOptions: { target: ts.ScriptTarget.ES2023 },
    });
    const comments = new Map(
      [...outputText.matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\s*static (\w+)\(/g)].map((match) => [
        match[2]!,
        match[1]!,
      ]),
    );
    for (const { name, brief, inputControls } of operators) {
      const comment = comments.get(pascalCase(name))?.replace(/\s*\n\s*\*\s?/g, ' ');
      expect(comment, name).to.include(brief);
      for (const parameter of inputControls) {
        expect(comment, name).to.include(
          `@param ${camelParameter(parameter.name)} - ${parameter.description.slice(0, 12)}`,
        );
      }
    }
  });
});
