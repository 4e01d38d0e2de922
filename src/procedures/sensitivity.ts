// How much a network depends on each layer: accuracy and loss after a share of one layer's kernels is removed, the
// least important ones by a criterion, and nothing else changes.
import type { HDlModel } from '../generated/HDlModel.js';
import { kernelGroups, type CriterionName, type ScoringOptions } from './compare_criteria.js';
import { evaluateLoss, type LossAndAccuracy } from './loss.js';
import { throwIfAborted } from './interrupt.js';
import { checkClassifier } from './model.js';
import type { PreparedDataset } from './preprocess.js';
import { Progress } from './progress.js';
import { createPruning } from './prune.js';
import { addSamples } from './score.js';

export const SENSITIVITY_PERCENTAGES = [10, 20, 30, 40, 50, 60, 70, 80, 90] as const;

export interface SensitivityPoint extends LossAndAccuracy {
  percentage: number;
  kernels_removed: number;
  macs: number;
}

export interface LayerSensitivity {
  /** Layers whose kernels leave together stand in one entry. */
  layers: string[];
  kernels: number;
  points: SensitivityPoint[];
}

export interface SensitivityReport {
  criterion: CriterionName;
  scored: number;
  evaluated: number;
  before: LossAndAccuracy & { macs: number };
  layers: LayerSensitivity[];
}

export interface SensitivityOptions extends ScoringOptions {
  criterion?: CriterionName;
  percentages?: readonly number[];
}

/** Scores on `scoreIndices`, evaluates on `testIndices`; the model stays as it is. */
export async function analyseSensitivity(
  data: PreparedDataset,
  model: HDlModel,
  scoreIndices: readonly number[],
  testIndices: readonly number[],
  options: SensitivityOptions = {},
): Promise<SensitivityReport> {
  const { criterion = 'taylor', percentages = SENSITIVITY_PERCENTAGES, signal } = options;
  checkClassifier(model, 'the analysis');
  using pruning = createPruning(model, { criterion });
  const groups = kernelGroups(pruning);
  const parts = coupledLayers(groups.map((group) => group.layers));
  pruning.SetDlPruningParam('percentage', 100);
  await addSamples(data, model, pruning, scoreIndices, 'scoring', options);
  const before = await evaluateLoss(data, model, testIndices, { signal });
  const progress = options.display
    ? new Progress('removing', parts.length * percentages.length, 'networks', options.display)
    : undefined;
  const layers: LayerSensitivity[] = [];
  for (const part of parts) {
    pruning.SetDlPruningParam('include_layers', part);
    const own = groups.filter((group) => part.includes(group.layers[0]!));
    const kernels = own.reduce((sum, group) => sum + group.kernels, 0);
    const points: SensitivityPoint[] = [];
    for (const percentage of percentages) {
      throwIfAborted(signal, 'the analysis');
      // 100 % of what may leave, and no more than the share of every layer may.
      pruning.SetDlPruningParam('max_layer_percentage', percentage);
      using pruned = model.GenDlPrunedModel(pruning);
      points.push({
        percentage,
        kernels_removed: pruning.GetDlPruningParam('pruned_kernel_num').I,
        macs: pruned.GetDlModelParam('macs').I,
        ...(await evaluateLoss(data, pruned, testIndices, { signal })),
      });
      progress?.update(layers.length * percentages.length + points.length);
    }
    layers.push({ layers: part, kernels, points });
  }
  progress?.finish();
  return {
    criterion,
    scored: scoreIndices.length,
    evaluated: testIndices.length,
    before: { ...before, macs: model.GetDlModelParam('macs').I },
    layers,
  };
}

/** Merges lists that share a layer: what they name can only be pruned together. */
export function coupledLayers(lists: readonly (readonly string[])[]): string[][] {
  const parts: string[][] = [];
  for (const list of lists) {
    const touching = parts.filter((part) => part.some((layer) => list.includes(layer)));
    const merged = [...new Set([...touching.flat(), ...list])];
    const place = touching.length > 0 ? parts.indexOf(touching[0]!) : parts.length;
    parts.splice(place, touching.length > 0 ? 1 : 0, merged);
    for (const part of touching.slice(1)) parts.splice(parts.indexOf(part), 1);
  }
  return parts;
}
