// The library's interface to compiled programs: its exported symbols are those of exported_symbols.txt, and it refuses
// programs that were compiled with newer headers.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { compile, here, library, must, run, scratch, skip } from './tools.js';

const list = join(here, 'exported_symbols.txt');

/** "kind name": T function, D data, ... */
function exportedSymbols(): string[] {
  return must('nm', ['-D', '--defined-only', '--format=posix', library])
    .stdout.trim()
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([name]) => /^\w+$/.test(name ?? '')) // not the names that the OpenMP runtime makes up
    .map(([name, kind]) => `${kind} ${name}`)
    .sort();
}

describe('binary interface', function () {
  this.timeout(600_000);

  it('exports what exported_symbols.txt lists: nothing removed or changed, nothing unlisted', () => {
    const exported = exportedSymbols();
    if (process.env['ALCEDO_UPDATE_SYMBOLS'] || !existsSync(list))
      writeFileSync(list, exported.join('\n') + '\n');
    const listed = readFileSync(list, 'utf8').trim().split('\n');
    const missing = listed.filter((symbol) => !exported.includes(symbol));
    const unlisted = exported.filter((symbol) => !listed.includes(symbol));
    const hint =
      'if that is meant: ALCEDO_UPDATE_SYMBOLS=1 npm run test:bindings, and raise ALCEDO_INTERFACE';
    expect({ missing, unlisted }, hint).to.deep.equal({ missing: [], unlisted: [] });
  });

  it('exports no C++ names', () => {
    expect(exportedSymbols().filter((symbol) => symbol.includes(' _Z'))).to.deep.equal([]);
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

  it('knows only operators of its table: an unknown name is an error, not a crash', function () {
    if (!existsSync(library)) skip(this, 'the library is not built');
    const source = join(scratch, 'unknown.c');
    writeFileSync(
      source,
      '#include "hcore.h"\nint main(void) { HArguments none = {0}; return HCall("no_such_operator", &none, 0) == 8000 ? 0 : 1; }\n',
    );
    expect(run(compile(source, 'c99', ['-Wno-missing-field-initializers']), []).status).to.equal(0);
  });
});
