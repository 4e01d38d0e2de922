// npm run demo: trains a residual CNN on Fashion-MNIST, prunes it to half its multiplications or less, retrains it,
// writes it as ONNX and compares both, in this engine and in onnxruntime. `--quick`: fewer images, same steps.
import { HDlModel } from '../generated/HDlModel.js';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { table, grouped, percentage } from '../cli/common.js';
import { buildResNet } from '../onnx/networks.js';
import { findIdxFiles, readDlDatasetIdx, splitOffValidation } from '../procedures/dataset.js';
import { evaluateDlModel, measureLatency, predictClasses } from '../procedures/evaluate.js';
import { writeFileWhole } from '../procedures/files.js';
import { InterruptedError, withInterrupt } from '../procedures/interrupt.js';
import {
  createDlPreprocessParamFromModel,
  preprocessDlDataset,
  type PreparedDataset,
} from '../procedures/preprocess.js';
import { formatTime } from '../procedures/progress.js';
import { createDlPruneParam, pruneDlModel } from '../procedures/prune.js';
import { createDlTrainParam, trainDlModel } from '../procedures/train.js';
import { OrtModel } from './onnxruntime.js';

const DATA = '/usr/share/datasets/fashion-mnist';
const CLASS_NAMES = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

interface Settings {
  widths: readonly number[];
  samplesPerEpoch: number;
  epochs: number;
  rounds: number;
  roundEpochs: number;
  finalEpochs: number;
  latencySeconds: number;
}

const FULL: Settings = {
  widths: [24, 48, 96],
  samplesPerEpoch: 60000,
  epochs: 4,
  rounds: 2,
  roundEpochs: 1,
  finalEpochs: 3,
  latencySeconds: 2,
};
const QUICK: Settings = {
  widths: [24, 48, 96],
  samplesPerEpoch: 12000,
  epochs: 3,
  rounds: 2,
  roundEpochs: 1,
  finalEpochs: 3,
  latencySeconds: 1,
};

const MACS_LEFT = 0.45;
const LATENCY_BATCH = 64;

interface Measures {
  accuracy: number;
  params: number;
  macs: number;
  bytes: number;
  ms_engine: number;
  ms_ort: number;
}

async function loadData(model: HDlModel): Promise<PreparedDataset> {
  const pairs = findIdxFiles(DATA);
  if (pairs.length < 2)
    throw new Error(
      `Fashion-MNIST was not found in ${DATA}; install it: apt-get install dataset-fashion-mnist`,
    );
  const dataset = readDlDatasetIdx(pairs, DATA, CLASS_NAMES);
  splitOffValidation(dataset, 5);
  return preprocessDlDataset(dataset, createDlPreprocessParamFromModel(model));
}

async function measure(
  data: PreparedDataset,
  model: HDlModel,
  file: string,
  settings: Settings,
  signal: AbortSignal,
): Promise<Measures> {
  const { accuracy } = await evaluateDlModel(data, model, 'test', { signal });
  const ort = await OrtModel.load(file, cpus().length);
  return {
    accuracy,
    params: model.GetDlModelParam('num_trainable_params').I,
    macs: model.GetDlModelParam('macs').I,
    bytes: statSync(file).size,
    ms_engine: measureLatency(data, model, LATENCY_BATCH, settings.latencySeconds),
    ms_ort: await ort.latency(data, LATENCY_BATCH, settings.latencySeconds),
  };
}

