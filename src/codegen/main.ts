// `npm run generate`: writes all generated files. `--check`: writes nothing, lists the stale ones, exit code 1.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCodes } from '../operators/errors.js';
import { operators } from '../operators/index.js';
import { validate } from '../operators/validate.js';
import { generatedFiles } from './targets.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

function current(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}

const findings = validate(operators, new Set(errorCodes().map((error) => error.code)));
if (findings.length > 0) {
  for (const finding of findings) console.error(finding);
  process.exit(1);
}

const files = generatedFiles();
const stale = files.filter((file) => current(file.path) !== file.text);

if (process.argv.includes('--check')) {
  for (const file of stale) console.error(`stale: ${file.path}`);
  if (stale.length > 0) console.error('Run `npm run generate` and commit the result.');
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const file of stale) {
    mkdirSync(dirname(join(root, file.path)), { recursive: true });
    writeFileSync(join(root, file.path), file.text);
  }
  console.log(`${files.length} generated files, ${stale.length} changed`);
}
