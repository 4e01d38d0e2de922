// The headers compile alone, without a warning, in every standard that they promise, with gcc and clang.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkHeader, has, must, root, skip, windows } from './tools.js';

const c = join(root, 'bindings', 'c', 'HalconC.h');
const cpp = join(root, 'bindings', 'cpp', 'HalconCpp.h');
const compilers: [string, string][] = [
  ['gcc', 'g++'],
  ['clang', 'clang++'],
];

describe('headers compile alone', function () {
  this.timeout(600_000);

  for (const [cc, cxx] of compilers) {
    it(`HalconC.h: ${cc}, C99 and C11, checked and fast; as C++11, C++17 and C++20`, function () {
      if (!has(cc)) skip(this, `${cc} is not installed`);
      for (const standard of ['c99', 'c11']) expect(checkHeader(c, 'c', standard, cc)).to.equal('');
      expect(checkHeader(c, 'c', 'c99', cc, ['-DHC_FAST', '-DHC_HIDE_SHORT_VERSIONS'])).to.equal('');
      for (const standard of ['c++11', 'c++17', 'c++20'])
        expect(checkHeader(c, 'c++', standard, cxx)).to.equal('');
      expect(checkHeader(c, 'c', 'c99', cc, windows)).to.equal('');
    });

    it(`HalconCpp.h: ${cxx}, C++11, C++17, C++20, and with what exists on Windows only`, function () {
      if (!has(cxx)) skip(this, `${cxx} is not installed`);
      for (const standard of ['c++11', 'c++17', 'c++20'])
        expect(checkHeader(cpp, 'c++', standard, cxx)).to.equal('');
      expect(checkHeader(cpp, 'c++', 'c++11', cxx, windows)).to.equal('');
    });
  }

  it('both together, in either order', () => {
    expect(checkHeader(cpp, 'c++', 'c++17', 'g++', ['-include', c])).to.equal('');
    expect(checkHeader(c, 'c++', 'c++17', 'g++', ['-include', cpp])).to.equal('');
  });

  it('the Python package is valid Python 3.9, and its stubs name and export the same functions', () => {
    const code = [
      'import ast, glob, sys',
      'def functions(file):',
      '    tree = ast.parse(open(file).read(), file, feature_version=(3, 9))',
      '    return {n.name: [a.arg for a in n.args.args] for n in tree.body if isinstance(n, ast.FunctionDef)}',
      'for file in glob.glob(sys.argv[1] + "/*.py*"): functions(file)',
      'def exported(file):',
      '    tree = ast.parse(open(file).read(), file)',
      '    return [ast.literal_eval(n.value) for n in tree.body if isinstance(n, ast.Assign) and n.targets[0].id == "__all__"]',
      'assert functions(sys.argv[1] + "/operators.py") == functions(sys.argv[1] + "/operators.pyi")',
      'assert exported(sys.argv[1] + "/operators.py") == exported(sys.argv[1] + "/operators.pyi") != []',
      'print(len(functions(sys.argv[1] + "/operators.py")))',
    ].join('\n');
    const { stdout } = must('python3', ['-c', code, join(root, 'bindings', 'python', 'halcon')]);
    expect(Number(stdout)).to.be.greaterThan(100);
  });

  it('every language was written for the interface of hcore.h', () => {
    const number = (file: string, pattern: RegExp): string | undefined =>
      pattern.exec(readFileSync(join(root, file), 'utf8'))?.[1];
    const wanted = number('csrc/include/hcore.h', /#define ALCEDO_INTERFACE (\d+)/);
    expect(wanted).to.match(/^\d+$/);
    expect(number('bindings/python/halcon/_library.py', /^INTERFACE = (\d+)/m)).to.equal(wanted);
    expect(number('bindings/csharp/HalconDotNet/Native.cs', /const int Interface = (\d+);/)).to.equal(wanted);
  });
});
