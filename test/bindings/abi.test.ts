// The library's interface to compiled programs: its exported symbols are those of exported_symbols.txt, and it refuses
// programs that were compiled with newer headers.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { compile, here, library, must, root, run, scratch } from './tools.js';

const list = join(here, 'exported_symbols.txt');

/** Exported functions: name, and the prototype that the C headers give it. */
function exportedFunctions(): string[] {
  const flags = ['-E', '-P', '-DALCEDO_NO_TUPLE_MACROS', `-I${join(root, 'csrc/include')}`];
  const headers = must('gcc', [
    ...flags,
    '-include',
    join(root, 'bindings/c/HalconC.h'),
    '-x',
    'c',
    '/dev/null',
  ]).stdout;
  const prototypes = new Map<string, string>();
  for (const statement of headers.replace(/\s+/g, ' ').split(';')) {
    const prototype = /__attribute__\(\(visibility\("default"\)\)\) (.*?(\w+) ?\(.*\))$/.exec(statement);
    if (prototype)
      prototypes.set(prototype[2]!, prototype[1]!.replace(/ ?\( ?/g, '(').replace(/ \* ?/g, '* '));
  }
  return must('nm', ['-D', '--defined-only', '--format=posix', library])
    .stdout.trim()
    .split('\n')
    .map((line) => line.split(' ')[0]!)
    .filter((name) => /^\w+$/.test(name)) // not the names that the OpenMP runtime makes up
    .map((name) => prototypes.get(name) ?? name)
    .sort();
}

describe('binary interface', function () {
  this.timeout(600_000);

  it('still exports every function of exported_symbols.txt, with its prototype', () => {
    const exported = exportedFunctions();
    if (process.env['ALCEDO_UPDATE_SYMBOLS'] || !existsSync(list))
      writeFileSync(list, exported.join('\n') + '\n');
    const listed = readFileSync(list, 'utf8').trim().split('\n');
    const added = exported.filter((name) => !listed.includes(name));
    if (added.length > 0) {
      console.log(`      not listed yet (ALCEDO_UPDATE_SYMBOLS=1 lists them): ${added.join('; ')}`);
    }
    expect(
      listed.filter((name) => !exported.includes(name)),
      'removed or changed: programs in use would break; raise ALCEDO_INTERFACE if that is meant',
    ).to.deep.equal([]);
  });

  it('exports no C++ names and only functions that a header declares', () => {
    expect(exportedFunctions().filter((prototype) => !prototype.includes('('))).to.deep.equal([]);
  });

  const cProgram = '#include "HalconC.h"\nint main(void) { return 0; }\n';
  const cppProgram = [
    '#include <cstdio>',
    '#include "HalconCpp.h"',
    'int main() {',
    '  try {',
    '    HalconCpp::HDict dict;',
    '  } catch (const HalconCpp::HException& exception) {',
    '    std::fprintf(stderr, "%s\\n", exception.ErrorMessage().Text());',
    '    return 1;',
    '  }',
    '}',
    '',
  ].join('\n');

  for (const [name, text, standard] of [
    ['program.c', cProgram, 'c99'],
    ['program.cpp', cppProgram, 'c++11'],
  ] as const) {
    it(`refuses a ${name} of newer headers with a clear message, and takes one of its own`, () => {
      const source = join(scratch, name);
      writeFileSync(source, text);
      const newer = run(compile(source, standard, ['-DALCEDO_INTERFACE=999']), []);
      expect(newer.status).to.equal(1);
      expect(newer.stderr).to.match(
        /compiled with interface 999 .* this library knows interfaces 1 to \d+: install/,
      );
      expect(run(compile(source, standard), []).status).to.equal(0);
    });
  }

  it('knows only operators of its table: an unknown name is an error, not a crash', () => {
    const source = join(scratch, 'unknown.c');
    writeFileSync(
      source,
      '#include "hcore.h"\nint main(void) { HArguments none = {0}; return HCall("no_such_operator", &none, 0) == 8000 ? 0 : 1; }\n',
    );
    expect(run(compile(source, 'c99', ['-Wno-missing-field-initializers']), []).status).to.equal(0);
  });
});
