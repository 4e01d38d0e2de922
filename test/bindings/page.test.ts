// The documented page of create_dl_pruning as a test: every signature line is compiled as written and run in its
// language; a line that is missing anywhere fails.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  compile,
  compileCsharp,
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

type Language = 'HDevelop' | 'C' | 'C++' | '.NET' | 'Python';

const page = readFileSync(join(here, 'fixtures', 'create_dl_pruning.txt'), 'utf8');

function languageOf(line: string): Language | undefined {
  if (/^create_dl_pruning\( :/.test(line)) return 'HDevelop';
  if (line.startsWith('Herror ')) return 'C';
  if (line.startsWith('def ')) return 'Python';
  if (/^(static void HOperatorSet\.|HDlPrune HDlModel\.|public |void HDlPrune\.)/.test(line)) return '.NET';
  if (/^(void CreateDlPruning\(|HDlPrune HDlModel::|void HDlPrune::)/.test(line)) return 'C++';
  return undefined;
}

const normal = (line: string): string => line.replace(/\s+/gu, ' ').trim();

const lines = page.split('\n').flatMap((text) => {
  const line = normal(text);
  const language = languageOf(line);
  return language ? [{ language, line }] : [];
});
const linesOf = (language: Language): string[] =>
  lines.filter((one) => one.language === language).map(({ line }) => line);

/** Signature lines that a program printed after running them. */
const ran = (stdout: string): string[] => stdout.trim().split('\n').map(normal);

const report: string[] = [];
function expectAll(language: Language, executed: readonly string[], wanted = linesOf(language)): void {
  expect(wanted).to.not.deep.equal([]);
  expect(executed).to.include.members([...wanted]);
  report.push(
    `${language}: ${wanted.length} of ${linesOf(language).length} signature lines compiled and run`,
  );
}

/** A friend declaration per line: it compiles only if exactly that function exists. */
function cppDeclarations(): string {
  const friend = (line: string): string => {
    const declaration = line
      .replace(/ *\( Windows only\)$/, '')
      .replace(/^void HDlPrune::HDlPrune/, 'HDlPrune::HDlPrune') // a constructor has no type in C++
      .replace(/^void CreateDlPruning/, 'void HalconCpp::CreateDlPruning');
    return `  friend ${declaration};`;
  };
  const all = linesOf('C++');
  const onWindows = all.filter((line) => line.endsWith('( Windows only)'));
  const everywhere = all.filter((line) => !onWindows.includes(line));
  return [
    'using namespace HalconCpp;',
    'class Declarations {',
    ...everywhere.map(friend),
    '#ifdef _WIN32',
    ...onWindows.map(friend),
    '#endif',
    '};',
    '',
  ].join('\n');
}

/** A delegate with the documented parameters per line, bound to the method; named arguments for the constructor. */
function csharpDeclarations(): string {
  const declare = (line: string, i: number): string => {
    const match = /^(?:public |static )?(?:(\w+) (\w+)\.(\w+)|(\w+))\((.*)\)$/.exec(line);
    if (!match) throw new Error(`cannot read ${line}`);
    const [, type, cls, method, constructed, parameters = ''] = match;
    const names = parameters.split(', ').map((parameter) => parameter.split(' ').at(-1));
    const declaration = `    delegate ${constructed ?? type} D${i}(${parameters});`;
    if (constructed !== undefined) {
      const args = names.map((name) => `${name}: ${name}`).join(', ');
      return `${declaration}\n    static readonly D${i} d${i} = (${names.join(', ')}) => new ${constructed}(${args});`;
    }
    const target = line.startsWith('static') ? cls : `new ${cls}()`;
    return `${declaration}\n    static readonly D${i} d${i} = ${target}.${method};`;
  };
  return [
    'using HalconDotNet;',
    '',
    'static class Declarations',
    '{',
    ...linesOf('.NET').map(declare),
    '}',
    '',
  ].join('\n');
}

describe('the page of create_dl_pruning', function () {
  this.timeout(600_000);

  before(() => {
    writeFileSync(join(scratch, 'declarations.h'), cppDeclarations());
    writeFileSync(join(scratch, 'Declarations.cs'), csharpDeclarations());
  });

  after(() => {
    for (const line of report) console.log(`      ${line}`);
  });

  it('has 11 forms for C and C++, 4 for .NET, 1 for Python and 1 for HDevelop', () => {
    const count = (language: Language): number => linesOf(language).length;
    expect(count('C') + count('C++')).to.equal(11);
    expect([count('.NET'), count('Python'), count('HDevelop')]).to.deep.equal([4, 1, 1]);
  });

  it('C', () => {
    const executed = ran(must(compile(join(here, 'page', 'page.c'), 'c99'), [model]).stdout);
    expectAll('C', executed);
    expect(executed).to.include.members(linesOf('HDevelop'));
  });

  it('C++', () => {
    const program = compile(join(here, 'page', 'page.cpp'), 'c++11', ['-I', scratch]);
    const wanted = linesOf('C++').filter((line) => !line.endsWith('( Windows only)'));
    expectAll('C++', ran(must(program, [model]).stdout), wanted);
  });

  it('C++ with the forms for Windows', () => {
    expectAll('C++', ran(must(compile(join(here, 'page', 'page.cpp'), 'c++17', windows), [model]).stdout));
  });

  it('.NET', function () {
    if (!hasMono()) skip(this, 'mcs and mono are not installed');
    const program = compileCsharp(join(here, 'page', 'Page.cs'), join(scratch, 'Declarations.cs'));
    expectAll('.NET', ran(must('mono', [program, model]).stdout));
  });

  it('Python', () => {
    expectAll('Python', ran(python([join(here, 'page', 'page.py'), model]).stdout));
  });

  it('HDevelop, as TypeScript calls it', () => {
    expectAll('HDevelop', ran(typescript([join(here, 'page', 'page.ts'), model]).stdout));
  });
});
