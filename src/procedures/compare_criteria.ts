// How well each criterion ranks kernels: its rank correlation with the exact oracle (Molchanov et al. 2017, table of
// Spearman correlations), within every layer and over all layers, as scored and l2-normalised per layer.
import type { HDlModel } from '../generated/HDlModel.js';
import type { HDlPrune } from '../generated/HDlPrune.js';
import { kendall, spearman } from './correlation.js';
import type { PreparedDataset } from './preprocess.js';
import { createPruning } from './prune.js';
import { hasLabels } from './quality.js';
import { addSamples, type AddSamplesOptions } from './score.js';

/** All values of the parameter 'criterion'. */
export const CRITERIA = [
  'oracle_abs',
  'oracle_loss',
  'taylor',
  'taylor_weights',
  'obd',
  'activation_mean',
  'activation_std',
  'apoz',
  'mutual_information',
  'weight_l1',
  'weight_l2',
  'bn_scale',
  'fpgm',
  'random',
] as const;
export type CriterionName = (typeof CRITERIA)[number];

/** What the others are compared with: the absolute change of the loss when the kernel is taken out. */
export const REFERENCE: CriterionName = 'oracle_abs';
/** The samples that a criterion is given: one that is computed by plain loops gets 64 at most. */
export function samplesFor(criterion: CriterionName, sampleIndices: readonly number[]): readonly number[] {
  return criterion === 'taylor_weights' ? sampleIndices.slice(0, 64) : sampleIndices;
}

export interface KernelGroup {
  /** The layers whose kernels leave together. */
  layers: string[];
  kernels: number;
}

export interface CriterionScores {
  criterion: CriterionName;
  samples: number;
  seconds: number;
  /** One per group, as scored; infinite: never removed. */
  raw: number[];
  /** The same, divided by the l2 norm of its layer. */
  l2: number[];
}

export interface ScoringOptions extends AddSamplesOptions {
  seed?: number;
}

export interface Correlation {
  /** null: fewer than two kernels, or a criterion that gives all of them one score. */
  spearman: number | null;
  kendall: number | null;
}

export interface CriterionComparison {
  criterion: CriterionName;
  samples: number;
  seconds: number;
  mean_over_layers: Correlation;
  all_layers_raw: Correlation;
  all_layers_l2: Correlation;
  layers: (Correlation & { layer: string })[];
}

export interface CriteriaReport {
  reference: CriterionName;
  samples: number;
  kernels: number;
  groups: number;
  layers: { layer: string; groups: number }[];
  criteria: CriterionComparison[];
}

/** The groups of a pruning handle, in the order of their numbers. */
export function kernelGroups(pruning: HDlPrune): KernelGroup[] {
  const ids = pruning.GetDlPruningParam('group_ids').ToIArr();
  const layers = pruning.GetDlPruningParam('kernel_layers').ToSArr();
  const members = new Map<number, string[]>();
  ids.forEach((id, i) => members.set(id, [...(members.get(id) ?? []), layers[i]!]));
  return [...members]
    .sort(([a], [b]) => a - b)
    .map(([, names]) => ({ layers: [...new Set(names)], kernels: names.length }));
}

/** One score per group, from the entries per kernel. */
export function groupScores(pruning: HDlPrune, normalization: 'none' | 'l2'): number[] {
  pruning.SetDlPruningParam('normalization', normalization);
  const ids = pruning.GetDlPruningParam('group_ids').ToIArr();
  const scores = pruning.GetDlPruningParam('kernel_scores').ToDArr();
  return [...new Map(ids.map((id, i) => [id, scores[i]!]))]
    .sort(([a], [b]) => a - b)
    .map(([, score]) => score);
}

