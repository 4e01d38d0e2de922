// Pruning in rounds: score -> prune -> retrain -> evaluate, with the state on disk after every round, so that an
// interrupted run goes on where it was.
import { HDlModel } from '../generated/HDlModel.js';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HTuple, type HTupleLike } from '../htuple/HTuple.js';
import type { HDlPrune } from '../generated/HDlPrune.js';
import { Random } from '../onnx/random.js';
import { evaluateDlModel } from './evaluate.js';
import { replaceFile, writeFileWhole } from './files.js';
import { throwIfAborted } from './interrupt.js';
import type { PreparedDataset } from './preprocess.js';
import { Progress, type ProgressOptions } from './progress.js';
import { disposeAll } from './samples.js';
import { batchesOf, dlSampleBatches } from './stream.js';
import { trainDlModel, type TrainParam } from './train.js';

export type PruneTarget = 'percentage' | 'macs' | 'params' | 'latency_ms' | 'loss_increase';

export interface PruneParam {
  rounds: number;
  /** 'percentage': share of the prunable kernels that leave in all rounds together. */
  percentage: number;
  target?: PruneTarget | undefined;
  /** Of the other targets, for all rounds together, in the operator's own unit. */
  targetValue?: number | undefined;
  criterion?: string | undefined;
  normalization?: string | undefined;
  flopsRegularization?: number | undefined;
  roundTo?: number | undefined;
  excludeLayers?: readonly string[] | undefined;
  maxLayerPercentage?: number | undefined;
  /** Training images that are scored per round. */
  scoreSamples: number;
  scoreBatchSize: number;
  randomSeed: number;
  /** Retraining after each round; undefined: none. */
  train?: TrainParam | undefined;
  /** Retraining after the last round, if it differs. */
  finalTrain?: TrainParam | undefined;
}

export interface PruneRound {
  round: number;
  asked_percentage: number;
  kernels_removed: number;
  kernels_left: number;
  macs: number;
  params: number;
  /** Before and after retraining, on the validation split; null without one. */
  accuracy_pruned: number | null;
  accuracy: number | null;
  seconds: number;
}

export interface PruneResult {
  model: HDlModel;
  rounds: PruneRound[];
}

export interface PruneOptions {
  display?: ProgressOptions | false;
  signal?: AbortSignal | undefined;
  /** Folder for the state after every round; a run with the same folder goes on after the last finished round. */
  stateDir?: string | undefined;
  onRound?: (round: PruneRound) => void;
}

export function createDlPruneParam(
  percentage: number,
  rounds: number,
  options: Partial<PruneParam> = {},
): PruneParam {
  if (!(percentage >= 0 && percentage <= 100))
    throw new RangeError(`percentage must be in 0 .. 100, not ${percentage}`);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new RangeError(`rounds must be a positive integer, not ${rounds}`);
  return { rounds, percentage, scoreSamples: 1024, scoreBatchSize: 64, randomSeed: 42, ...options };
}

/** A pruning handle for the model, with the parameters that are the same in every round. */
export function createPruning(model: HDlModel, param: Partial<PruneParam> = {}): HDlPrune {
  const pruning = model.CreateDlPruning('oracle', []);
  const settings: [string, HTupleLike | undefined][] = [
    ['criterion', param.criterion],
    ['normalization', param.normalization],
    [
      'flops_regularization',
      param.flopsRegularization === undefined ? undefined : HTuple.real(param.flopsRegularization),
    ],
    ['round_to', param.roundTo],
    ['max_layer_percentage', param.maxLayerPercentage],
    ['exclude_layers', param.excludeLayers?.length ? param.excludeLayers : undefined],
  ];
  for (const [name, value] of settings) if (value !== undefined) pruning.SetDlPruningParam(name, value);
  return pruning;
}

/** Prunes and retrains; the model passed in is left as it is. */
export async function pruneDlModel(
  data: PreparedDataset,
  DLModelHandle: HDlModel,
  param: PruneParam,
  options: PruneOptions = {},
): Promise<PruneResult> {
  const state = openState(DLModelHandle, param, options.stateDir);
  let { model } = state;
  const { rounds, start } = state;
  const random = new Random(param.randomSeed);
  for (let round = 1; round <= param.rounds; round++) {
    const indices = random.shuffle(data.indices('train')).slice(0, param.scoreSamples);
    if (round <= rounds.length) continue;
    throwIfAborted(options.signal, 'the pruning');
    const began = performance.now();
    const label = `round ${round}/${param.rounds}`;
    using pruning = createPruning(model, param);
    const asked = setGoal(pruning, param, start, round);
    await scoreSamples(data, model, pruning, indices, `${label} scoring`, param, options);
    const pruned = model.GenDlPrunedModel(pruning);
    const pruned_accuracy = await validationAccuracy(data, pruned, options.signal);
    const train = round === param.rounds ? (param.finalTrain ?? param.train) : param.train;
    let trained = pruned;
    if (train) {
      const { display, signal } = options;
      const trainOptions = { label: `${label} epoch`, signal, ...(display === undefined ? {} : { display }) };
      ({ model: trained } = await trainDlModel(data, pruned, train, trainOptions));
    }
    const info: PruneRound = {
      round,
      asked_percentage: asked,
      kernels_removed: pruning.GetDlPruningParam('pruned_kernel_num').I,
      kernels_left:
        pruning.GetDlPruningParam('prunable_kernel_num').I - pruning.GetDlPruningParam('pruned_kernel_num').I,
      macs: trained.GetDlModelParam('macs').I,
      params: trained.GetDlModelParam('num_trainable_params').I,
      accuracy_pruned: pruned_accuracy,
      accuracy: train ? await validationAccuracy(data, trained, options.signal) : pruned_accuracy,
      seconds: (performance.now() - began) / 1000,
    };
    rounds.push(info);
    if (trained !== pruned) pruned.Dispose();
    if (model !== DLModelHandle) model.Dispose();
    model = trained;
    if (options.stateDir !== undefined) saveState(options.stateDir, model, param, start, rounds);
    options.onRound?.(info);
  }
  return { model, rounds };
}

