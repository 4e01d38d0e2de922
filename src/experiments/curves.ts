// Accuracy against kernels removed, without any training: all at once from one scoring, or in rounds with a new
// scoring before each.
import type { HDlModel } from '../generated/HDlModel.js';
import type { CriterionName } from '../procedures/compare_criteria.js';
import { restore, snapshot } from '../procedures/model.js';
import { askKernels, type Task } from './task.js';

export interface PruningCurve {
  criterion: CriterionName;
  way: 'one-shot' | 'rounds';
  /** [percent of the prunable kernels that are gone, test accuracy] */
  points: [number, number][];
}

export interface CurveSettings {
  percentages: readonly number[];
  scoreSamples: number;
  testImages: number;
  seed: number;
}

export const CURVES: CurveSettings = {
  percentages: [10, 20, 30, 40, 50, 60, 70, 80, 90],
  scoreSamples: 256,
  testImages: 2000,
  seed: 1,
};

export async function oneShotCurve(
  task: Task,
  model: HDlModel,
  criterion: CriterionName,
  settings: CurveSettings,
): Promise<PruningCurve> {
  const test = task.test.slice(0, settings.testImages);
  const indices = task.choose(settings.scoreSamples, settings.seed);
  using pruning = await task.score(model, criterion, indices, { seed: settings.seed });
  const all = pruning.GetDlPruningParam('prunable_kernel_num').I;
  const points: [number, number][] = [[0, (await task.evaluate(model, test)).accuracy]];
  for (const percentage of settings.percentages) {
    askKernels(pruning, Math.floor((all * percentage) / 100));
    using pruned = model.GenDlPrunedModel(pruning);
    const removed = pruning.GetDlPruningParam('pruned_kernel_num').I;
    points.push([(100 * removed) / all, (await task.evaluate(pruned, test)).accuracy]);
  }
  return { criterion, way: 'one-shot', points };
}

export async function roundsCurve(
  task: Task,
  start: HDlModel,
  criterion: CriterionName,
  settings: CurveSettings,
): Promise<PruningCurve> {
  const test = task.test.slice(0, settings.testImages);
  const state = snapshot(start);
  let model = restore(state);
  state.Dispose();
  const points: [number, number][] = [[0, (await task.evaluate(model, test)).accuracy]];
  let all = 0;
  let removed = 0;
  for (const [round, percentage] of settings.percentages.entries()) {
    const indices = task.choose(settings.scoreSamples, settings.seed + round);
    using pruning = await task.score(model, criterion, indices, { seed: settings.seed + round });
    if (round === 0) all = pruning.GetDlPruningParam('prunable_kernel_num').I;
    askKernels(pruning, Math.floor((all * percentage) / 100) - removed);
    const pruned = model.GenDlPrunedModel(pruning);
    model.Dispose();
    model = pruned;
    removed += pruning.GetDlPruningParam('pruned_kernel_num').I;
    points.push([(100 * removed) / all, (await task.evaluate(model, test)).accuracy]);
  }
  model.Dispose();
  return { criterion, way: 'rounds', points };
}
