// Training: epochs over train_dl_model_batch, shuffled with a seed, with a learning-rate schedule, and the best model
// on the validation split kept.
import type { HDlModel } from '../generated/HDlModel.js';
import type { HSerializedItem } from '../generated/HSerializedItem.js';
import { Random } from '../onnx/random.js';
import type { Augmentation } from './augment.js';
import { evaluateDlModel } from './evaluate.js';
import { throwIfAborted } from './interrupt.js';
import { restore, snapshot } from './model.js';
import type { PreparedDataset } from './preprocess.js';
import { Progress, type ProgressOptions } from './progress.js';
import { disposeAll, type Augmenter } from './samples.js';
import { scheduleFactor, type Schedule } from './schedule.js';
import { dlSampleBatches } from './stream.js';

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
}

export interface TrainInfo {
  epoch: number;
  loss: number;
  learning_rate: number;
  seconds: number;
  /** Accuracy on the validation split, where it was evaluated. */
  validation_accuracy?: number;
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
  configure(DLModelHandle, param);
  const random = new Random(param.randomSeed);
  const augmenter = param.augmentation && {
    random: new Random(param.randomSeed + 1),
    augmentation: param.augmentation,
  };
  const infos: TrainInfo[] = [];
  let best: { accuracy: number; epoch: number; state: HSerializedItem | undefined } | undefined;
  for (let epoch = 1; epoch <= param.numEpochs; epoch++) {
    const info = await trainEpoch(
      data,
      DLModelHandle,
      random.shuffle(indices),
      epoch,
      param,
      augmenter,
      options,
    );
    infos.push(info);
    if (validate && (epoch % param.evaluationIntervalEpochs === 0 || epoch === param.numEpochs)) {
      const { accuracy } = await evaluateDlModel(data, DLModelHandle, 'validation', {
        signal: options.signal,
      });
      info.validation_accuracy = accuracy;
      if (!best || accuracy > best.accuracy || (!param.keepBest && epoch === param.numEpochs)) {
        best?.state?.Dispose();
        const last = epoch === param.numEpochs;
        best = { accuracy, epoch, state: param.keepBest && !last ? snapshot(DLModelHandle) : undefined };
        options.onBest?.(DLModelHandle, info);
      }
    } else if (!validate) {
      options.onBest?.(DLModelHandle, info);
    }
  }
  const best_epoch = best?.epoch ?? param.numEpochs;
  if (!best?.state) return { model: DLModelHandle, best_epoch, infos };
  const model = restore(best.state);
  best.state.Dispose();
  return { model, best_epoch, infos };
}

async function trainEpoch(
  data: PreparedDataset,
  model: HDlModel,
  order: readonly number[],
  epoch: number,
  param: TrainParam,
  augmenter: Augmenter | undefined,
  options: TrainOptions,
): Promise<TrainInfo> {
  const num = Math.min(param.samplesPerEpoch ?? order.length, order.length);
  const batchSize = param.batchSize;
  const steps = Math.ceil(num / batchSize);
  const label = `${options.label ?? 'epoch'} ${epoch}/${param.numEpochs}`;
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
        rate =
          param.learningRate * scheduleFactor(param.schedule, (epoch - 1 + step / steps) / param.numEpochs);
        model.SetDlModelParam('learning_rate', rate);
        using result = await model.TrainDlModelBatchAsync(samples);
        sum += result.GetDictTuple('total_loss').D;
      } finally {
        disposeAll(samples);
      }
      progress?.update(++step * batchSize, `loss ${(sum / step).toFixed(4)}`);
    }
  } catch (error) {
    progress?.stop();
    throw error;
  }
  progress?.finish(`loss ${(sum / steps).toFixed(4)}`);
  return { epoch, loss: sum / steps, learning_rate: rate, seconds: (performance.now() - start) / 1000 };
}

function configure(model: HDlModel, param: TrainParam): void {
  model.SetDlModelParam('batch_size', param.batchSize);
  if (model.GetDlModelParam('batch_size_multiplier').I !== 1)
    model.SetDlModelParam('batch_size_multiplier', 1);
  model.SetDlModelParam('solver_type', param.solverType);
  model.SetDlModelParam('momentum', param.momentum);
  model.SetDlModelParam('weight_prior', param.weightPrior);
}