interface Start {
  kernels: number;
  macs: number;
  params: number;
}

/** What a round aims at: geometric steps, so that every round removes the same share of what is left. */
function setGoal(pruning: HDlPrune, param: PruneParam, start: Start, round: number): number {
  const target = param.target ?? 'percentage';
  const part = round / param.rounds;
  if (target === 'percentage') {
    const left = pruning.GetDlPruningParam('prunable_kernel_num').I;
    const goal = start.kernels * (1 - (1 - param.percentage / 100) ** part);
    const percentage = left > 0 ? (100 * (goal - (start.kernels - left))) / left : 0;
    // A hair above, so that rounding down to whole kernels meets the goal.
    const asked = Math.min(Math.max(percentage + 1e-9, 0), 100);
    pruning.SetDlPruningParam('percentage', HTuple.real(asked));
    return asked;
  }
  if (param.targetValue === undefined) throw new Error(`target '${target}' needs a target value`);
  pruning.SetDlPruningParam('target', target);
  const goal = roundTarget(target, param.targetValue, start, part, param.rounds);
  pruning.SetDlPruningParam('target_value', HTuple.real(goal));
  return param.targetValue;
}

function roundTarget(target: PruneTarget, value: number, start: Start, part: number, rounds: number): number {
  if (target === 'macs' || target === 'params') return start[target] * (value / start[target]) ** part;
  // Losses add up over the rounds; a latency is aimed at in every round.
  return target === 'loss_increase' ? value / rounds : value;
}

async function scoreSamples(
  data: PreparedDataset,
  model: HDlModel,
  pruning: HDlPrune,
  indices: readonly number[],
  label: string,
  param: PruneParam,
  options: PruneOptions,
): Promise<void> {
  const progress = options.display
    ? new Progress(label, indices.length, 'images', options.display)
    : undefined;
  const batch = param.scoreBatchSize;
  model.SetDlModelParam('batch_size', Math.min(batch, indices.length));
  let done = 0;
  for await (const samples of dlSampleBatches(data, batchesOf(indices, batch))) {
    try {
      throwIfAborted(options.signal, 'the pruning');
      await model.AddDlPruningBatchAsync(pruning, samples);
    } finally {
      disposeAll(samples);
    }
    progress?.update((done += samples.length));
  }
  progress?.finish();
}

async function validationAccuracy(
  data: PreparedDataset,
  model: HDlModel,
  signal?: AbortSignal,
): Promise<number | null> {
  if (data.indices('validation').length === 0) return null;
  return (await evaluateDlModel(data, model, 'validation', { signal })).accuracy;
}

interface SavedState {
  version: 1;
  settings: string;
  start: Start;
  model: string;
  rounds: PruneRound[];
}

function openState(
  model: HDlModel,
  param: PruneParam,
  folder: string | undefined,
): { model: HDlModel; start: Start; rounds: PruneRound[] } {
  using pruning = createPruning(model, param);
  const start: Start = {
    kernels: pruning.GetDlPruningParam('prunable_kernel_num').I,
    macs: model.GetDlModelParam('macs').I,
    params: model.GetDlModelParam('num_trainable_params').I,
  };
  const file = folder === undefined ? undefined : join(folder, 'state.json');
  if (file === undefined || !existsSync(file)) return { model, start, rounds: [] };
  const saved = JSON.parse(readFileSync(file, 'utf8')) as SavedState;
  const fits =
    saved.version === 1 &&
    saved.settings === JSON.stringify(param) &&
    (['kernels', 'macs', 'params'] as const).every((key) => saved.start[key] === start[key]);
  if (!fits)
    throw new Error(
      `${file} belongs to another run (other settings or another model); remove it to start anew`,
    );
  return { model: new HDlModel(join(folder!, saved.model)), start, rounds: saved.rounds };
}

/** The model first, then the record that names it: a crash in between leaves the round before. */
function saveState(
  folder: string,
  model: HDlModel,
  param: PruneParam,
  start: Start,
  rounds: PruneRound[],
): void {
  const name = `round-${rounds.length}.onnx`;
  replaceFile(join(folder, name), (temporary) => model.WriteDlModel(temporary));
  const state: SavedState = { version: 1, settings: JSON.stringify(param), start, model: name, rounds };
  writeFileWhole(join(folder, 'state.json'), `${JSON.stringify(state, null, 2)}\n`);
}
