// The installed SDK: programs of every kind build and run from the prefix alone, without the repository.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { has, library, must, root, scratch, skip } from './tools.js';

const prefix = join(scratch, 'sdk');
const program = `#include <stdio.h>
#include "HalconC.h"
int main(void) {
  Htuple dict;
  if (T_create_dict(&dict) != H_MSG_TRUE) return 1;
  destroy_tuple(dict);
  puts(HVersion());
  return 0;
}
`;
const cppProgram = `#include <cstdio>
#include "HalconCpp.h"
int main() {
  HalconCpp::HDict dict;
  dict.SetDictTuple("key", 5);
  return dict.GetDictTuple("key").I() == 5 ? 0 : 1;
}
`;

describe('installed SDK', function () {
  this.timeout(600_000);

  before(() => {
    must('sh', [join(root, 'scripts', 'install-sdk.sh'), '--prefix', prefix]);
    writeFileSync(join(scratch, 'installed.c'), program);
    writeFileSync(join(scratch, 'installed.cpp'), cppProgram);
  });

  it('pkg-config', function () {
    if (!has('pkg-config')) skip(this, 'pkg-config is not installed');
    const flags = must('pkg-config', ['--cflags', '--libs', 'alcedo'], {
      PKG_CONFIG_PATH: join(prefix, 'lib', 'pkgconfig'),
    });
    const target = join(scratch, 'installed');
    must('gcc', [join(scratch, 'installed.c'), '-o', target, ...flags.stdout.trim().split(/\s+/)]);
    const env = { LD_LIBRARY_PATH: join(prefix, 'lib') };
    expect(must(target, [], env).stdout).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  it('CMake', function () {
    if (!has('cmake')) skip(this, 'cmake is not installed');
    const folder = join(scratch, 'cmake');
    mkdirSync(folder, { recursive: true });
    const lists = [
      'cmake_minimum_required(VERSION 3.13)',
      'project(installed C CXX)',
      'set(CMAKE_CXX_STANDARD 11)',
      'find_package(alcedo 0.1 REQUIRED)',
      'add_executable(with_c ../installed.c)',
      'add_executable(with_cpp ../installed.cpp)',
      'target_link_libraries(with_c alcedo::alcedo)',
      'target_link_libraries(with_cpp alcedo::alcedo)',
    ];
    writeFileSync(join(folder, 'CMakeLists.txt'), lists.join('\n'));
    must('cmake', ['-S', folder, '-B', join(folder, 'build'), `-DCMAKE_PREFIX_PATH=${prefix}`]);
    must('cmake', ['--build', join(folder, 'build')]);
    for (const name of ['with_c', 'with_cpp']) must(join(folder, 'build', name), [], { LD_LIBRARY_PATH: '' });
  });

  it('Python', () => {
    const code =
      'import halcon as ha; d = ha.create_dict(); ha.set_dict_tuple(d, "k", [5]); print(ha.get_dict_tuple_s(d, "k"))';
    const env = {
      PYTHONPATH: join(prefix, 'lib', 'alcedo', 'python'),
      ALCEDO_LIBRARY: '',
      LD_LIBRARY_PATH: '',
    };
    expect(must('python3', ['-c', code], env).stdout).to.equal('5\n');
  });

  it('says what to do when the library is not built', () => {
    expect(library).to.match(/libalcedo\.so/);
    expect(() =>
      must('sh', [join(root, 'scripts', 'install-sdk.sh'), '--prefix', prefix], {
        ALCEDO_LIBRARY: '/nowhere',
      }),
    ).to.throw(/build it first/);
  });
});
