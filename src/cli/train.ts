// alcedo train: trains a classifier and writes the model that was best on the validation split.
import { Command, Option } from 'commander';
import { withInterrupt } from '../procedures/interrupt.js';
import { hasLabels, measureQuality } from '../procedures/quality.js';
import { parseSchedule } from '../procedures/schedule.js';
import { createDlTrainParam, trainDlModel, type TrainParam } from '../procedures/train.js';
import {
  addDataOptions,
  checkModelPath,
  nonNegative,
  openData,
  openRunnable,
  percentage,
  positive,
  positiveInteger,
  print,
  printJson,
  saveModel,
  share,
  wholeNumber,
  UsageError,
  type DataOptions,
} from './common.js';

export interface TrainingOptions {
  batchSize: number;
  learningRate: number;
  momentum: number;
  weightPrior: number;
  solver: 'sgd' | 'adam';
  schedule: string;
  mirror?: boolean;
  shift: number;
  updates?: number;
  patience?: number;
  distill?: number | true;
  temperature?: number;
  seed: number;
}

interface TrainCommandOptions extends DataOptions, TrainingOptions {
  epochs: number;
  teacher?: string;
  out: string;
  json?: boolean;
}

/** Options of every command that trains. */
export function addTrainingOptions(command: Command, learningRate: number): Command {
  return command
    .option('--batch-size <n>', 'images per step', positiveInteger, 64)
    .option('--learning-rate <x>', 'initial step size', nonNegative, learningRate)
    .option('--momentum <x>', 'of sgd', nonNegative, 0.9)
    .option('--weight-prior <x>', 'L2 factor', nonNegative, 0.0005)
    .addOption(new Option('--solver <name>').choices(['sgd', 'adam']).default('sgd'))
    .option('--schedule <text>', 'constant, step:0.5,0.75 or cosine:0.1 (warm-up)', 'cosine:0.05')
    .option('--updates <n>', 'optimizer steps, in place of epochs', positiveInteger)
    .option('--patience <n>', 'stop after this many evaluations without improvement', positiveInteger)
    .option('--distill [weight]', 'learn from the unpruned network, with this share of the loss (0.5)', share)
    .option('--temperature <x>', 'of the distillation', positive, 2)
    .option('--no-labels', 'images without labels, in any folders: learn from the outputs')
    .option('--mirror', 'mirror training images left-right at random')
    .option('--shift <pixels>', 'shift training images at random', wholeNumber, 0);
}

export function trainParam(
  epochs: number,
  options: TrainingOptions & Pick<DataOptions, 'labels'>,
): TrainParam {
  let schedule;
  try {
    schedule = parseSchedule(options.schedule);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const augment = options.mirror || options.shift > 0;
  return createDlTrainParam(epochs, {
    batchSize: options.batchSize,
    learningRate: options.learningRate,
    momentum: options.momentum,
    weightPrior: options.weightPrior,
    solverType: options.solver,
    schedule,
    randomSeed: options.seed,
    updates: options.updates,
    patience: options.patience,
    distill:
      options.distill === undefined && options.labels !== false
        ? undefined
        : {
            weight: options.distill === true ? undefined : options.distill,
            temperature: options.temperature,
          },
    augmentation: augment ? { mirror: options.mirror ?? false, shift: options.shift } : undefined,
  });
}

export function trainCommand(): Command {
  const command = new Command('train')
    .description('train a classifier, or any network with --teacher')
    .argument('<model>', 'ONNX file')
    .option(
      '--teacher <file>',
      'network whose outputs are learnt: for --distill, and for data without labels',
    );
  return addTrainingOptions(addDataOptions(command), 0.05)
    .option('--epochs <n>', 'passes over the training images', positiveInteger, 10)
    .requiredOption('--out <file>', 'where the best model goes, after every epoch that improves it')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  alcedo train model.onnx --data photos/ --epochs 10 --mirror --out trained.onnx',
    )
    .action((path: string, options: TrainCommandOptions) =>
      withInterrupt(async (signal) => {
        checkModelPath(options.out);
        const param = trainParam(options.epochs, options);
        if (options.teacher === undefined && (options.distill !== undefined || options.labels === false))
          throw new UsageError(
            `--${options.distill === undefined ? 'no-labels' : 'distill'} needs a --teacher`,
          );
        const start = openRunnable(path);
        const teacher = options.teacher === undefined ? undefined : openRunnable(options.teacher);
        const data = await openData(start, options);
        if (teacher && hasLabels(data, start) && !param.distill)
          throw new UsageError('--teacher does nothing without --distill or --no-labels');
        const { model, best_epoch, infos } = await trainDlModel(data, start, param, {
          teacher,
          display: {},
          signal,
          onBest: (best) => saveModel(best, options.out),
        });
        const { accuracy, distance } = await measureQuality(data, model, 'test', teacher, signal);
        saveModel(model, options.out);
        if (options.json) printJson({ model: options.out, best_epoch, accuracy, distance, epochs: infos });
        else
          print(
            `${options.out}: epoch ${best_epoch}${accuracy === null ? '' : `, accuracy ${percentage(accuracy)} on the test images`}`,
          );
      }),
    );
}
