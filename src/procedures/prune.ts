// Pruning in rounds: score -> prune -> retrain -> evaluate, with the state on disk after every round, so that an
// interrupted run goes on where it was.
import type { HDlModel } from '../generated/HDlModel.js';
import { HTuple, type HTupleLike } from '../htuple/HTuple.js';
import type { HDlPrune } from '../generated/HDlPrune.js';
import { Random } from '../onnx/random.js';
import { noSamples } from './dataset.js';
import { lockFolder } from './folder_lock.js';
import { HeldOutLoss } from './held_out.js';
import { throwIfAborted } from './interrupt.js';
import type { PreparedDataset } from './preprocess.js';
import { setBatchSize } from './model.js';
import {
  kernelFloors,
  quantity,
  roundsOf,
  roundTarget,
  setGoal,
  setKernelStep,
  targetValue,
  type LayerKernels,
  type Start,
} from './prune_goal.js';
import { openState, saveState } from './prune_state.js';
import type { ProgressOptions } from './progress.js';
import { hasLabels, measureQuality } from './quality.js';
import { addSamples } from './score.js';
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
  /** 'local': every layer gives the same share; 'cost': importance per MAC or parameter. */
  ranking?: 'global' | 'local' | 'cost' | undefined;
  /** What the scores measure: 'distance' needs no labels. Default: as the model and the data allow. */
  loss?: 'cross_entropy' | 'distance' | undefined;
  roundTo?: number | undefined;
  /** Kernels that leave per round, in place of `rounds`; other targets than a percentage end when they are reached. */
  kernelsPerStep?: number | undefined;
  /** Images per run for target 'latency_ms'; default 1. */
  latencyBatchSize?: number | undefined;
  /** After each cut: weights fitted to the outputs before the cut, running statistics taken anew. */
  reconstruct?: boolean | undefined;
  recalibrate?: boolean | undefined;
  minKernels?: number | undefined;
  includeLayers?: readonly string[] | undefined;
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
  /** The same for data without labels: distance of the outputs from those of the unpruned network. */
  distance_pruned: number | null;
  distance: number | null;
  /** Of targets other than a percentage. */
  target_asked?: number;
  target_reached?: number;
  last: boolean;
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
  const steps = options.kernelsPerStep;
  if (steps !== undefined && (!Number.isInteger(steps) || steps < 1))
    throw new RangeError(`kernelsPerStep must be a positive integer, not ${steps}`);
  return { rounds, percentage, scoreSamples: 1024, scoreBatchSize: 64, randomSeed: 42, ...options };
}

/**
 * A pruning handle for the model, with the parameters that are the same in every round. `maxLayerPercentage` is a share
 * of what the layers have in `atStart`, or have now.
 */
export function createPruning(
  model: HDlModel,
  param: Partial<PruneParam> = {},
  atStart?: LayerKernels,
): HDlPrune {
  const pruning = model.CreateDlPruning('oracle', []);
  const settings: [string, HTupleLike | undefined][] = [
    ['criterion', param.criterion],
    ['normalization', param.normalization],
    [
      'flops_regularization',
      param.flopsRegularization === undefined ? undefined : HTuple.real(param.flopsRegularization),
    ],
    ['round_to', param.roundTo],
    ['ranking', param.ranking],
    ['loss', param.loss],
    ['min_kernels', atStart ? kernelFloors(pruning, param, atStart) : param.minKernels],
    ['max_layer_percentage', atStart ? undefined : param.maxLayerPercentage],
    ['exclude_layers', param.excludeLayers?.length ? param.excludeLayers : undefined],
    ['include_layers', param.includeLayers?.length ? param.includeLayers : undefined],
    ['reconstruct', param.reconstruct ? 'true' : undefined],
    ['recalibrate', param.recalibrate ? 'true' : undefined],
  ];
  for (const [name, value] of settings) if (value !== undefined) pruning.SetDlPruningParam(name, value);
  return pruning;
}

/** Prunes and retrains; the model passed in is left as it is, and is the teacher where one is needed. */
export async function pruneDlModel(
  data: PreparedDataset,
  DLModelHandle: HDlModel,
  param: PruneParam,
  options: PruneOptions = {},
): Promise<PruneResult> {
  const unlock = options.stateDir === undefined ? undefined : lockFolder(options.stateDir);
  try {
    return await pruneInRounds(data, DLModelHandle, param, options);
  } finally {
    unlock?.();
  }
}

