// npm run bench: our engine and its peers in turn within one run; medians, spread, ratios and peak memory as Markdown
// and JSON (bench/latest.*). --only KIND,... --net NAME,... --rounds N --quick --python PROGRAM --torch-pruning DIR
// --out FILE (without ending). The kinds are in bench/rows.
import { writeFileSync } from 'node:fs';
import { readOptions } from './options.js';
import { head, line, type Row } from './row.js';
import { kinds } from './rows/index.js';

const options = readOptions();
const chosen = kinds.filter(
  ({ names }) => options.only === undefined || names.some((name) => options.only!.includes(name)),
);
if (chosen.length === 0) {
  throw new Error(
    `--only takes ${kinds.map(({ names }) => names[0]).join(', ')}; found ${options.only!.join(',')}`,
  );
}
const rows: Row[] = [];
const failed: string[] = [];

function save(): void {
  if (options.out === undefined) return;
  writeFileSync(`${options.out}.json`, `${JSON.stringify(rows, null, 1)}\n`);
  writeFileSync(
    `${options.out}.md`,
    `Made by \`npm run bench\`.\n\n${[...head, ...rows.map(line)].join('\n')}\n`,
  );
}

console.log(head.join('\n'));
for (const kind of chosen) {
  const start = performance.now();
  try {
    for await (const row of kind.rows(options)) {
      rows.push(row);
      console.log(line(row));
      save();
    }
  } catch (error) {
    failed.push(kind.names[0]!);
    console.log(`[bench] ${kind.names[0]} failed: ${(error as Error).stack}`);
  }
  console.log(`[bench] ${kind.names[0]}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
if (failed.length > 0) console.log(`[bench] failed: ${failed.join(', ')}`);
process.exit(failed.length > 0 ? 1 : 0);
