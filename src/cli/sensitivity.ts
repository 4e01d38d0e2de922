// alcedo sensitivity: accuracy and loss after removing 10 … 90 % of one layer's kernels, for every layer.
import { Command, Option } from 'commander';
import { Random } from '../onnx/random.js';
import { CRITERIA, type CriterionName } from '../procedures/compare_criteria.js';
import type { Split } from '../procedures/dataset.js';
import { withInterrupt } from '../procedures/interrupt.js';
import { checkClassifier } from '../procedures/model.js';
import { analyseSensitivity, type SensitivityReport } from '../procedures/sensitivity.js';
import {
  addDataOptions,
  checkJsonPath,
  drawSamples,
  grouped,
  jsonReport,
  openData,
  openRunnable,
  percentage,
  positiveInteger,
  print,
  table,
  type DataOptions,
} from './common.js';

interface SensitivityCommandOptions extends DataOptions {
  criterion: CriterionName;
  scoreSamples: number;
  samples: number;
  split: Split;
  loss?: boolean;
  json?: string | true;
}

export function sensitivityCommand(): Command {
  return addDataOptions(
    new Command('sensitivity')
      .description('accuracy and loss after removing 10 to 90 % of each layer')
      .argument('<model>', 'ONNX file'),
  )
    .addOption(new Option('--criterion <name>', 'how kernels are scored').choices(CRITERIA).default('taylor'))
    .option('--score-samples <n>', 'training images that are scored', positiveInteger, 512)
    .option('--samples <n>', 'images that are evaluated', positiveInteger, 1000)
    .addOption(
      new Option('--split <name>', 'part of the data they come from')
        .choices(['train', 'validation', 'test'])
        .default('validation'),
    )
    .option('--loss', 'print the loss in place of the accuracy')
    .option('--json [file]', 'print JSON, or write it to a file')
    .addHelpText(
      'after',
      '\nExample:\n  alcedo sensitivity model.onnx --data photos/ --json sensitivity.json',
    )
    .action((path: string, options: SensitivityCommandOptions) =>
      withInterrupt(async (signal) => {
        checkJsonPath(options.json);
        using model = openRunnable(path);
        checkClassifier(model, 'alcedo sensitivity');
        const data = await openData(model, options);
        const random = new Random(options.seed);
        const scored = drawSamples(data, 'train', options.scoreSamples, random);
        const tested = drawSamples(data, options.split, options.samples, random);
        const report = await analyseSensitivity(data, model, scored, tested, {
          criterion: options.criterion,
          display: {},
          signal,
          seed: options.seed,
        });
        if (jsonReport(options.json, { model: path, ...report })) return;
        printReport(report, options.loss ?? false);
      }),
    );
}

function printReport(report: SensitivityReport, loss: boolean): void {
  const show = (point: { accuracy: number; loss: number }): string =>
    loss ? point.loss.toFixed(3) : (100 * point.accuracy).toFixed(1);
  const shares = report.layers[0]?.points.map((point) => `${point.percentage} %`) ?? [];
  print(
    table(
      ['layer', 'kernels', ...shares],
      report.layers.map((layer) => [
        layer.layers.join(' + '),
        grouped(layer.kernels),
        ...layer.points.map(show),
      ]),
    ),
  );
  print('');
  print(
    `${loss ? 'loss' : 'accuracy in %'} after removing that share of the layer's kernels, scored by '${report.criterion}' on ` +
      `${grouped(report.scored)} images; evaluated on ${grouped(report.evaluated)}; before: ` +
      `${percentage(report.before.accuracy)}, loss ${report.before.loss.toFixed(3)}`,
  );
}
