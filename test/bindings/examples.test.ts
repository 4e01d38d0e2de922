// The examples of docs/reference: they are compiled and run in every language, the pages show what was run, and every
// operator for deep learning, dictionaries, images, objects and handles has one in every language.
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readExamples, regions } from '../../src/codegen/examples.js';
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

  it('C', () => expect(there(compile(source('examples.c'), 'c99'), [])).to.equal(done));

  it('C++', () => expect(there(compile(source('examples.cpp'), 'c++11'), [])).to.equal(done));

  it('C#', function () {
    if (!hasMono()) skip(this, 'mcs and mono are not installed');
    expect(there('mono', [compileCsharp(source('Examples.cs'))])).to.equal(done);
  });

  it('Python', () => {
    const env = { PYTHONPATH: join(root, 'bindings', 'python'), PYTHONDONTWRITEBYTECODE: '1' };
    expect(there('python3', [source('examples.py')], env)).to.equal(done);
  });

  it('TypeScript', () => expect(typescript([source('examples.ts'), folder]).stdout).to.equal(done));

  it('exist in all languages for every operator of these chapters', () => {
    const chapters = /^(Deep Learning|Image|Filters|Object|System|File)\b|^Tuple \/ Dictionary$/;
    const examples = readExamples();
    const wanted = operators.filter(({ chapter }) => chapters.test(chapter));
    expect(wanted.length).to.be.greaterThan(70);
    const missing = wanted.filter(({ name }) => examples.get(name)?.length !== 5).map(({ name }) => name);
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
