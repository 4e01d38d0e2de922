// Evaluation of a classifier: predictions, top-1 error, confusion matrix, precision, recall and f-score per class.
import type { HDlModel } from '../generated/HDlModel.js';
import { noSamples, type Split } from './dataset.js';
import { throwIfAborted } from './interrupt.js';
import { checkClassifier, setBatchSize } from './model.js';
import type { PreparedDataset } from './preprocess.js';
import { Progress, type ProgressOptions } from './progress.js';
import { disposeAll, genRealImage, genSample } from './samples.js';
import { batchesOf, dlSampleBatches } from './stream.js';

export interface ClassMeasures {
  name: string;
  id: number;
  count: number;
  precision: number;
  recall: number;
  f_score: number;
}

export interface EvaluationResult {
  num: number;
  top1_error: number;
  accuracy: number;
  mean_precision: number;
  mean_recall: number;
  mean_f_score: number;
  classes: ClassMeasures[];
  /** Row: ground truth, column: predicted. */
  absolute_confusion_matrix: number[][];
  /** Rows as above, each divided by its sum. */
  relative_confusion_matrix: number[][];
}

export interface EvaluateOptions {
  /** Images per call; default: the model's batch_size, at least 64. It is put back afterwards. */
  batchSize?: number;
  display?: ProgressOptions | false;
  signal?: AbortSignal | undefined;
}

/** Predicted class ids of the samples with these positions. */
export async function predictClasses(
  data: PreparedDataset,
  DLModelHandle: HDlModel,
  sampleIndices: readonly number[],
  options: EvaluateOptions = {},
): Promise<number[]> {
  checkClassifier(DLModelHandle, 'the evaluation');
  const original = DLModelHandle.GetDlModelParam('batch_size').I;
  const wanted = Math.min(options.batchSize ?? Math.max(original, 64), Math.max(sampleIndices.length, 1));
  const progress = options.display
    ? new Progress('evaluating', sampleIndices.length, 'images', options.display)
    : undefined;
  const predicted: number[] = [];
  const batchSize = setBatchSize(DLModelHandle, wanted);
  try {
    for await (const samples of dlSampleBatches(data, batchesOf(sampleIndices, batchSize))) {
      try {
        throwIfAborted(options.signal, 'the evaluation');
        const results = await DLModelHandle.ApplyDlModelAsync(samples, []);
        for (const result of results) predicted.push(result.GetDictTuple('classification_class_ids').I);
        disposeAll(results);
      } finally {
        disposeAll(samples);
      }
      progress?.update(predicted.length);
    }
  } catch (error) {
    progress?.stop();
    throw error;
  } finally {
    setBatchSize(DLModelHandle, original);
  }
  progress?.finish();
  return predicted;
}

/** evaluate_dl_model for one split. */
export async function evaluateDlModel(
  data: PreparedDataset,
  DLModelHandle: HDlModel,
  split: Split | readonly number[] = 'test',
  options: EvaluateOptions = {},
): Promise<EvaluationResult> {
  const indices = typeof split === 'string' ? data.indices(split) : split;
  if (indices.length === 0)
    throw typeof split === 'string' ? noSamples(data, split) : new Error('there is no sample to evaluate on');
  const predicted = await predictClasses(data, DLModelHandle, indices, options);
  const truth = indices.map((index) => data.sample(index).image_label_id);
  return evaluationMeasures(truth, predicted, data.dataset.class_ids, data.dataset.class_names);
}

/** The measures from ground truth and predictions (gen_confusion_matrix, calculate_image_classification_measures). */
export function evaluationMeasures(
  groundTruthLabels: readonly number[],
  predictedClasses: readonly number[],
  classIDs: readonly number[],
  classNames: readonly string[],
): EvaluationResult {
  const position = new Map(classIDs.map((id, i) => [id, i]));
  const matrix = classIDs.map(() => new Array<number>(classIDs.length).fill(0));
  let right = 0;
  groundTruthLabels.forEach((truth, i) => {
    const row = position.get(truth);
    const column = position.get(predictedClasses[i]!);
    if (row === undefined || column === undefined) {
      throw new RangeError(
        `class id ${row === undefined ? truth : predictedClasses[i]} is not one of ${classIDs.join(', ')}`,
      );
    }
    matrix[row]![column]!++;
    if (row === column) right++;
  });
  const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0);
  const classes = classIDs.map((id, i): ClassMeasures => {
    const count = sum(matrix[i]!);
    const found = sum(matrix.map((row) => row[i]!));
    const hits = matrix[i]![i]!;
    const precision = found > 0 ? hits / found : 0;
    const recall = count > 0 ? hits / count : 0;
    const f_score = precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
    return { name: classNames[i] ?? String(id), id, count, precision, recall, f_score };
  });
  const present = classes.filter((one) => one.count > 0);
  const mean = (key: 'precision' | 'recall' | 'f_score'): number =>
    present.length > 0 ? sum(present.map((one) => one[key])) / present.length : 0;
  const num = groundTruthLabels.length;
  return {
    num,
    accuracy: num > 0 ? right / num : 0,
    top1_error: num > 0 ? 1 - right / num : 0,
    mean_precision: mean('precision'),
    mean_recall: mean('recall'),
    mean_f_score: mean('f_score'),
    classes,
    absolute_confusion_matrix: matrix,
    relative_confusion_matrix: matrix.map((row) => row.map((value) => value / Math.max(sum(row), 1))),
  };
}

/** Median milliseconds per image of apply_dl_model on grey images of the data's size, without making the samples. */
export function measureLatency(
  data: PreparedDataset,
  DLModelHandle: HDlModel,
  batchSize = 1,
  seconds = 1,
): number {
  const original = DLModelHandle.GetDlModelParam('batch_size').I;
  const batch = setBatchSize(DLModelHandle, batchSize);
  const { image_width: width, image_height: height, image_num_channels: channels } = data.param;
  using image = genRealImage(new Float32Array(data.size), width, height, channels);
  const samples = Array.from({ length: batch }, () => genSample(image));
  const times: number[] = [];
  try {
    const run = (): void => {
      disposeAll(DLModelHandle.ApplyDlModel(samples, []));
    };
    run();
    for (const end = performance.now() + seconds * 1000; performance.now() < end || times.length < 5;) {
      const start = performance.now();
      run();
      times.push((performance.now() - start) / batch);
    }
  } finally {
    setBatchSize(DLModelHandle, original);
    disposeAll(samples);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}
