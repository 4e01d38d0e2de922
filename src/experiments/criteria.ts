// npm run criteria: how well every criterion ranks kernels. Writes data, plots and the tables of
// docs/guide/criteria.md. Parts: correlation, pruning-curve, digits; `-- --only digits` runs one.
import { HSystem } from '../generated/HSystem.js';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HDlModel } from '../generated/HDlModel.js';
import { compareCriteria, CRITERIA } from '../procedures/compare_criteria.js';
import { writeFileWhole } from '../procedures/files.js';
import {
  correlationSection,
  curvePlots,
  curvesSection,
  digitsPlot,
  digitsSection,
  type NetworkCorrelation,
  type NetworkCurves,
} from './criteria_page.js';
import { CURVES, oneShotCurve, roundsCurve } from './curves.js';
import { DIGITS, digitsCsv, parseDigits, runDigits } from './digits.js';
import { fashionTask, fromScratch, newNetwork } from './fashion.js';
import { replaceBetweenMarkers } from './markdown.js';
import type { NetworkKind } from './networks.js';
import { chosenParts, Clock, ROOT, runMain } from './parts.js';
import { linePlot } from './svg.js';
import type { Task } from './task.js';

const PARTS = ['correlation', 'pruning-curve', 'digits'] as const;
const NETWORKS: readonly NetworkKind[] = ['resnet', 'vgg'];
const CACHE = join(ROOT, '.cache', 'experiments');
const PAGE = join(ROOT, 'docs', 'guide', 'criteria.md');
const DATA = join(ROOT, 'docs', 'guide', 'criteria');
const TRAINING_IMAGES = 180000;
const CORRELATION_SAMPLES = 512;
const SEED = 1;

const clock = new Clock();

interface Trained {
  network: NetworkKind;
  model: HDlModel;
  accuracy: number;
}

let task: Task | undefined;
const trained: Trained[] = [];

/** Both parts on Fashion-MNIST use the same two networks. */
async function trainedNetworks(): Promise<{ task: Task; networks: Trained[] }> {
  task ??= await fashionTask();
  if (trained.length === 0) {
    for (const network of NETWORKS) {
      const model = newNetwork(network, CACHE, { seed: SEED });
      await task.fit(model, fromScratch(TRAINING_IMAGES, SEED));
      const { accuracy } = await task.evaluate(model);
      clock.say(`${network}: trained, ${(100 * accuracy).toFixed(2)} % of the test images`);
      trained.push({ network, model, accuracy });
    }
  }
  return { task, networks: trained };
}

async function correlation(): Promise<void> {
  const { task, networks } = await trainedNetworks();
  const results: NetworkCorrelation[] = [];
  for (const { network, model, accuracy } of networks) {
    const indices = task.choose(CORRELATION_SAMPLES, SEED);
    const report = await compareCriteria(task.data, model, indices, CRITERIA, { seed: SEED });
    clock.say(`${network}: ${report.criteria.length} criteria compared`);
    results.push({ network, accuracy, report });
  }
  writeData('correlation', results);
  writeSection('correlation', correlationSection(results));
}

async function pruningCurve(): Promise<void> {
  const { task, networks } = await trainedNetworks();
  const results: NetworkCurves[] = [];
  for (const { network, model } of networks) {
    const curves = [];
    for (const criterion of CRITERIA) {
      curves.push(await oneShotCurve(task, model, criterion, CURVES));
      curves.push(await roundsCurve(task, model, criterion, CURVES));
      clock.say(`${network}: curves of ${criterion}`);
    }
    results.push({ network, testImages: CURVES.testImages, curves });
  }
  writeData('pruning-curve', { settings: CURVES, results });
  for (const { file, plot } of curvePlots(results)) writeFileWhole(join(DATA, file), linePlot(plot));
  writeSection('pruning-curve', curvesSection(results));
}

async function digits(): Promise<void> {
  let csv: string;
  try {
    csv = digitsCsv(CACHE);
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0]!;
    clock.say(`digits: skipped: ${reason}`);
    writeSection('digits', `Skipped: the data could not be fetched (${reason}).`);
    return;
  }
  const result = await runDigits(parseDigits(csv), DIGITS, CACHE, (text) => clock.say(text));
  writeData('digits', { settings: DIGITS, result });
  writeFileWhole(join(DATA, 'digits.svg'), digitsPlot(result, DIGITS));
  writeSection('digits', digitsSection(result, DIGITS));
}

/** JSON has no infinity: a score that keeps its kernel for ever is written as null. */
function writeData(name: string, value: unknown): void {
  mkdirSync(DATA, { recursive: true });
  writeFileWhole(join(DATA, `${name}.json`), `${JSON.stringify(value)}\n`);
}

function writeSection(name: string, text: string): void {
  writeFileWhole(PAGE, replaceBetweenMarkers(readFileSync(PAGE, 'utf8'), name, text));
}

await runMain(async () => {
  const run = { correlation, 'pruning-curve': pruningCurve, digits };
  const parts = chosenParts(PARTS, process.argv.slice(2));
  // Every pruned network has new shapes, and each would be timed before its first step.
  HSystem.SetSystem('autotune', 'false');
  mkdirSync(CACHE, { recursive: true });
  for (const part of parts) {
    clock.say(`part ${part}`);
    await run[part]();
  }
  clock.say(`done: ${PAGE}`);
});
