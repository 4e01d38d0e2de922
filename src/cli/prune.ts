// alcedo prune: scores, prunes and retrains in rounds, and writes the smaller model.
import type { HDlModel } from '../generated/HDlModel.js';
import { statSync } from 'node:fs';
import { Command, Option } from 'commander';
import { withInterrupt } from '../procedures/interrupt.js';
import { createDlPruneParam, pruneDlModel, type PruneRound, type PruneTarget } from '../procedures/prune.js';
import { measureQuality } from '../procedures/quality.js';
import type { PreparedDataset } from '../procedures/preprocess.js';
import {
  addDataOptions,
  checkModelPath,
  checkOutputFolder,
  grouped,
  nonNegative,
  openData,
  openRunnable,
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
  ranking?: 'global' | 'local' | 'cost';
  normalization?: string;
  flopsRegularization?: number;
  kernelsPerStep?: number;
  latencyBatch?: number;
  reconstruct?: boolean;
  recalibrate?: boolean;
  minKernels?: number;
  exclude?: string[];
  include?: string[];
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
    .option('--normalization <name>', "of the scores: 'l2' (default), 'none', 'max', 'mean'")
    .addOption(
      new Option(
        '--ranking <name>',
        'local: the same share of every layer; cost: by what a kernel costs',
      ).choices(['global', 'local', 'cost']),
    )
    .option('--flops-regularization <x>', 'lowers the scores of costly kernels', nonNegative)
    .option('--kernels-per-step <n>', 'kernels that leave per round, in place of --rounds', positiveInteger)
    .option('--latency-batch <n>', 'images per run for the target latency_ms (default: 1)', positiveInteger)
    .option('--reconstruct', 'after the cut, fit weights to the outputs before it (no labels needed)')
    .option('--recalibrate', 'after the cut, take the running statistics of BatchNorm anew')
    .option('--min-kernels <n>', 'kernels that stay in every layer', positiveInteger)
    .option('--include <layers...>', 'only these layers may lose kernels')
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
  if (options.state !== undefined) checkOutputFolder('--state', options.state);
  if ((options.target === undefined) !== (options.targetValue === undefined)) {
    throw new UsageError('--target and --target-value belong together');
  }
  if (options.target !== undefined && options.percentage !== undefined) {
    throw new UsageError('--percentage and --target exclude each other');
  }
  if (options.latencyBatch !== undefined && options.target !== 'latency_ms')
    throw new UsageError('--latency-batch is for --target latency_ms');
  const train = trainParam(Math.max(options.epochs, 1), options);
  for (const name of ['updates', 'distill', 'patience'] as const) {
    if (options.epochs === 0 && options[name] !== undefined)
      throw new UsageError(`--${name} is for retraining, and --epochs is 0`);
  }
  const param = createDlPruneParam(options.percentage ?? 50, options.rounds, {
    target: options.target,
    targetValue: options.targetValue,
    criterion: options.criterion,
    normalization: options.normalization,
    ranking: options.ranking,
    flopsRegularization: options.flopsRegularization,
    roundTo: options.roundTo,
    kernelsPerStep: options.kernelsPerStep,
    latencyBatchSize: options.latencyBatch,
    reconstruct: options.reconstruct,
    recalibrate: options.recalibrate,
    minKernels: options.minKernels,
    excludeLayers: options.exclude,
    includeLayers: options.include,
    maxLayerPercentage: options.maxLayerPercentage,
    scoreSamples: options.scoreSamples,
    randomSeed: options.seed,
    train: options.epochs > 0 ? train : undefined,
  });
  using original = openRunnable(path);
  const data = await openData(original, options);
  const before = await measure(data, original, path, original, signal);
  const { model, rounds } = await pruneDlModel(data, original, param, {
    display: {},
    signal,
    stateDir: options.state,
    onRound: (round) => process.stderr.write(`${roundLine(round)}\n`),
  });
  saveModel(model, options.out);
  const after = await measure(data, model, options.out, original, signal);
  if (options.json) printJson({ before, after, rounds });
  else printComparison(before, after);
}

interface Measures {
  file: string;
  accuracy: number | null;
  /** Of the outputs from the unpruned network's, for data without labels. */
  distance: number | null;
  params: number;
  macs: number;
  bytes: number;
}

async function measure(
  data: PreparedDataset,
  model: HDlModel,
  file: string,
  original: HDlModel,
  signal: AbortSignal,
): Promise<Measures> {
  const quality = await measureQuality(data, model, 'test', original, signal);
  return {
    file,
    ...quality,
    params: model.GetDlModelParam('num_trainable_params').I,
    macs: model.GetDlModelParam('macs').I,
    bytes: statSync(file).size,
  };
}

function roundLine(round: PruneRound): string {
  const accuracy = round.accuracy === null ? '' : `, accuracy ${percentage(round.accuracy)}`;
  const distance = round.distance === null ? '' : `, distance ${round.distance.toPrecision(3)}`;
  const asked =
    round.target_asked === undefined
      ? `${round.asked_percentage.toFixed(1)} % asked`
      : `target ${round.target_asked.toPrecision(4)} asked, ${round.target_reached!.toPrecision(4)} reached`;
  return (
    `round ${round.round}: ${round.kernels_removed} kernels removed (${asked}), ` +
    `${grouped(round.macs)} MACs, ${grouped(round.params)} parameters${accuracy}${distance}`
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
  if (after.distance !== null) rows.unshift(['distance', '0', after.distance.toPrecision(3), '']);
  print(table(['', 'before', 'after', 'change'], rows));
  print(`written: ${after.file}`);
}