async function pruneInRounds(
  data: PreparedDataset,
  DLModelHandle: HDlModel,
  param: PruneParam,
  options: PruneOptions,
): Promise<PruneResult> {
  if (data.indices('train').length === 0) throw noSamples(data, 'train');
  const state = openState(data, DLModelHandle, param, options.stateDir);
  let { model } = state;
  const { rounds, start } = state;
  const random = new Random(param.randomSeed);
  const heldOut =
    param.target === 'loss_increase'
      ? await HeldOutLoss.open(data, DLModelHandle, param, options.signal)
      : undefined;
  const total = roundsOf(param, start);
  for (let round = 1, done = false; round <= total && !done; round++) {
    const indices = random.shuffle(data.indices('train')).slice(0, param.scoreSamples);
    if (round <= rounds.length) {
      done = rounds[round - 1]!.last;
      continue;
    }
    throwIfAborted(options.signal, 'the pruning');
    const began = performance.now();
    const label = total === Infinity ? `round ${round}` : `round ${round}/${total}`;
    using pruning = openPruning(data, model, param, start);
    await addSamples(data, model, pruning, indices, `${label} scoring`, {
      display: options.display ?? false,
      signal: options.signal,
      batchSize: param.scoreBatchSize,
      work: 'the pruning',
    });
    const cutting = heldOut
      ? pruneByLoss(model, pruning, param, heldOut, { start, round, total })
      : prune(model, pruning, param, { start, round, total });
    const { pruned, asked, last, loss } = await cutting;
    done = last;
    const { signal } = options;
    const cut = await measureQuality(data, pruned, 'validation', DLModelHandle, signal);
    const train = last ? (param.finalTrain ?? param.train) : param.train;
    let trained = pruned;
    if (train) {
      const display = options.display === undefined ? {} : { display: options.display };
      const trainOptions = { label: `${label} epoch`, signal, teacher: DLModelHandle, ...display };
      ({ model: trained } = await trainDlModel(data, pruned, train, trainOptions));
    }
    const retrained = train ? await measureQuality(data, trained, 'validation', DLModelHandle, signal) : cut;
    const reached = {
      target_asked: loss?.limit ?? pruning.GetDlPruningParam('target_asked').D,
      target_reached: loss?.rise ?? pruning.GetDlPruningParam('target_reached').D,
    };
    const byKernels = !loss && pruning.GetDlPruningParam('target').S === 'percentage';
    const info: PruneRound = {
      round,
      asked_percentage: asked,
      kernels_removed: pruning.GetDlPruningParam('pruned_kernel_num').I,
      kernels_left: kernelsLeft(pruning),
      macs: trained.GetDlModelParam('macs').I,
      params: trained.GetDlModelParam('num_trainable_params').I,
      accuracy_pruned: cut.accuracy,
      accuracy: retrained.accuracy,
      distance_pruned: cut.distance,
      distance: retrained.distance,
      ...(byKernels ? {} : reached),
      last,
      seconds: (performance.now() - began) / 1000,
    };
    rounds.push(info);
    if (trained !== pruned) pruned.Dispose();
    if (model !== DLModelHandle) model.Dispose();
    model = trained;
    if (options.stateDir !== undefined) saveState(options.stateDir, model, param, state);
    options.onRound?.(info);
  }
  return { model, rounds };
}

function openPruning(data: PreparedDataset, model: HDlModel, param: PruneParam, start: Start): HDlPrune {
  // The handle times networks at the batch size that the model has now.
  if (param.target === 'latency_ms') setBatchSize(model, param.latencyBatchSize ?? 1);
  const loss = param.loss ?? (hasLabels(data, model) ? undefined : 'distance');
  const atStart = param.maxLayerPercentage === undefined ? undefined : start.layers;
  return createPruning(model, { ...param, loss }, atStart);
}

/** After the cut: kernels that could still leave. */
function kernelsLeft(pruning: HDlPrune): number {
  return (
    pruning.GetDlPruningParam('prunable_kernel_num').I - pruning.GetDlPruningParam('pruned_kernel_num').I
  );
}

interface Cut {
  pruned: HDlModel;
  asked: number;
  last: boolean;
  /** On held-out samples, if that is the target: how much more it is than the unpruned network's, and may be. */
  loss?: { rise: number; limit: number };
}

interface Round {
  start: Start;
  round: number;
  total: number;
}

/** The round's cut. With kernelsPerStep a target ends the run in the round in which a whole step would overshoot it. */
function prune(model: HDlModel, pruning: HDlPrune, param: PruneParam, { start, round, total }: Round): Cut {
  const target = param.target ?? 'percentage';
  if (target !== 'percentage' && param.kernelsPerStep !== undefined) {
    const asked = setKernelStep(pruning, param.kernelsPerStep);
    const pruned = model.GenDlPrunedModel(pruning);
    const handle = (): HDlPrune => {
      setBatchSize(pruned, param.latencyBatchSize ?? 1);
      return createPruning(pruned, param);
    };
    const spent = pruning.GetDlPruningParam('pruned_kernel_num').I === 0 || kernelsLeft(pruning) === 0;
    if (spent || quantity(pruned, target, handle) > targetValue(param)) return { pruned, asked, last: spent };
    pruned.Dispose();
    const goal = setGoal(pruning, param, start, round);
    return { pruned: model.GenDlPrunedModel(pruning), asked: goal, last: true };
  }
  const asked = setGoal(pruning, param, start, round);
  const pruned = model.GenDlPrunedModel(pruning);
  return { pruned, asked, last: round >= total || kernelsLeft(pruning) === 0 };
}

/**
 * As many kernels as the rise of the loss allows, by bisection: of all that can leave, up to the round's part of the
 * target; or of a step, up to the target, which ends the run when a whole step would overshoot.
 */
async function pruneByLoss(
  model: HDlModel,
  pruning: HDlPrune,
  param: PruneParam,
  heldOut: HeldOutLoss,
  { start, round, total }: Round,
): Promise<Cut> {
  const limit = roundTarget(param, start, round);
  const cut = async (kernels: number): Promise<Cut & { rise: number }> => {
    const asked = setKernelStep(pruning, kernels);
    const pruned = model.GenDlPrunedModel(pruning);
    const rise = await heldOut.rise(pruned);
    const spent = pruning.GetDlPruningParam('pruned_kernel_num').I === 0 || kernelsLeft(pruning) === 0;
    return { pruned, asked, rise, last: spent || round >= total, loss: { rise, limit } };
  };
  const most = param.kernelsPerStep ?? pruning.GetDlPruningParam('prunable_kernel_num').I;
  const step = await cut(most);
  if (step.rise <= limit) return step;
  step.pruned.Dispose();
  let [low, high] = [0, most - 1];
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2);
    const trial = await cut(middle);
    trial.pruned.Dispose();
    if (trial.rise <= limit) low = middle;
    else high = middle - 1;
  }
  const found = await cut(low);
  return { ...found, last: found.last || param.kernelsPerStep !== undefined };
}
