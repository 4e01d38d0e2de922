// alcedo compare-criteria: how well each criterion ranks the network's kernels, against the exact oracle.
import { Command, Option } from 'commander';
import { Random } from '../onnx/random.js';
import {
  compareCriteria,
  CRITERIA,
  type Correlation,
  type CriteriaReport,
  type CriterionName,
} from '../procedures/compare_criteria.js';
import type { Split } from '../procedures/dataset.js';
import { withInterrupt } from '../procedures/interrupt.js';
import {
  addDataOptions,
  checkJsonPath,
  drawSamples,
  grouped,
  jsonReport,
  openData,
  openRunnable,
  positiveInteger,
  print,
  table,
  UsageError,
  type DataOptions,
} from './common.js';

interface CompareOptions extends DataOptions {
  samples: number;
  split: Split;
  criteria?: string[];
  perLayer?: boolean;
  json?: string | true;
}

export function compareCriteriaCommand(): Command {
  return addDataOptions(
    new Command('compare-criteria')
      .description('rank correlation of every pruning criterion with the exact oracle')
      .argument('<model>', 'ONNX file'),
  )
    .option('--samples <n>', 'images that are scored', positiveInteger, 256)
    .addOption(
      new Option('--split <name>', 'part of the data they come from')
        .choices(['train', 'validation', 'test'])
        .default('train'),
    )
    .option('--criteria <names...>', 'only these (default: all that the data allows)')
    .option('--per-layer', 'also print the correlation of every layer')
    .option('--json [file]', 'print JSON, or write it to a file')
    .addHelpText('after', '\nExample:\n  alcedo compare-criteria model.onnx --data photos/ --samples 512')
    .action((path: string, options: CompareOptions) =>
      withInterrupt(async (signal) => {
        const criteria = chosenCriteria(options.criteria);
        checkJsonPath(options.json);
        using model = openRunnable(path);
        const data = await openData(model, options);
        const indices = drawSamples(data, options.split, options.samples, new Random(options.seed));
        const report = await compareCriteria(data, model, indices, criteria, {
          display: {},
          signal,
          seed: options.seed,
        });
        if (jsonReport(options.json, { model: path, ...report })) return;
        printReport(path, report, options.perLayer ?? false);
      }),
    );
}

function chosenCriteria(names: readonly string[] | undefined): readonly CriterionName[] | undefined {
  if (names === undefined) return undefined;
  for (const name of names) {
    if (!(CRITERIA as readonly string[]).includes(name))
      throw new UsageError(`there is no criterion '${name}'; there are ${CRITERIA.join(', ')}`);
  }
  return names as readonly CriterionName[];
}

function printReport(path: string, report: CriteriaReport, perLayer: boolean): void {
  const show = (value: number | null): string => (value === null ? '-' : value.toFixed(2));
  const three = (one: Record<'mean_over_layers' | 'all_layers_raw' | 'all_layers_l2', Correlation>) =>
    (['spearman', 'kendall'] as const).flatMap((key) => [
      show(one.mean_over_layers[key]),
      show(one.all_layers_raw[key]),
      show(one.all_layers_l2[key]),
    ]);
  print(
    table(
      [
        'criterion',
        'rho layers',
        'rho all',
        'rho all l2',
        'tau layers',
        'tau all',
        'tau all l2',
        'images',
        's',
      ],
      report.criteria.map((one) => [
        one.criterion,
        ...three(one),
        grouped(one.samples),
        one.seconds.toFixed(1),
      ]),
    ),
  );
  if (perLayer) {
    print('');
    print(
      table(
        ['rho', ...report.criteria.map((one) => one.criterion)],
        report.layers.map(({ layer, groups }, l) => [
          `${layer} (${groups})`,
          ...report.criteria.map((one) => show(one.layers[l]!.spearman)),
        ]),
      ),
    );
  }
  print('');
  print(
    `${path}: ${grouped(report.groups)} groups of ${grouped(report.kernels)} kernels in ${report.layers.length} layers; ` +
      `reference '${report.reference}' on ${grouped(report.samples)} images`,
  );
  print('rho: Spearman, tau: Kendall (tau-b); layers: mean over layers; l2: scores l2-normalised per layer');
}
