// Who owns what, in every language: nothing leaks, nothing is freed twice, misuse is an error or has no effect.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  compile,
  compileCsharp,
  has,
  hasMono,
  here,
  model,
  must,
  python,
  scratch,
  skip,
  typescript,
  windows,
} from './tools.js';

const sanitize = ['-g', '-fsanitize=address', '-fno-omit-frame-pointer'];
const leaks = { ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0', OMP_NUM_THREADS: '1' };
const cycles = '100000';
/** Allocators and garbage collectors settle; a leak of one handle per cycle would be many MiB. */
const flat = 8 * 1024;
/** Else the resident memory grows with the young generation, which V8 enlarges as it likes. */
const steady = '--max-semi-space-size=2';

const source = (name: string): string => join(here, 'ownership', name);
const growth = (stdout: string): number => Number(/growth (-?\d+) KiB/.exec(stdout)?.[1]);

describe('ownership', function () {
  this.timeout(900_000);

  for (const [name, standard] of [
    ['ownership.c', 'c99'],
    ['ownership.cpp', 'c++11'],
  ] as const) {
    it(`${name} is clean under the address and leak sanitizers`, () => {
      must(compile(source(name), standard, sanitize), ['200'], leaks);
    });

    it(`${name}: ${cycles} cycles keep memory flat`, () => {
      expect(growth(must(compile(source(name), standard, ['-O1']), [cycles]).stdout)).to.be.lessThan(flat);
    });
  }

  for (const [name, standard] of [
    ['scenario.c', 'c99'],
    ['scenario.cpp', 'c++11'],
  ] as const) {
    it(`${name} is clean under the address and leak sanitizers`, () => {
      const files = ['txt', 'onnx'].map((ending) => join(scratch, `sanitized.${ending}`));
      must(compile(join(here, 'scenario', name), standard, sanitize), [model, ...files], leaks);
    });
  }

  it('wide.c, with _WIN32 emulated, is clean under the sanitizers', () => {
    must(compile(source('wide.c'), 'c99', [...sanitize, ...windows]), [], leaks);
  });

  it('local8bit.cpp, in a locale in ISO-8859-1, is clean under the sanitizers', function () {
    const locale = join(scratch, 'latin1');
    const made = spawnSync('localedef', ['-i', 'en_US', '-f', 'ISO-8859-1', locale], { encoding: 'utf8' });
    if (made.status !== 0) skip(this, `localedef makes no locale: ${made.stderr || 'it was not found'}`);
    must(compile(source('local8bit.cpp'), 'c++11', sanitize), [], { ...leaks, LOCPATH: scratch });
  });

  it(`Ownership.cs: ${cycles} cycles keep memory flat`, function () {
    if (!hasMono()) skip(this, 'mcs and mono are not installed');
    expect(growth(must('mono', [compileCsharp(source('Ownership.cs')), cycles]).stdout)).to.be.lessThan(flat);
  });

  it(`ownership.py: ${cycles} cycles keep memory flat`, () => {
    const { stdout } = python([source('ownership.py'), cycles]);
    if (stdout.includes('skipped')) console.log(`        ${stdout.split('\n')[0]}`);
    expect(growth(stdout)).to.be.lessThan(flat);
  });

  it(`ownership.ts: ${cycles} cycles keep memory flat`, function () {
    if (!has(process.execPath)) skip(this, 'node was not found');
    const { stdout } = typescript([steady, '--expose-gc', source('ownership.ts'), cycles]);
    expect(growth(stdout)).to.be.lessThan(flat);
  });
});
