// Builds build/Release/libalcedo.so and build/Release/native_tests with node-gyp. Quick when nothing changed.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';

const nodeDir = dirname(dirname(process.execPath));
const gyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
const headers = existsSync(join(nodeDir, 'include/node/node_api.h')) ? [`--nodedir=${nodeDir}`] : [];
const run = (...args) => execFileSync(process.execPath, [gyp, ...args, ...headers], { stdio: 'inherit', env });

const env = { ...process.env };
try {
  execFileSync('ccache', ['--version'], { stdio: 'ignore' });
  env.CXX ??= 'ccache g++';
  env.CC ??= 'ccache gcc';
} catch {
  // without ccache the compiler is called directly
}

run('configure', '--silent');
run('build', '--silent', '-j', String(cpus().length));
