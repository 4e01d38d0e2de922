// Before `npm pack`: builds everything and puts the stripped library into prebuilds/<platform>-<arch>/.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const run = (...args) => execFileSync(process.execPath, args, { stdio: 'inherit' });
run('scripts/build-native.mjs', 'alcedo');
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json');
const folder = join('prebuilds', `${process.platform}-${process.arch}`);
mkdirSync(folder, { recursive: true });
copyFileSync('build/Release/libalcedo.so', join(folder, 'libalcedo.so'));
execFileSync('strip', ['--strip-unneeded', join(folder, 'libalcedo.so')]);
