// The examples of docs/reference: they are compiled and run in every language, the pages show what was run, and every
// operator has one in every language.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readExamples, regions } from '../../src/codegen/examples.js';
import { tupleProgram, type ExampleLanguage } from '../../src/codegen/tuple_examples.js';
import { operators } from '../../src/operators/index.js';
import {
  compile,
  compileCsharp,
  hasMono,
  here,
  model,
  must,
  root,
  scratch,
  skip,
  typescript,
} from './tools.js';

const source = (name: string): string => join(here, 'examples', name);
const folder = join(scratch, 'examples');

/** The program made of the cases of the tuple operators. */
function tuples(language: ExampleLanguage): string {
  const { file, text } = tupleProgram(language, root);
  writeFileSync(join(folder, file), text);
  return join(folder, file);
}

/** Runs a program in the folder with the network. */
const there = (command: string, args: readonly string[], env: Record<string, string> = {}): string =>
  must('sh', ['-c', 'cd "$0" && exec "$@"', folder, command, ...args], env).stdout;

const done = 'all examples ran\n';

describe('examples of the reference pages', function () {
  this.timeout(300_000);

  before(() => {
    mkdirSync(folder);
    cpSync(model, join(folder, 'model.onnx'));
  });

  it('C', () => {
    for (const file of [source('examples.c'), tuples('C')]) {
      expect(there(compile(file, 'c99'), [])).to.equal(done);
    }
  });

  it('C++', () => {
    for (const file of [source('examples.cpp'), tuples('C++')]) {
      expect(there(compile(file, 'c++11'), [])).to.equal(done);
    }
  });

  it('C#', function () {
    if (!hasMono()) skip(this, 'mcs and mono are not installed');
    for (const file of [source('Examples.cs'), tuples('.NET')]) {
      expect(there('mono', [compileCsharp(file)])).to.equal(done);
    }
  });

  it('Python', () => {
    const env = { PYTHONPATH: join(root, 'bindings', 'python'), PYTHONDONTWRITEBYTECODE: '1' };
    for (const file of [source('examples.py'), tuples('Python')]) {
      expect(there('python3', [file], env)).to.equal(done);
    }
  });

  it('TypeScript', () => {
    for (const file of [source('examples.ts'), tuples('TypeScript')]) {
      expect(typescript([file, folder]).stdout).to.equal(done);
    }
  });

  it('exist in all languages for every operator', () => {
    const examples = readExamples();
    const missing = operators.filter(({ name }) => examples.get(name)?.length !== 5).map(({ name }) => name);
    expect(missing).to.deep.equal([]);
    const known = new Set(operators.map(({ name }) => name));
    expect([...examples.keys()].filter((name) => !known.has(name))).to.deep.equal([]);
  });

  it('stand on the pages as they stand in the programs', () => {
    for (const [operator, list] of readExamples()) {
      const page = readFileSync(join(root, 'docs', 'reference', `${operator}.md`), 'utf8');
      for (const { lines } of list) expect(page).to.include(`\n${lines.join('\n')}\n\`\`\`\n`);
    }
  });

  it('are cut between their marks, without the indentation, and a missing mark is an error', () => {
    expect(regions('a\n  # example: one two\n  b\n\n    c\n  # end\nd')).to.deep.equal([
      [
        ['one', 'two'],
        ['b', '', '  c'],
      ],
    ]);
    expect(() => regions('// example: one\nb')).to.throw('the example of one has no end');
    expect(() => regions('/* end */')).to.throw('has not begun');
  });
});
