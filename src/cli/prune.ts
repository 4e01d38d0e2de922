// alcedo prune: scores, prunes and retrains in rounds, and writes the smaller model.
import type { HDlModel } from '../generated/HDlModel.js';
import { statSync } from 'node:fs';
import { Command, Option } from 'commander';
import { evaluateDlModel } from '../procedures/evaluate.js';
import { withInterrupt } from '../procedures/interrupt.js';
import { createDlPruneParam, pruneDlModel, type PruneRound, type PruneTarget } from '../procedures/prune.js';
import type { PreparedDataset } from '../procedures/preprocess.js';
import {
  addDataOptions,
  checkModelPath,
  grouped,
  nonNegative,
  openData,
  openModel,
  percent,
  percentage,
  positiveInteger,
  print,
  printJson,
  saveModel,
  table,
  UsageError,
  wholeNumber,
  type DataOptions,
} from './common.js';
import { addTrainingOptions, trainParam, type TrainingOptions } from './train.js';

interface PruneCommandOptions extends DataOptions, TrainingOptions {
  percentage?: number;
  target?: PruneTarget;
  targetValue?: number;
  rounds: number;
  epochs: number;
  criterion?: string;
  roundTo?: number;
  exclude?: string[];
  maxLayerPercentage?: number;
  scoreSamples: number;
  state?: string;
  out: string;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  alcedo prune model.onnx --data photos/ --percentage 50 --rounds 3 --epochs 1 --out small.onnx
  alcedo prune model.onnx --data photos/ --target macs --target-value 20e6 --round-to 8 --out small.onnx
  alcedo prune model.onnx --data photos/ --percentage 30 --exclude 'stem*' --epochs 0 --out small.onnx

With --state, every finished round is kept in that folder, and the same command goes on after an interruption.`;

export function pruneCommand(): Command {
  const command = new Command('prune')
    .description('make a trained network smaller')
    .argument('<model>', 'ONNX file');
  return addTrainingOptions(addDataOptions(command), 0.02)
    .option('--percentage <p>', 'share of the prunable kernels that leave, 0 to 100', percent)
    .addOption(
      new Option('--target <name>', 'aim at something else than a percentage').choices([
        'macs',
        'params',
        'latency_ms',
        'loss_increase',
      ]),
    )
    .option('--target-value <x>', 'value of the target', nonNegative)
    .option('--rounds <n>', 'rounds of scoring, pruning and retraining', positiveInteger, 3)
    .option('--epochs <n>', 'retraining epochs per round, 0: none', wholeNumber, 1)
    .option('--criterion <name>', "how kernels are scored (default: 'taylor')")
    .option('--round-to <n>', 'keep channel counts multiples of n', positiveInteger)
    .option('--exclude <layers...>', "layers that stay as they are, '*' allowed")
    .option('--max-layer-percentage <p>', 'no layer loses more than this share', percent)
    .option('--score-samples <n>', 'images that are scored per round', positiveInteger, 1024)
    .option('--state <folder>', 'keep the state of every round, and go on from there')
    .requiredOption('--out <file>', 'where the pruned model goes')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action((path: string, options: PruneCommandOptions) =>
      withInterrupt((signal) => prune(path, options, signal)),
    );
}

async function prune(path: string, options: PruneCommandOptions, signal: AbortSignal): Promise<void> {
  checkModelPath(options.out);
  if ((options.target === undefined) !== (options.targetValue === undefined)) {
    throw new UsageError('--target and --target-value belong together');
  }
  if (options.target !== undefined && options.percentage !== undefined) {
    throw new UsageError('--percentage and --target exclude each other');
  }
  const param = createDlPruneParam(options.percentage ?? 50, options.rounds, {
    target: options.target,
    targetValue: options.targetValue,
    criterion: options.criterion,
    roundTo: options.roundTo,
    excludeLayers: options.exclude,
    maxLayerPercentage: options.maxLayerPercentage,
    scoreSamples: options.scoreSamples,
    randomSeed: options.seed,
    train: options.epochs > 0 ? trainParam(options.epochs, options) : undefined,
  });
  using original = openModel(path);
  const data = await openData(original, options);
  const before = await measure(data, original, path, signal);
  const { model, rounds } = await pruneDlModel(data, original, param, {
    display: {},
    signal,
    stateDir: options.state,
    onRound: (round) => process.stderr.write(`${roundLine(round)}\n`),
  });
  saveModel(model, options.out);
  const after = await measure(data, model, options.out, signal);
  if (options.json) printJson({ before, after, rounds });
  else printComparison(before, after);
}

interface Measures {
  file: string;
  accuracy: number | null;
  params: number;
  macs: number;
  bytes: number;
}

async function measure(
  data: PreparedDataset,
  model: HDlModel,
  file: string,
  signal: AbortSignal,
): Promise<Measures> {
  const tested =
    data.indices('test').length > 0 ? await evaluateDlModel(data, model, 'test', { signal }) : undefined;
  return {
    file,
    accuracy: tested?.accuracy ?? null,
    params: model.GetDlModelParam('num_trainable_params').I,
    macs: model.GetDlModelParam('macs').I,
    bytes: statSync(file).size,
  };
}

function roundLine(round: PruneRound): string {
  const accuracy = round.accuracy === null ? '' : `, accuracy ${percentage(round.accuracy)}`;
  return (
    `round ${round.round}: ${round.kernels_removed} kernels removed (${round.asked_percentage.toFixed(1)} % asked), ` +
    `${grouped(round.macs)} MACs, ${grouped(round.params)} parameters${accuracy}`
  );
}

function printComparison(before: Measures, after: Measures): void {
  const row = (name: string, from: number, to: number): string[] => [
    name,
    grouped(from),
    grouped(to),
    `${(100 * (to / from - 1)).toFixed(1)} %`,
  ];
  const rows = [
    row('parameters', before.params, after.params),
    row('MACs', before.macs, after.macs),
    row('bytes', before.bytes, after.bytes),
  ];
  if (before.accuracy !== null && after.accuracy !== null) {
    const points = (100 * (after.accuracy - before.accuracy)).toFixed(2);
    rows.unshift(['accuracy', percentage(before.accuracy), percentage(after.accuracy), points]);
  }
  print(table(['', 'before', 'after', 'change'], rows));
  print(`written: ${after.file}`);
}
