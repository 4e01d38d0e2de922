// How good a model is on a split: the accuracy of a classifier with labelled data, else the distance of its outputs
// from those of another network (the unpruned one).
import type { HDlModel } from '../generated/HDlModel.js';
import type { Split } from './dataset.js';
import { evaluateDlModel } from './evaluate.js';
import { throwIfAborted } from './interrupt.js';
import { setBatchSize } from './model.js';
import type { PreparedDataset } from './preprocess.js';
import { disposeAll } from './samples.js';
import { batchesOf, dlSampleBatches } from './stream.js';

export interface Quality {
  accuracy: number | null;
  /** Mean squared difference of the outputs, each divided by its mean square. */
  distance: number | null;
}

/** True if the model can be trained and evaluated with the labels of the data. */
export function hasLabels(data: PreparedDataset, model: HDlModel): boolean {
  return data.dataset.unlabelled !== true && model.GetDlModelParam('type').S === 'classification';
}

/** Nothing (both null) if the split is empty, or if there are no labels and no teacher. */
export async function measureQuality(
  data: PreparedDataset,
  model: HDlModel,
  split: Split,
  teacher?: HDlModel,
  signal?: AbortSignal,
): Promise<Quality> {
  const indices = data.indices(split);
  if (indices.length === 0) return { accuracy: null, distance: null };
  if (hasLabels(data, model)) {
    const { accuracy } = await evaluateDlModel(data, model, split, { signal });
    return { accuracy, distance: null };
  }
  const distance = teacher ? await meanDistance(data, model, teacher, indices, signal) : null;
  return { accuracy: null, distance };
}

/** Mean distance of the model's outputs from the teacher's. The model's own teacher becomes this one. */
export async function meanDistance(
  data: PreparedDataset,
  model: HDlModel,
  teacher: HDlModel,
  sampleIndices: readonly number[],
  signal?: AbortSignal,
): Promise<number> {
  const original = model.GetDlModelParam('batch_size').I;
  const batchSize = setBatchSize(model, Math.min(64, sampleIndices.length));
  model.SetDlModelParam('teacher', teacher);
  let sum = 0;
  try {
    for await (const samples of dlSampleBatches(data, batchesOf(sampleIndices, batchSize))) {
      try {
        throwIfAborted(signal, 'the evaluation');
        const results = await model.ApplyDlModelAsync(samples, 'teacher_distance');
        for (const result of results) sum += result.GetDictTuple('teacher_distance').D;
        disposeAll(results);
      } finally {
        disposeAll(samples);
      }
    }
  } finally {
    setBatchSize(model, original);
  }
  return sum / sampleIndices.length;
}

/** True if `now` is better than `best`. */
export function isBetter(now: Quality, best: Quality): boolean {
  if (now.accuracy !== null && best.accuracy !== null) return now.accuracy > best.accuracy;
  if (now.distance !== null && best.distance !== null) return now.distance < best.distance;
  return false;
}
