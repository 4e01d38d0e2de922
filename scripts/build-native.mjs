// Builds build/Release/libalcedo.so (and native_tests) with node-gyp's configure and make.
// node scripts/build-native.mjs [target ...]; without a target everything is built. Quick when nothing changed.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';

const targets = process.argv.slice(2);
const env = { ...process.env };
try {
  execFileSync('ccache', ['--version'], { stdio: 'ignore' });
  env.CXX ??= 'ccache g++';
  env.CC ??= 'ccache gcc';
} catch {
  // without ccache the compiler is called directly
}

// With Node's own headers beside it node-gyp has nothing to download.
const nodeDir = dirname(dirname(process.execPath));
const headers = existsSync(join(nodeDir, 'include/node/node_api.h')) ? [`--nodedir=${nodeDir}`] : [];
const gyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
const stdio = ['ignore', 'inherit', 'inherit'];

execFileSync(process.execPath, [gyp, 'configure', '--silent', ...headers], { stdio, env });
const make = [
  '-C',
  'build',
  'BUILDTYPE=Release',
  `-j${cpus().length}`,
  '--no-print-directory',
  '-s',
  ...targets,
];
execFileSync('make', make, { stdio, env });
