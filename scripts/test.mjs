// Runs the native tests and the mocha specs and closes with "N passed, N failed, N skipped".
// node scripts/test.mjs [folder or spec ...]; without one everything runs.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const chosen = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'alcedo-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };

const run = (command, args, env = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.on('close', (code, signal) => resolve(signal ?? code));
  });

async function runNative() {
  const report = join(scratch, 'native.xml');
  const status = await run('build/Release/native_tests', ['--reporters=xml', `--out=${report}`]);
  const xml = existsSync(report) ? readFileSync(report, 'utf8') : '';
  const counts = /<OverallResultsTestCases successes="(\d+)" failures="(\d+)"(?: skipped="(\d+)")?/.exec(xml);
  if (!counts) {
    console.log(`native tests ended with ${status} before they were done`);
    total.failed += 1;
    return;
  }
  console.log(`native: ${counts[1]} passed, ${counts[2]} failed`);
  if (Number(counts[2]) > 0) await run('build/Release/native_tests', ['--no-intro', '--no-version']);
  total.passed += Number(counts[1]);
  total.failed += Number(counts[2]);
}

function specsBelow(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true })
    .map((name) => join(path, name))
    .filter((name) => name.endsWith('.test.ts'))
    .sort();
}

async function runMocha(specs) {
  const report = join(scratch, 'mocha.json');
  const status = await run(
    process.execPath,
    [
      'node_modules/mocha/bin/mocha.js',
      '--timeout',
      '120000',
      '--reporter',
      './scripts/mocha-reporter.mjs',
      ...specs,
    ],
    { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=tsx`.trim(), ALCEDO_TEST_REPORT: report },
  );
  if (!existsSync(report)) {
    console.log(`mocha ended with ${status} before the specs were done`);
    total.failed += 1;
    return;
  }
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}

try {
  if (chosen.length === 0) await runNative();
  const specs = (chosen.length > 0 ? chosen : ['test']).flatMap(specsBelow);
  if (specs.length > 0) await runMocha(specs);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
