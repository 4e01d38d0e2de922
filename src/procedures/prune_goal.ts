// What each round of pruning aims at.
import type { HDlModel } from '../generated/HDlModel.js';
import type { HDlPrune } from '../generated/HDlPrune.js';
import { HTuple } from '../htuple/HTuple.js';
import type { PruneParam, PruneTarget } from './prune.js';

/** Kernels of every convolution, by its layer's name. */
export type LayerKernels = Readonly<Record<string, number>>;

/** The network before the first round. */
export interface Start {
  /** That can leave. */
  kernels: number;
  layers: LayerKernels;
  macs: number;
  params: number;
  /** Only for target 'latency_ms'. */
  latency_ms?: number;
}

interface ReportLayer {
  name: string;
  kernels_before: number;
}

function reportLayers(pruning: HDlPrune): ReportLayer[] {
  return (JSON.parse(pruning.GetDlPruningParam('report').S) as { layers: ReportLayer[] }).layers;
}

export function layerKernels(pruning: HDlPrune): LayerKernels {
  return Object.fromEntries(reportLayers(pruning).map(({ name, kernels_before }) => [name, kernels_before]));
}

/** Per layer of the handle: kernels that have to stay, so that no layer loses more of its first ones than its share. */
export function kernelFloors(
  pruning: HDlPrune,
  param: Pick<Partial<PruneParam>, 'minKernels' | 'maxLayerPercentage'>,
  atStart: LayerKernels,
): number[] {
  const { minKernels = 1, maxLayerPercentage = 100 } = param;
  return reportLayers(pruning).map(({ name, kernels_before }) => {
    const first = atStart[name] ?? kernels_before;
    return Math.max(minKernels, first - Math.floor((first * maxLayerPercentage) / 100 + 1e-9));
  });
}

/** Rounds that the parameters ask for; Infinity: until the target is reached. */
export function roundsOf(param: PruneParam, start: Start): number {
  if (param.kernelsPerStep === undefined) return param.rounds;
  if ((param.target ?? 'percentage') !== 'percentage') return Infinity;
  return Math.max(1, Math.ceil(Math.floor((start.kernels * param.percentage) / 100) / param.kernelsPerStep));
}

/** Sets the goal of a round; returns the percentage or value that was asked for. */
export function setGoal(pruning: HDlPrune, param: PruneParam, start: Start, round: number): number {
  const target = param.target ?? 'percentage';
  if (target === 'percentage') {
    const all = (start.kernels * param.percentage) / 100;
    const steps = param.kernelsPerStep;
    // Geometric steps, so that every round removes the same share of what is left.
    const goal =
      steps === undefined
        ? start.kernels * (1 - (1 - param.percentage / 100) ** (round / param.rounds))
        : Math.min(all, round * steps);
    return removeKernels(pruning, start.kernels - goal);
  }
  pruning.SetDlPruningParam('target', target);
  const goal = roundTarget(param, start, round);
  pruning.SetDlPruningParam('target_value', HTuple.real(goal));
  return goal;
}

/** One step of 'kernelsPerStep' for the other targets. */
export function setKernelStep(pruning: HDlPrune, kernels: number): number {
  pruning.SetDlPruningParam('target', 'percentage');
  return removeKernels(pruning, pruning.GetDlPruningParam('prunable_kernel_num').I - kernels);
}

function removeKernels(pruning: HDlPrune, stay: number): number {
  const left = pruning.GetDlPruningParam('prunable_kernel_num').I;
  const percentage = left > 0 ? (100 * (left - stay)) / left : 0;
  // A hair above, so that rounding down to whole kernels meets the goal.
  const asked = Math.min(Math.max(percentage + 1e-9, 0), 100);
  pruning.SetDlPruningParam('percentage', HTuple.real(asked));
  return asked;
}

/** What a round is to reach of a target that is no percentage. */
export function roundTarget(param: PruneParam, start: Start, round: number): number {
  const value = targetValue(param);
  if (param.kernelsPerStep !== undefined) return value;
  const part = round / param.rounds;
  // Losses are allowed to rise evenly; the others are approached in geometric steps.
  if (param.target === 'loss_increase') return value * part;
  const before = start[param.target as 'macs' | 'params' | 'latency_ms'] ?? value;
  return before <= value ? value : before * (value / before) ** part;
}

export function targetValue(param: PruneParam): number {
  if (param.targetValue === undefined) throw new Error(`target '${param.target}' needs a target value`);
  return param.targetValue;
}

/** What the model has of a target's quantity. */
export function quantity(model: HDlModel, target: PruneTarget, pruning: () => HDlPrune): number {
  if (target === 'macs') return model.GetDlModelParam('macs').I;
  if (target === 'params') return model.GetDlModelParam('num_trainable_params').I;
  if (target !== 'latency_ms') throw new Error(`target '${target}' is no quantity of a network`);
  using handle = pruning();
  return handle.GetDlPruningParam('latency_ms').D;
}
