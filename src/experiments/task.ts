// A classification task with its samples made once: experiments run over the same images again and again, and making
// a dictionary per image costs as much as a small network's training step.
import type { HDict } from '../generated/HDict.js';
import type { HDlModel } from '../generated/HDlModel.js';
import type { HDlPrune } from '../generated/HDlPrune.js';
import { HTuple } from '../htuple/HTuple.js';
import { Random } from '../onnx/random.js';
import { samplesFor, type CriterionName } from '../procedures/compare_criteria.js';
import { evaluateLoss, type LossAndAccuracy } from '../procedures/loss.js';
import { breathe } from '../procedures/model.js';
import type { PreparedDataset } from '../procedures/preprocess.js';
import { createPruning } from '../procedures/prune.js';
import { genDlSamples } from '../procedures/samples.js';
import { scheduleFactor, type Schedule } from '../procedures/schedule.js';
import { batchesOf } from '../procedures/stream.js';
import { TeacherOutputs } from '../procedures/teacher_outputs.js';

export interface FitParam {
  /** Images that the network sees, in shuffled passes over the training images. */
  images: number;
  batchSize: number;
  learningRate: number;
  momentum: number;
  weightPrior: number;
  schedule: Schedule;
  seed: number;
}

export interface Teacher {
  model: HDlModel;
  /** Share of its outputs in the loss; the rest is the labels'. */
  weight: number;
  temperature: number;
}

export class Task {
  readonly #samples: HDict[] = [];
  /** Whose outputs the training samples carry. */
  #asked: Teacher | undefined;

  constructor(
    readonly data: PreparedDataset,
    readonly train: readonly number[],
    readonly test: readonly number[],
  ) {}

  samples(indices: readonly number[]): HDict[] {
    return indices.map((index) => (this.#samples[index] ??= genDlSamples(this.data, [index])[0]!));
  }

  /** Trains the model with SGD and momentum, on labels or also on a teacher's outputs; returns the mean loss of the last tenth of the steps. */
  async fit(model: HDlModel, param: FitParam, teacher?: Teacher): Promise<number> {
    if (teacher) {
      model.SetDlModelParam('teacher', teacher.model);
      model.SetDlModelParam('distillation_weight', HTuple.real(teacher.weight));
      model.SetDlModelParam('distillation_temperature', HTuple.real(teacher.temperature));
    }
    model.SetDlModelParam('batch_size', param.batchSize);
    if (teacher) await this.#ask(model, teacher);
    model.SetDlModelParam('solver_type', 'sgd');
    model.SetDlModelParam('momentum', param.momentum);
    model.SetDlModelParam('weight_prior', param.weightPrior);
    const random = new Random(param.seed);
    const order = [...this.train];
    const steps = Math.max(Math.round(param.images / param.batchSize), 1);
    let next = order.length;
    let loss = 0;
    let counted = 0;
    for (let step = 0; step < steps; step++) {
      const batch: number[] = [];
      while (batch.length < param.batchSize) {
        if (next === order.length) {
          random.shuffle(order);
          next = 0;
        }
        batch.push(order[next++]!);
      }
      model.SetDlModelParam(
        'learning_rate',
        param.learningRate * scheduleFactor(param.schedule, step / steps),
      );
      using result = model.TrainDlModelBatch(this.samples(batch));
      if (step >= steps - Math.max(steps / 10, 1)) {
        loss += result.GetDictTuple('total_loss').D;
        counted++;
      }
      await breathe();
    }
    return loss / counted;
  }

  /** The teacher's outputs for all training images, once. Its model must not change afterwards. */
  async #ask(model: HDlModel, teacher: Teacher): Promise<void> {
    if (this.#asked === teacher) return;
    const outputs = new TeacherOutputs();
    for (const batch of batchesOf(this.train, model.GetDlModelParam('batch_size').I))
      await outputs.addTo(model, batch, this.samples(batch));
    this.#asked = teacher;
  }

  evaluate(model: HDlModel, indices: readonly number[] = this.test): Promise<LossAndAccuracy> {
    return evaluateLoss(this.data, model, indices, { samples: this.samples(indices), batchSize: 200 });
  }

  /** A seeded choice of training images. */
  choose(num: number, seed: number): number[] {
    return new Random(seed).shuffle([...this.train]).slice(0, num);
  }

  /** A pruning handle that has seen the samples. */
  async score(
    model: HDlModel,
    criterion: CriterionName,
    sampleIndices: readonly number[],
    options: ScoreOptions = {},
  ): Promise<HDlPrune> {
    const indices = samplesFor(criterion, sampleIndices);
    const batch = Math.min(64, indices.length);
    // Before the handle is made: 'latency_ms' is about this batch size.
    model.SetDlModelParam('batch_size', batch);
    // Normalised, random numbers would spare layers with few kernels.
    const normalization = criterion === 'random' ? 'none' : undefined;
    const pruning = createPruning(model, {
      criterion,
      normalization,
      roundTo: options.roundTo,
      loss: options.loss,
    });
    pruning.SetDlPruningParam('random_seed', options.seed ?? 42);
    if (options.flopsRegularization !== undefined)
      pruning.SetDlPruningParam('flops_regularization', HTuple.real(options.flopsRegularization));
    if (options.recalibrate) pruning.SetDlPruningParam('recalibrate', 'true'); // before its samples
    for (let begin = 0; begin < indices.length; begin += batch) {
      model.AddDlPruningBatch(pruning, this.samples(indices.slice(begin, begin + batch)));
      await breathe();
    }
    return pruning;
  }
}

export interface ScoreOptions {
  /** Of criterion 'random'. */
  seed?: number;
  roundTo?: number;
  /** What is scored: default as the product. */
  loss?: 'cross_entropy' | 'distance';
  flopsRegularization?: number;
  /** Running statistics are taken anew after the cut. */
  recalibrate?: boolean;
}

/** Sets the percentage that removes this many kernels. */
export function askKernels(pruning: HDlPrune, kernels: number): void {
  const left = pruning.GetDlPruningParam('prunable_kernel_num').I;
  // A hair above, so that rounding down to whole kernels gives the number asked for.
  const percentage = left > 0 ? Math.min((100 * kernels) / left + 1e-9, 100) : 0;
  pruning.SetDlPruningParam('percentage', HTuple.real(Math.max(percentage, 0)));
}
