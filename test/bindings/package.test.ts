// The published package, unpacked elsewhere: it runs with the prebuilt library where that loads, else with one built
// from the source, and says what to do where neither is there. (The build itself is what `npm run setup` does.)
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { library, must, root, run, scratch, type Outcome } from './tools.js';

const elsewhere = join(scratch, 'elsewhere');
const installed = join(elsewhere, 'package');
const prebuilt = join(installed, 'prebuilds', `${process.platform}-${process.arch}`, 'libalcedo.so');
const built = join(installed, 'build', 'Release', 'libalcedo.so');
/** Not set for real users. */
const clean = { ALCEDO_LIBRARY: '', LD_LIBRARY_PATH: '' };

const program = `
import { HDict } from '${join(installed, 'dist', 'index.js')}';
const dict = new HDict();
dict.SetDictTuple('sizes', [1, 2, 3]);
console.log(dict.GetDictTuple('sizes').Length);
`;
const use = (): Outcome => run(process.execPath, ['--input-type=module', '-e', program], clean);
const install = (env: Record<string, string> = {}): Outcome =>
  run(process.execPath, [join(installed, 'scripts', 'install.mjs')], { ...clean, ...env });

function place(file: string, content?: string): void {
  mkdirSync(join(file, '..'), { recursive: true });
  if (content === undefined) copyFileSync(library, file);
  else writeFileSync(file, content);
}

describe('npm package', function () {
  this.timeout(300_000);

  before(function () {
    if (!existsSync(join(root, 'dist', 'index.js'))) {
      must(process.execPath, [
        join(root, 'node_modules/typescript/bin/tsc'),
        '-p',
        join(root, 'tsconfig.json'),
      ]);
    }
    mkdirSync(elsewhere);
    must('npm', ['--prefix', root, 'pack', root, '--ignore-scripts', '--pack-destination', elsewhere]);
    const archive = readdirSync(elsewhere).find((name) => name.endsWith('.tgz'))!;
    must('tar', ['xzf', join(elsewhere, archive), '-C', elsewhere]);
    symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules')); // what npm would install
  });

  beforeEach(() => {
    for (const folder of ['prebuilds', 'build'])
      rmSync(join(installed, folder), { recursive: true, force: true });
  });

  it('holds what it needs to run and to build, and no tests', () => {
    const needed = [
      'dist/index.d.ts',
      'dist/cli/main.js',
      'csrc/include/hcore.h',
      'binding.gyp',
      'README.md',
      'LICENSE',
    ];
    const wanted = needed.filter((name) => name !== 'LICENSE' || existsSync(join(root, name)));
    expect(wanted.filter((name) => !existsSync(join(installed, name)))).to.deep.equal([]);
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    expect(
      files.filter((name) => /__pycache__|^test\b|\.test\./.test(name) && !name.startsWith('node_modules')),
    ).to.deep.equal([]);
  });

  it('runs with the prebuilt library; installing does nothing', () => {
    place(prebuilt);
    expect(install().status).to.equal(0);
    expect(existsSync(built)).to.equal(false);
    expect(use()).to.include({ status: 0, stdout: '3\n' });
    const help = must(process.execPath, [join(installed, 'dist', 'cli', 'main.js'), '--help'], clean);
    expect(help.stdout).to.include('prune');
  });

  it('takes the library that was built here where the prebuilt one does not load', () => {
    place(prebuilt, 'no library');
    place(built);
    expect(use()).to.include({ status: 0, stdout: '3\n' });
  });

  it('names the packages to install where it cannot be built', () => {
    const outcome = install({ PATH: '/nowhere' });
    expect(outcome.status).to.equal(1);
    expect(outcome.stderr).to.match(
      /no prebuilt library.*apt-get install make g\+\+ python3 libdnnl-dev .*npm rebuild alcedo/s,
    );
    place(prebuilt, 'no library');
    expect(install({ PATH: '/nowhere' }).stderr).to.include('the prebuilt library does not load here');
  });

  it('says how to build it where there is no library, and what is missing where it does not load', () => {
    const none = use();
    expect(none.status).to.equal(1);
    expect(none.stderr).to.include(`Build it with: node ${join(installed, 'scripts', 'install.mjs')}`);
    place(prebuilt, 'no library');
    expect(use().stderr).to.match(/cannot be loaded.*libdnnl2/s);
  });
});
