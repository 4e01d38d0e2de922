// Samples for a pruning handle, in batches that are made while the one before is scored.
import type { HDlModel } from '../generated/HDlModel.js';
import type { HDlPrune } from '../generated/HDlPrune.js';
import { throwIfAborted } from './interrupt.js';
import { setBatchSize } from './model.js';
import type { PreparedDataset } from './preprocess.js';
import { Progress, type ProgressOptions } from './progress.js';
import { disposeAll } from './samples.js';
import { batchesOf, dlSampleBatches } from './stream.js';

export interface AddSamplesOptions {
  display?: ProgressOptions | false;
  signal?: AbortSignal | undefined;
  batchSize?: number;
  /** What an abort breaks off; default: the label. */
  work?: string;
}

/** Adds the samples to the handle; `label` is what the display shows. */
export async function addSamples(
  data: PreparedDataset,
  model: HDlModel,
  pruning: HDlPrune,
  sampleIndices: readonly number[],
  label: string,
  options: AddSamplesOptions = {},
): Promise<void> {
  const batch = setBatchSize(model, Math.min(options.batchSize ?? 64, sampleIndices.length));
  const progress = options.display
    ? new Progress(label, sampleIndices.length, 'images', options.display)
    : undefined;
  let done = 0;
  for await (const samples of dlSampleBatches(data, batchesOf(sampleIndices, batch))) {
    try {
      throwIfAborted(options.signal, options.work ?? label);
      await model.AddDlPruningBatchAsync(pruning, samples);
    } finally {
      disposeAll(samples);
    }
    progress?.update((done += samples.length));
  }
  progress?.finish();
}
