// Lists the C++ sources below a folder, for binding.gyp: node scripts/sources.mjs csrc. A folder that is not there (the
// tests, in the published package) has none.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
const files = (existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [])
  .filter((entry) => entry.isFile() && entry.name.endsWith('.cpp'))
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((file) => file !== 'csrc/api/exports.cpp')
  .sort();
console.log(files.join('\n'));
