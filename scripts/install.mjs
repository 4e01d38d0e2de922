// npm's install step of the published package: nothing to do where a prebuilt library fits, else the library is built
// from the sources in the package, else a message says what to install. In a checkout the set-up script does this.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { debianPackages } from './debian-packages.mjs';
import { loads } from './library-check.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
if (existsSync('.git')) process.exit(0);

const prebuilt = join('prebuilds', `${process.platform}-${process.arch}`, 'libalcedo.so');
if (loads(prebuilt)) process.exit(0);

try {
  execFileSync(process.execPath, ['scripts/build-native.mjs', 'alcedo'], { stdio: 'inherit' });
} catch {
  const needed = debianPackages.build.filter((name) => !name.startsWith('dataset-'));
  console.error(
    [
      '',
      `alcedo: ${existsSync(prebuilt) ? 'the prebuilt library does not load here' : 'there is no prebuilt library for this platform'},`,
      'and building it from source failed. On Debian 12 or Ubuntu 22.04 install what it needs and try again:',
      '',
      `  apt-get install make g++ python3 ${needed.join(' ')}`,
      '  npm rebuild alcedo',
      '',
    ].join('\n'),
  );
  process.exit(1);
}
