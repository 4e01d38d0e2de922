// What each thread of the tests in threads.test.ts does with a model of its own: three training steps, a forward pass, the
// scores and the pruned file. As a worker it answers with the numbers; imported, it is the serial run to compare with.
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { HDict, HDlModel, HDlPrune, HOperatorSet } from '../../src/index.js';
import { genRealImage, genSample } from '../../src/procedures/samples.js';

export interface ThreadTask {
  file: string;
  size: number;
  classes: number;
  seed: number;
  rounds: number;
}

export interface ThreadResult {
  losses: number[];
  confidences: number[];
  scores: number[];
  kernels: number;
}

const BATCH = 4;

export function threadSamples({ size, classes, seed }: ThreadTask): HDict[] {
  return Array.from({ length: BATCH }, (_, i) => {
    const pixels = Float32Array.from({ length: size * size }, (_, p) => ((p * (i + seed)) % 23) / 11 - 1);
    return new HDict(
      genSample(genRealImage(pixels, size, size, 1), { image_label_id: (i + seed) % classes }),
    );
  });
}

export function threadWork(task: ThreadTask): ThreadResult {
  const samples = threadSamples(task);
  using model = new HDlModel(task.file);
  model.SetDlModelParam('batch_size', BATCH);
  model.SetDlModelParam('learning_rate', 0.01);
  const losses = Array.from({ length: task.rounds }, () => {
    using result = model.TrainDlModelBatch(samples);
    return result.GetDictTuple('total_loss').D;
  });
  const confidences = model
    .ApplyDlModel(samples, [])
    .flatMap((result) => [...result.GetDictTuple('classification_confidences').ToDArr()]);
  using prune = new HDlPrune(model, 'oracle', new HDict());
  prune.AddDlPruningBatch(model, samples);
  const scores = [...HOperatorSet.GetDlPruningParam(prune, 'kernel_scores').ToDArr()];
  prune.SetDlPruningParam('percentage', 50);
  using pruned = model.GenDlPrunedModel(prune);
  return { losses, confidences, scores, kernels: pruned.GetDlModelParam('num_trainable_params').I };
}

if (!isMainThread && workerData !== null) {
  parentPort!.postMessage(threadWork(workerData as ThreadTask));
}
