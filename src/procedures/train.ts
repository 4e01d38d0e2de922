// Training: epochs over train_dl_model_batch, shuffled with a seed, with a learning-rate schedule, and the best model
// on the validation split kept.
import type { HDlModel } from '../generated/HDlModel.js';
import type { HSerializedItem } from '../generated/HSerializedItem.js';
import { HTuple } from '../htuple/HTuple.js';
import { Random } from '../onnx/random.js';
import type { Augmentation } from './augment.js';
import { throwIfAborted } from './interrupt.js';
import { restore, setBatchSize, snapshot } from './model.js';
import type { PreparedDataset } from './preprocess.js';
import { Progress, type ProgressOptions } from './progress.js';
import { hasLabels, isBetter, measureQuality, type Quality } from './quality.js';
import { disposeAll, type Augmenter } from './samples.js';
import { scheduleFactor, type Schedule } from './schedule.js';
import { dlSampleBatches } from './stream.js';
import { TeacherOutputs } from './teacher_outputs.js';

export interface TrainParam {
  numEpochs: number;
  batchSize: number;
  learningRate: number;
  momentum: number;
  weightPrior: number;
  solverType: 'sgd' | 'adam';
  schedule: Schedule;
  /** Epochs between evaluations on the validation split; the last epoch is always evaluated. 0: never. */
  evaluationIntervalEpochs: number;
  /** Give back the model of the best evaluation instead of the last one. */
  keepBest: boolean;
  randomSeed: number;
  augmentation?: Augmentation | undefined;
  /** Images per epoch; default: all of the split. */
  samplesPerEpoch?: number | undefined;
  /** Updates in all, in place of numEpochs. */
  updates?: number | undefined;
  /** Ends the training after this many evaluations in a row that were no improvement. */
  patience?: number | undefined;
  /** With a teacher: share of the distillation in the loss (the rest is the label loss), and its temperature. */
  distill?: Distillation | undefined;
}

export interface Distillation {
  weight?: number | undefined;
  temperature?: number | undefined;
}

export interface TrainInfo {
  epoch: number;
  loss: number;
  learning_rate: number;
  seconds: number;
  /** Accuracy on the validation split, where it was evaluated. */
  validation_accuracy?: number;
  /** The same for data without labels: distance of the outputs from the teacher's. */
  validation_distance?: number;
}

export interface TrainResult {
  /** The trained model: the one passed in, or an earlier state of it if that was better. */
  model: HDlModel;
  best_epoch: number;
  infos: TrainInfo[];
}

export interface TrainOptions {
  display?: ProgressOptions | false;
  signal?: AbortSignal | undefined;
  label?: string;
  /** The network whose outputs are learnt: for data without labels, for networks that are no classifiers, and for
   * 'distill'. */
  teacher?: HDlModel | undefined;
  /** Called after each epoch that gave the best model so far (or each epoch without a validation split). */
  onBest?: (model: HDlModel, info: TrainInfo) => void;
}

/** create_dl_train_param: defaults filled in and checked. */
export function createDlTrainParam(
  numEpochs: number,
  options: Partial<Omit<TrainParam, 'numEpochs'>> = {},
): TrainParam {
  const param: TrainParam = {
    numEpochs,
    batchSize: 64,
    learningRate: 0.05,
    momentum: 0.9,
    weightPrior: 0.0005,
    solverType: 'sgd',
    schedule: { kind: 'cosine', warmup: 0.05 },
    evaluationIntervalEpochs: 1,
    keepBest: true,
    randomSeed: 42,
    ...options,
  };
  for (const name of ['numEpochs', 'batchSize'] as const) {
    if (!Number.isInteger(param[name]) || param[name] < 1) {
      throw new RangeError(`${name} must be a positive integer, not ${param[name]}`);
    }
  }
  for (const name of ['updates', 'patience', 'samplesPerEpoch'] as const) {
    const value = param[name];
    if (value !== undefined && (!Number.isInteger(value) || value < 1))
      throw new RangeError(`${name} must be a positive integer, not ${value}`);
  }
  for (const name of ['learningRate', 'weightPrior', 'momentum'] as const) {
    if (!(param[name] >= 0)) throw new RangeError(`${name} must not be negative, found ${param[name]}`);
  }
  return param;
}