async function demo(settings: Settings, folder: string, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  const say = (text: string): void =>
    console.log(`[${formatTime((performance.now() - start) / 1000)}] ${text}`);
  mkdirSync(folder, { recursive: true });
  const files = {
    start: join(folder, 'untrained.onnx'),
    original: join(folder, 'original.onnx'),
    pruned: join(folder, 'pruned.onnx'),
  };
  const train = {
    batchSize: 64,
    weightPrior: 5e-4,
    samplesPerEpoch: settings.samplesPerEpoch,
    evaluationIntervalEpochs: 1,
  };

  writeFileWhole(files.start, buildResNet({ name: 'fashion_resnet', widths: settings.widths, blocks: 1 }));
  const untrained = new HDlModel(files.start);
  untrained.SetDlModelParam('class_names', CLASS_NAMES);
  untrained.SetDlModelParam('image_range_min', -1);
  untrained.SetDlModelParam('image_range_max', 1);
  const data = await loadData(untrained);
  say(
    `Fashion-MNIST: ${grouped(data.indices('train').length)} images to train on, ${grouped(data.indices('test').length)} to test`,
  );
  say(`a residual CNN with ${grouped(untrained.GetDlModelParam('macs').I)} MACs per image; training it`);
  const trained = await trainDlModel(
    data,
    untrained,
    createDlTrainParam(settings.epochs, { ...train, learningRate: 0.1 }),
    {
      display: {},
      signal,
    },
  );
  const original = trained.model;
  original.WriteDlModel(files.original);
  const before = await measure(data, original, files.original, settings, signal);
  say(
    `trained: ${percentage(before.accuracy)} of the test images are right; pruning in ${settings.rounds} rounds`,
  );

  const retrain = { ...train, learningRate: 0.03 };
  const param = createDlPruneParam(50, settings.rounds, {
    target: 'macs',
    targetValue: before.macs * MACS_LEFT,
    roundTo: 8,
    train: createDlTrainParam(settings.roundEpochs, retrain),
    finalTrain: createDlTrainParam(settings.finalEpochs, { ...retrain, learningRate: 0.05 }),
  });
  const { model: pruned } = await pruneDlModel(data, original, param, {
    display: {},
    signal,
    onRound: (round) =>
      say(
        `round ${round.round}: ${round.kernels_removed} kernels left the network, ${grouped(round.macs)} MACs remain, ` +
          `validation ${percentage(round.accuracy_pruned ?? 0)} -> ${percentage(round.accuracy ?? 0)}`,
      ),
  });
  pruned.WriteDlModel(files.pruned);
  const after = await measure(data, pruned, files.pruned, settings, signal);

  const test = data.indices('test');
  const ours = await predictClasses(data, pruned, test, { signal });
  const theirs = await (await OrtModel.load(files.pruned, cpus().length)).predict(data, test);
  const agreement = ours.filter((id, i) => id === theirs[i]).length / test.length;
  report(before, after, agreement, files.pruned);
  writeResult(join(folder, 'result.json'), before, after, agreement, (performance.now() - start) / 1000);
  say('done');
}

function report(before: Measures, after: Measures, agreement: number, file: string): void {
  const row = (name: string, key: keyof Measures, show: (value: number) => string): string[] => [
    name,
    show(before[key]),
    show(after[key]),
    `${(100 * (after[key] / before[key] - 1)).toFixed(1)} %`,
  ];
  const ms = (value: number): string => value.toFixed(4);
  const points = (100 * (after.accuracy - before.accuracy)).toFixed(2);
  console.log('');
  console.log(
    table(
      ['', 'before', 'after', 'change'],
      [
        [
          'accuracy on 10,000 test images',
          percentage(before.accuracy),
          percentage(after.accuracy),
          `${points} points`,
        ],
        row('parameters', 'params', grouped),
        row('MACs per image', 'macs', grouped),
        row('bytes', 'bytes', grouped),
        row('ms per image, alcedo', 'ms_engine', ms),
        row('ms per image, onnxruntime', 'ms_ort', ms),
      ],
    ),
  );
  console.log(
    `\n${file}: onnxruntime predicts the same class for ${percentage(agreement)} of the test images`,
  );
}

function writeResult(
  path: string,
  before: Measures,
  after: Measures,
  agreement: number,
  seconds: number,
): void {
  const result: Record<string, number> = {};
  for (const key of ['accuracy', 'params', 'macs', 'bytes', 'ms_engine', 'ms_ort'] as const) {
    result[`${key}_before`] = before[key];
    result[`${key}_after`] = after[key];
  }
  writeFileWhole(
    path,
    `${JSON.stringify({ ...result, ort_agreement: agreement, seconds_total: seconds }, null, 2)}\n`,
  );
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const unknown = process.argv.slice(2).filter((option) => option !== '--quick');
if (unknown.length > 0) {
  console.error(`unknown option ${unknown[0]}; the only one is --quick`);
  process.exitCode = 2;
} else if (!existsSync(DATA)) {
  console.error(`Fashion-MNIST is missing; install it: apt-get install dataset-fashion-mnist`);
  process.exitCode = 1;
} else {
  try {
    await withInterrupt((signal) =>
      demo(process.argv.includes('--quick') ? QUICK : FULL, join(root, 'demo'), signal),
    );
  } catch (error) {
    console.error(error instanceof InterruptedError ? error.message : error);
    process.exitCode = error instanceof InterruptedError ? 130 : 1;
  }
}
