// The digits experiment: sklearn's 1,797 images of 8 x 8 (UCI optical digits) and a small CNN without BatchNorm. The
// data file is taken out of the Debian package python3-sklearn; nothing is installed and no Python runs.
import { HDlModel } from '../generated/HDlModel.js';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Random } from '../onnx/random.js';
import {
  compareCriteria,
  CRITERIA,
  type CriteriaReport,
  type CriterionName,
} from '../procedures/compare_criteria.js';
import type { DLDataset } from '../procedures/dataset.js';
import { writeFileWhole } from '../procedures/files.js';
import { restore, snapshot } from '../procedures/model.js';
import { createDlPreprocessParam, preprocessDlDataset } from '../procedures/preprocess.js';
import { buildDigitsNetwork } from './networks.js';
import { askKernels, Task, type FitParam } from './task.js';

const PACKAGE = 'python3-sklearn';
const MEMBER = './usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz';
const IMAGES = 1797;
const SIZE = 8;

/** The text of digits.csv: 64 grey values from 0 to 16 and the digit per line. */
export function digitsCsv(cache: string): string {
  const file = join(cache, 'digits.csv.gz');
  if (!existsSync(file)) {
    mkdirSync(cache, { recursive: true });
    const scratch = mkdtempSync(join(cache, 'digits-'));
    try {
      const options = { cwd: scratch, stdio: ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'] };
      execFileSync('apt-get', ['download', PACKAGE], { ...options, timeout: 120000 });
      const archive = readdirSync(scratch).find((name) => name.endsWith('.deb'));
      if (archive === undefined) throw new Error(`apt-get download ${PACKAGE} made no file`);
      const tar = execFileSync('dpkg-deb', ['--fsys-tarfile', archive], {
        ...options,
        maxBuffer: 2 ** 28,
      });
      const csv = execFileSync('tar', ['xO', MEMBER], {
        input: tar,
        stdio: ['pipe', 'pipe', 'ignore'],
        maxBuffer: 2 ** 24,
      });
      writeFileWhole(file, new Uint8Array(csv));
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  return gunzipSync(readFileSync(file)).toString('latin1');
}

export function parseDigits(csv: string): DLDataset {
  const samples = csv
    .trim()
    .split('\n')
    .map((row, i) => {
      const values = row.split(',').map(Number);
      if (values.length !== SIZE * SIZE + 1 || values.some((value) => !(value >= 0 && value <= 16)))
        throw new Error(`digits, line ${i + 1}: 64 values from 0 to 16 and a digit were expected`);
      const data = Uint8Array.from(values.slice(0, SIZE * SIZE), (value) => Math.round((value * 255) / 16));
      return {
        image_id: i + 1,
        image_label_id: values[SIZE * SIZE]!,
        image: { data, width: SIZE, height: SIZE, channels: 1 },
      };
    });
  const class_ids = Array.from({ length: 10 }, (_, i) => i);
  return { image_dir: '', class_names: class_ids.map(String), class_ids, samples };
}

export async function digitsTask(dataset: DLDataset, seed: number, trainImages: number): Promise<Task> {
  const data = await preprocessDlDataset(dataset, createDlPreprocessParam(SIZE, SIZE, 1, 0, 1));
  const order = new Random(seed).shuffle(dataset.samples.map((_, i) => i));
  return new Task(data, order.slice(0, trainImages), order.slice(trainImages));
}

export interface DigitsSettings {
  seeds: readonly number[];
  trainImages: number;
  epochs: number;
  kernelsPerStep: number;
  /** Kernels removed at which accuracies are written down. */
  stops: readonly number[];
  criteria: readonly CriterionName[];
  /** Criteria whose curve is repeated with an epoch of training after every step. */
  tuned: readonly CriterionName[];
}

export const DIGITS: DigitsSettings = {
  seeds: [1, 2, 3],
  trainImages: 1297,
  epochs: 40,
  kernelsPerStep: 4,
  stops: [12, 28, 56, 84],
  // There is no BatchNorm whose scale could be looked at.
  criteria: CRITERIA.filter((criterion) => criterion !== 'bn_scale'),
  tuned: ['oracle_abs', 'oracle_loss', 'taylor', 'weight_l2', 'random'],
};

export interface DigitsCurve {
  criterion: CriterionName;
  tuned: boolean;
  seed: number;
  /** [kernels removed, test accuracy], from none to the last step. */
  points: [number, number][];
}

export interface DigitsResult {
  images: number;
  kernels: number;
  base_accuracy: number[];
  correlations: CriteriaReport[];
  curves: DigitsCurve[];
}

const constantRate = (learningRate: number, images: number, seed: number): FitParam => ({
  images,
  batchSize: 64,
  learningRate,
  momentum: 0.9,
  weightPrior: 0,
  schedule: { kind: 'constant' },
  seed,
});

export async function runDigits(
  dataset: DLDataset,
  settings: DigitsSettings,
  folder: string,
  say: (text: string) => void,
): Promise<DigitsResult> {
  const result: DigitsResult = {
    images: IMAGES,
    kernels: 0,
    base_accuracy: [],
    correlations: [],
    curves: [],
  };
  for (const seed of settings.seeds) {
    const task = await digitsTask(dataset, seed, settings.trainImages);
    const file = join(folder, `digits-${seed}.onnx`);
    writeFileWhole(file, buildDigitsNetwork(seed));
    using model = new HDlModel(file);
    await task.fit(model, constantRate(0.05, settings.epochs * settings.trainImages, seed));
    const { accuracy } = await task.evaluate(model);
    say(`digits, seed ${seed}: ${(100 * accuracy).toFixed(1)} % of ${task.test.length} test images`);
    const report = await compareCriteria(task.data, model, task.train, settings.criteria, { seed });
    result.base_accuracy.push(accuracy);
    result.correlations.push(report);
    result.kernels = report.kernels;
    for (const tuned of [false, true]) {
      for (const criterion of tuned ? settings.tuned : settings.criteria) {
        const points = await curve(task, model, criterion, tuned, seed, settings);
        result.curves.push({ criterion, tuned, seed, points });
      }
      say(`digits, seed ${seed}: curves ${tuned ? 'with an epoch after every step' : 'without training'}`);
    }
  }
  return result;
}

async function curve(
  task: Task,
  start: HDlModel,
  criterion: CriterionName,
  tuned: boolean,
  seed: number,
  settings: DigitsSettings,
): Promise<[number, number][]> {
  const state = snapshot(start);
  let model = restore(state);
  state.Dispose();
  const points: [number, number][] = [[0, (await task.evaluate(model)).accuracy]];
  let removed = 0;
  while (removed < settings.stops.at(-1)!) {
    using pruning = await task.score(model, criterion, task.train, { seed: seed + removed });
    askKernels(pruning, settings.kernelsPerStep);
    const pruned = model.GenDlPrunedModel(pruning);
    model.Dispose();
    model = pruned;
    removed += pruning.GetDlPruningParam('pruned_kernel_num').I;
    if (tuned) await task.fit(model, constantRate(0.01, settings.trainImages, seed + removed));
    points.push([removed, (await task.evaluate(model)).accuracy]);
  }
  model.Dispose();
  return points;
}
