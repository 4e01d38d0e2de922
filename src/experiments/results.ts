// npm run results: docs/results.json and docs/results.md from scratch. Parts: resnet, vgg, ocr, latency;
// `-- --only vgg` makes one and keeps the others' figures; `-- --only times` measures the Fashion-MNIST networks again.
import { HSystem } from '../generated/HSystem.js';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { writeFileWhole } from '../procedures/files.js';
import { fashionTask } from './fashion.js';
import { chosenParts, Clock, ROOT, runMain } from './parts.js';
import { FASHION_OF, remeasureFashion, runFashion } from './results_fashion.js';
import { LATENCY, runLatency } from './results_latency.js';
import { OCR, runOcr } from './results_ocr.js';
import { resultsPage, type Results } from './results_page.js';
import type { Task } from './task.js';

const PARTS = ['resnet', 'vgg', 'ocr', 'latency'] as const;
const AGAIN = 'times';
const CACHE = join(ROOT, '.cache', 'experiments');
const DATA = join(ROOT, 'docs', 'results.json');

await runMain(async () => {
  const argv = process.argv.slice(2);
  const parts = argv.length > 0 ? chosenParts([...PARTS, AGAIN], argv) : PARTS;
  const clock = new Clock();
  const say = (text: string): void => clock.say(text);
  // Every pruned network has new shapes, and each would be timed before its first step.
  HSystem.SetSystem('autotune', 'false');
  mkdirSync(CACHE, { recursive: true });
  const whole = parts.length === PARTS.length || !existsSync(DATA);
  const results = whole ? ({} as Results) : (JSON.parse(readFileSync(DATA, 'utf8')) as Results);
  // The page tells each part's settings; figures without them are of an older version.
  for (const part of ['resnet', 'vgg', 'ocr'] as const) if (!results[part]?.settings) delete results[part];
  results.machine = {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    node: process.versions.node,
  };
  let fashion: Task | undefined;
  for (const part of parts) {
    say(`part ${part}`);
    if (part === 'ocr') results.ocr = await runOcr(OCR, CACHE, say);
    else {
      fashion ??= await fashionTask();
      if (part === AGAIN) {
        for (const network of ['resnet', 'vgg'] as const)
          if (results[network]) results[network] = await remeasureFashion(fashion, results[network], CACHE);
      } else if (part === 'latency') results.latency = await runLatency(fashion, LATENCY, CACHE, say);
      else results[part] = await runFashion(fashion, part, FASHION_OF[part], CACHE, say);
    }
    // After each part: an interrupted run leaves what it has.
    writeFileWhole(DATA, `${JSON.stringify(results, null, 1)}\n`);
    writeFileWhole(join(ROOT, 'docs', 'results.md'), resultsPage(results));
  }
  say('done: docs/results.md');
});
