// alcedo eval: accuracy, and precision and recall per class.
import { Command, Option } from 'commander';
import type { Split } from '../procedures/dataset.js';
import { evaluateDlModel, measureLatency, type EvaluationResult } from '../procedures/evaluate.js';
import { withInterrupt } from '../procedures/interrupt.js';
import { checkClassifier } from '../procedures/model.js';
import {
  addDataOptions,
  grouped,
  openData,
  openRunnable,
  percentage,
  positiveInteger,
  print,
  printJson,
  table,
  type DataOptions,
} from './common.js';

interface EvalOptions extends DataOptions {
  split: Split | 'all';
  batchSize?: number;
  json?: boolean;
}

export function evalCommand(): Command {
  return addDataOptions(
    new Command('eval')
      .description('evaluate a classifier on labelled images')
      .argument('<model>', 'ONNX file'),
  )
    .addOption(
      new Option('--split <name>', 'part of the data')
        .choices(['train', 'validation', 'test', 'all'])
        .default('test'),
    )
    .option('--batch-size <n>', 'images per call', positiveInteger)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  alcedo eval model.onnx --data photos/ --split all')
    .action((path: string, options: EvalOptions) =>
      withInterrupt(async (signal) => {
        using model = openRunnable(path);
        checkClassifier(model, 'alcedo eval');
        const data = await openData(model, options);
        const split = options.split === 'all' ? data.dataset.samples.map((_, i) => i) : options.split;
        const batch = options.batchSize === undefined ? {} : { batchSize: options.batchSize };
        const result = await evaluateDlModel(data, model, split, { display: {}, signal, ...batch });
        const ms_per_image = measureLatency(data, model);
        if (options.json) printJson({ model: path, split: options.split, ...result, ms_per_image });
        else printEvaluation(result, ms_per_image);
      }),
    );
}

function printEvaluation(result: EvaluationResult, ms: number): void {
  const rows = result.classes.map((one) => [
    one.name,
    grouped(one.count),
    percentage(one.precision),
    percentage(one.recall),
    percentage(one.f_score),
  ]);
  print(table(['class', 'images', 'precision', 'recall', 'f-score'], rows));
  print('');
  print(
    `accuracy ${percentage(result.accuracy)} on ${grouped(result.num)} images, ${ms.toFixed(3)} ms per image`,
  );
}