/** train_dl_model. The model passed in is trained; use the one in the result. */
export async function trainDlModel(
  data: PreparedDataset,
  DLModelHandle: HDlModel,
  param: TrainParam,
  options: TrainOptions = {},
): Promise<TrainResult> {
  const indices = data.indices('train');
  if (indices.length === 0) throw new Error('the dataset has no training samples');
  const validate = param.evaluationIntervalEpochs > 0 && data.indices('validation').length > 0;
  const batchSize = configure(data, DLModelHandle, param, options.teacher);
  const random = new Random(param.randomSeed);
  const augmenter = param.augmentation && {
    random: new Random(param.randomSeed + 1),
    augmentation: param.augmentation,
  };
  const perEpoch = Math.ceil(Math.min(param.samplesPerEpoch ?? indices.length, indices.length) / batchSize);
  const updates = param.updates ?? perEpoch * param.numEpochs;
  const epochs = Math.ceil(updates / perEpoch);
  // Only several epochs see an image again, and only without augmentation as it was.
  const learns =
    options.teacher !== undefined && (!hasLabels(data, DLModelHandle) || param.distill !== undefined);
  const teacherOutputs = learns && epochs > 1 && !augmenter ? new TeacherOutputs() : undefined;
  const infos: TrainInfo[] = [];
  let best: { quality: Quality; epoch: number; state: HSerializedItem | undefined } | undefined;
  let failures = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const first = (epoch - 1) * perEpoch;
    const order = random.shuffle(indices);
    const plan = { epoch, epochs, batchSize, first, steps: Math.min(perEpoch, updates - first), updates };
    const info = await trainEpoch(
      data,
      DLModelHandle,
      order,
      plan,
      param,
      { augmenter, teacherOutputs },
      options,
    );
    infos.push(info);
    if (validate && (epoch % param.evaluationIntervalEpochs === 0 || epoch === epochs)) {
      const quality = await measureQuality(
        data,
        DLModelHandle,
        'validation',
        options.teacher,
        options.signal,
      );
      if (quality.accuracy !== null) info.validation_accuracy = quality.accuracy;
      if (quality.distance !== null) info.validation_distance = quality.distance;
      const last = epoch === epochs;
      if (!best || isBetter(quality, best.quality) || (!param.keepBest && last)) {
        best?.state?.Dispose();
        best = { quality, epoch, state: param.keepBest && !last ? snapshot(DLModelHandle) : undefined };
        failures = 0;
        options.onBest?.(DLModelHandle, info);
      } else if (param.patience !== undefined && ++failures >= param.patience) {
        break;
      }
    } else if (!validate) {
      options.onBest?.(DLModelHandle, info);
    }
  }
  const best_epoch = best?.epoch ?? epochs;
  if (!best?.state) return { model: DLModelHandle, best_epoch, infos };
  const model = best_epoch === infos.length ? DLModelHandle : restore(best.state);
  best.state.Dispose();
  return { model, best_epoch, infos };
}

interface EpochPlan {
  epoch: number;
  epochs: number;
  batchSize: number;
  /** Updates before this epoch, in it, and in the whole training. */
  first: number;
  steps: number;
  updates: number;
}

async function trainEpoch(
  data: PreparedDataset,
  model: HDlModel,
  order: readonly number[],
  plan: EpochPlan,
  param: TrainParam,
  changes: { augmenter: Augmenter | undefined; teacherOutputs: TeacherOutputs | undefined },
  options: TrainOptions,
): Promise<TrainInfo> {
  const { augmenter, teacherOutputs } = changes;
  const { epoch, batchSize, steps } = plan;
  const label = `${options.label ?? 'epoch'} ${epoch}/${plan.epochs}`;
  const progress = options.display
    ? new Progress(label, steps * batchSize, 'images', options.display)
    : undefined;
  const start = performance.now();
  let sum = 0;
  let rate = 0;
  try {
    // A batch that would be short is filled up from the start of the epoch's order.
    const batches = Array.from({ length: steps }, (_, step) =>
      Array.from({ length: batchSize }, (_, i) => order[(step * batchSize + i) % order.length]!),
    );
    let step = 0;
    for await (const samples of dlSampleBatches(data, batches, { augmenter })) {
      try {
        throwIfAborted(options.signal, 'the training');
        rate = param.learningRate * scheduleFactor(param.schedule, (plan.first + step) / plan.updates);
        model.SetDlModelParam('learning_rate', rate);
        await teacherOutputs?.addTo(model, batches[step]!, samples);
        using result = await model.TrainDlModelBatchAsync(samples);
        sum += result.GetDictTuple('total_loss').D;
      } finally {
        disposeAll(samples);
      }
      step++; // with or without a display
      progress?.update(step * batchSize, `loss ${(sum / step).toFixed(4)}`);
    }
  } catch (error) {
    progress?.stop();
    throw error;
  }
  progress?.finish(`loss ${(sum / steps).toFixed(4)}`);
  return { epoch, loss: sum / steps, learning_rate: rate, seconds: (performance.now() - start) / 1000 };
}

function configure(
  data: PreparedDataset,
  model: HDlModel,
  param: TrainParam,
  teacher: HDlModel | undefined,
): number {
  const shift = param.augmentation?.shift ?? 0;
  const smaller = Math.min(data.param.image_width, data.param.image_height);
  if (shift >= smaller)
    throw new RangeError(`a shift of ${shift} pixels leaves nothing of images of ${smaller} pixels`);
  const batchSize = setBatchSize(model, param.batchSize);
  if (model.GetDlModelParam('batch_size_multiplier').I !== 1)
    model.SetDlModelParam('batch_size_multiplier', 1);
  model.SetDlModelParam('solver_type', param.solverType);
  model.SetDlModelParam('momentum', param.momentum);
  model.SetDlModelParam('weight_prior', param.weightPrior);
  const labels = hasLabels(data, model);
  if (!teacher && (!labels || param.distill))
    throw new Error(`training ${labels ? 'with distillation' : 'without labels'} needs a teacher`);
  const learns = teacher !== undefined && (!labels || param.distill !== undefined);
  model.SetDlModelParam('teacher', learns ? teacher : []);
  if (!learns) return batchSize;
  if (model.GetDlModelParam('type').S === 'classification') {
    const weight = labels ? (param.distill?.weight ?? 0.5) : 1;
    model.SetDlModelParam('distillation_weight', HTuple.real(weight));
    model.SetDlModelParam('distillation_temperature', HTuple.real(param.distill?.temperature ?? 2));
  }
  return batchSize;
}
