// npm run lint: eslint, prettier, clang-format and a short list of clang-tidy checks; --fix mends what can be mended,
// --fast leaves clang-tidy out. Generated files are left to the generator.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const fix = process.argv.includes('--fix');
const fast = process.argv.includes('--fast');

function filesBelow(folders, pattern) {
  return folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/(^|\/)(generated|fixtures|node_modules)\//.test(file))
    .sort();
}

const failed = [];
function check(name, command, args) {
  console.log(`[lint] ${name}`);
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) console.log(`[lint] ${command}: ${error.message}`);
  if (status !== 0) failed.push(name);
}

const node = (bin, ...args) => [process.execPath, [`node_modules/${bin}`, ...args]];
const script = filesBelow(['src', 'test', 'scripts'], /\.(ts|mjs)$/);
const native = filesBelow(['csrc', 'test/native'], /\.(cpp|h)$/);

check(
  'eslint',
  ...node('eslint/bin/eslint.js', '--max-warnings=0', ...(fix ? ['--fix'] : []), 'src', 'test', 'scripts'),
);
check(
  'prettier',
  ...node('prettier/bin/prettier.cjs', fix ? '--write' : '--check', '--log-level=warn', ...script),
);
check('clang-format', 'clang-format', [...(fix ? ['-i'] : ['--dry-run', '-Werror']), ...native]);

if (!fast) {
  // The compile commands that clang-tidy wants; gcc's own flags are left out.
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const flags = [
    '-std=c++17',
    '-fopenmp',
    '-Icsrc',
    '-Icsrc/include',
    '-Ibuild/Release/obj/gen',
    '-Itest/native',
    `-DALCEDO_VERSION="${version}"`,
  ];
  const sources = native.filter((file) => file.endsWith('.cpp'));
  const commands = sources.map((file) => ({
    directory: root,
    file,
    arguments: ['clang++', ...flags, '-c', file],
  }));
  writeFileSync('build/compile_commands.json', JSON.stringify(commands));
  check('clang-tidy', 'xargs', [
    '-P',
    String(cpus().length),
    '-n',
    '8',
    '-a',
    writeList(sources),
    'clang-tidy',
    '-p',
    'build',
    '--quiet',
  ]);
}

function writeList(files) {
  writeFileSync('build/clang-tidy-files.txt', files.join('\n'));
  return 'build/clang-tidy-files.txt';
}

console.log(failed.length > 0 ? `[lint] failed: ${failed.join(', ')}` : '[lint] clean');
process.exit(failed.length > 0 ? 1 : 0);
