// Makes a fresh Debian 12 machine ready: Debian packages, npm packages, native library, TypeScript.
// Called by `npm run demo` and `npm test` (with --tests); says what it does and is quick when nothing is to do.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { debianPackages } from './debian-packages.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const forTests = process.argv.includes('--tests');

const say = (line) => console.log(`[setup] ${line}`);
const run = (command, args, options = {}) => {
  say([command, ...args].join(' '));
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
};

function installDebianPackages() {
  const wanted = [...debianPackages.build, ...(forTests ? debianPackages.tests : [])];
  const query = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Abbrev} ${Package}\n', ...wanted], {
    encoding: 'utf8',
  });
  if (query.error) throw new Error('dpkg-query was not found: this set-up script knows Debian 12 only.');
  const installed = new Set([...query.stdout.matchAll(/^ii\s+(\S+)$/gm)].map((match) => match[1]));
  const missing = wanted.filter((name) => !installed.has(name));
  if (missing.length === 0) return;
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (...args) => {
    const [command, ...rest] = [...asRoot, 'apt-get', ...args];
    run(command, rest, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  };
  say(`missing Debian packages: ${missing.join(' ')}`);
  try {
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', ...missing);
  } catch {
    throw new Error(
      `Debian packages are missing and could not be installed. As root: apt-get install ${missing.join(' ')}`,
    );
  }
}

const hashOf = (...files) =>
  files.reduce((hash, file) => hash.update(readFileSync(file)), createHash('sha256')).digest('hex');

function installNpmPackages() {
  const stamp = 'node_modules/.alcedo-setup';
  const wanted = hashOf('package.json', 'package-lock.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  // No install scripts: every package that we use brings its binaries along (onnxruntime-node's script would
  // download a GPU build).
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, wanted);
}

function newestChange(folder, pattern) {
  let newest = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && pattern.test(entry.name)) {
      newest = Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
    }
  }
  return newest;
}

function buildNative() {
  const products = ['libalcedo.so', ...(forTests ? ['native_tests'] : [])].map(
    (name) => `build/Release/${name}`,
  );
  const sources = Math.max(
    newestChange('csrc', /\.(cpp|h|proto)$/),
    forTests ? newestChange('test/native', /\.(cpp|h)$/) : 0,
    statSync('binding.gyp').mtimeMs,
  );
  if (products.every((file) => existsSync(file) && statSync(file).mtimeMs > sources)) return;
  say('building the native library (some minutes the first time)');
  run(process.execPath, ['scripts/build-native.mjs', ...(forTests ? [] : ['alcedo'])]);
}

function buildTypeScript() {
  const stamp = 'dist/.alcedo-setup';
  const sources = Math.max(newestChange('src', /\.ts$/), statSync('tsconfig.json').mtimeMs);
  if (existsSync(stamp) && statSync(stamp).mtimeMs > sources) return;
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
  mkdirSync('dist', { recursive: true });
  writeFileSync(stamp, '');
}

try {
  installDebianPackages();
  installNpmPackages();
  buildNative();
  buildTypeScript();
} catch (error) {
  console.error(`[setup] ${error.message}`);
  process.exit(1);
}