export async function scoreByCriterion(
  data: PreparedDataset,
  model: HDlModel,
  criterion: CriterionName,
  sampleIndices: readonly number[],
  options: ScoringOptions = {},
): Promise<CriterionScores> {
  const start = performance.now();
  const indices = samplesFor(criterion, sampleIndices);
  using pruning = createPruning(model, { criterion });
  pruning.SetDlPruningParam('random_seed', options.seed ?? 42);
  await addSamples(data, model, pruning, indices, criterion, options);
  const raw = groupScores(pruning, 'none');
  const l2 = groupScores(pruning, 'l2');
  return { criterion, samples: indices.length, seconds: (performance.now() - start) / 1000, raw, l2 };
}

/** The criteria that the data allows: one looks at labels. */
export function possibleCriteria(data: PreparedDataset, model: HDlModel): readonly CriterionName[] {
  return CRITERIA.filter((criterion) => criterion !== 'mutual_information' || hasLabels(data, model));
}

/** Scores with every criterion (those that the data allows) and compares with the exact oracle on the same samples. */
export async function compareCriteria(
  data: PreparedDataset,
  model: HDlModel,
  sampleIndices: readonly number[],
  criteria: readonly CriterionName[] = possibleCriteria(data, model),
  options: ScoringOptions = {},
): Promise<CriteriaReport> {
  if (sampleIndices.length === 0) throw new Error('there is no sample to score on');
  const impossible = criteria.find((criterion) => !possibleCriteria(data, model).includes(criterion));
  if (impossible !== undefined) throw new Error(`criterion '${impossible}' needs a classifier and labels`);
  using pruning = createPruning(model);
  const groups = kernelGroups(pruning);
  // The signed oracle is one pass; the absolute one is its absolute value.
  const signed = await scoreByCriterion(data, model, 'oracle_loss', sampleIndices, options);
  const reference = signed.raw.map(Math.abs);
  const compared: CriterionComparison[] = [];
  for (const criterion of criteria) {
    const scores =
      criterion === 'oracle_loss'
        ? signed
        : criterion === 'oracle_abs'
          ? { ...signed, criterion, raw: reference, l2: signed.l2.map(Math.abs) }
          : await scoreByCriterion(data, model, criterion, sampleIndices, options);
    compared.push(compareScores(scores, reference, groups));
  }
  const layers = [...positionsByLayer(groups)].map(([layer, positions]) => ({
    layer,
    groups: positions.length,
  }));
  return {
    reference: REFERENCE,
    samples: sampleIndices.length,
    kernels: groups.reduce((sum, group) => sum + group.kernels, 0),
    groups: groups.length,
    layers,
    criteria: compared,
  };
}

export function compareScores(
  scores: CriterionScores,
  reference: readonly number[],
  groups: readonly KernelGroup[],
): CriterionComparison {
  const layers = [...positionsByLayer(groups)].map(([layer, positions]) => ({
    layer,
    ...correlation(
      positions.map((i) => scores.raw[i]!),
      positions.map((i) => reference[i]!),
    ),
  }));
  return {
    criterion: scores.criterion,
    samples: scores.samples,
    seconds: scores.seconds,
    mean_over_layers: { spearman: meanOf(layers, 'spearman'), kendall: meanOf(layers, 'kendall') },
    all_layers_raw: correlation(scores.raw, reference),
    all_layers_l2: correlation(scores.l2, reference),
    layers,
  };
}

function positionsByLayer(groups: readonly KernelGroup[]): Map<string, number[]> {
  const positions = new Map<string, number[]>();
  groups.forEach(({ layers }, i) => {
    const layer = layers.join(' + ');
    positions.set(layer, [...(positions.get(layer) ?? []), i]);
  });
  return positions;
}

function correlation(a: readonly number[], b: readonly number[]): Correlation {
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return { spearman: known(spearman(a, b)), kendall: known(kendall(a, b)) };
}

/** Layers where the criterion ranks nothing count as 0. */
function meanOf(layers: readonly Correlation[], key: 'spearman' | 'kendall'): number | null {
  if (layers.length === 0) return null;
  return layers.reduce((sum, layer) => sum + (layer[key] ?? 0), 0) / layers.length;
}
