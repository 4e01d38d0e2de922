// Mean cross-entropy and accuracy of a classifier on some samples.
import type { HDict } from '../generated/HDict.js';
import type { HDlModel } from '../generated/HDlModel.js';
import { throwIfAborted } from './interrupt.js';
import { checkClassifier, setBatchSize } from './model.js';
import type { PreparedDataset } from './preprocess.js';
import { disposeAll } from './samples.js';
import { batchesOf, dlSampleBatches } from './stream.js';

export interface LossAndAccuracy {
  loss: number;
  accuracy: number;
}

export interface EvaluateLossOptions {
  batchSize?: number;
  signal?: AbortSignal | undefined;
  /** Samples made before, to be used again and again; default: they are made here. */
  samples?: readonly HDict[];
}

// A confidence of 0 in single precision would make the mean infinite.
const SMALLEST = 1e-12;

export async function evaluateLoss(
  data: PreparedDataset,
  model: HDlModel,
  sampleIndices: readonly number[],
  options: EvaluateLossOptions = {},
): Promise<LossAndAccuracy> {
  if (sampleIndices.length === 0) throw new Error('there is no sample to evaluate on');
  checkClassifier(model, 'the evaluation');
  const original = model.GetDlModelParam('batch_size').I;
  const batch = setBatchSize(model, Math.min(options.batchSize ?? 64, sampleIndices.length));
  let loss = 0;
  let right = 0;
  const batches = [...batchesOf(sampleIndices, batch)];
  let number = 0;
  try {
    for await (const samples of options.samples
      ? batchesOf(options.samples, batch)
      : dlSampleBatches(data, batches)) {
      const indices = batches[number++]!;
      let results: HDict[];
      try {
        throwIfAborted(options.signal, 'the evaluation');
        results = await model.ApplyDlModelAsync(samples, []);
      } finally {
        if (!options.samples) disposeAll(samples);
      }
      results.forEach((result, i) => {
        const ids = result.GetDictTuple('classification_class_ids').ToIArr();
        const confidences = result.GetDictTuple('classification_confidences').ToDArr();
        const truth = data.sample(indices[i]!).image_label_id;
        if (ids[0] === truth) right++;
        loss -= Math.log(Math.max(confidences[ids.indexOf(truth)] ?? 0, SMALLEST));
      });
      disposeAll(results);
    }
  } finally {
    setBatchSize(model, original);
  }
  return { loss: loss / sampleIndices.length, accuracy: right / sampleIndices.length };
}
