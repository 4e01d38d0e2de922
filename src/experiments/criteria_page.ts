// What docs/guide/criteria.md shows of the experiments: tables and plots from their data.
import type { CriteriaReport, CriterionComparison } from '../procedures/compare_criteria.js';
import type { PruningCurve } from './curves.js';
import type { DigitsResult, DigitsSettings } from './digits.js';
import { markdownTable } from './markdown.js';
import { linePlot, type LinePlot } from './svg.js';

export interface NetworkCorrelation {
  network: string;
  accuracy: number;
  report: CriteriaReport;
}

export interface NetworkCurves {
  network: string;
  testImages: number;
  curves: PruningCurve[];
}

const KEYS = ['mean_over_layers', 'all_layers_raw', 'all_layers_l2'] as const;
type Key = (typeof KEYS)[number];

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);

/** Means over several reports of the same criteria (seeds); a criterion that ranks nothing has no value. */
function correlationTable(reports: readonly CriteriaReport[]): string {
  const cell = (criterion: string, key: Key, measure: 'spearman' | 'kendall'): number | null => {
    const values = reports.map((report) => find(report, criterion)[key][measure]);
    return values.some((value) => value === null) ? null : mean(values as number[]);
  };
  const columns = (['spearman', 'kendall'] as const).flatMap((measure) =>
    KEYS.map((key) => ({ key, measure })),
  );
  const names = reports[0]!.criteria.map((one) => one.criterion);
  const values = names.map((name) => columns.map(({ key, measure }) => cell(name, key, measure)));
  // The best of what estimates the oracle is bold; the oracle itself does not compete.
  const best = columns.map((_, c) =>
    Math.max(
      ...names.map((name, i) => (name.startsWith('oracle') ? -Infinity : (values[i]![c] ?? -Infinity))),
    ),
  );
  const rows = names.map((name, i) => [
    `\`${name}\``,
    ...values[i]!.map((value, c) =>
      value === null
        ? '–'
        : value === best[c] && !name.startsWith('oracle')
          ? `**${value.toFixed(2)}**`
          : value.toFixed(2),
    ),
    mean(reports.map((report) => find(report, name).seconds)).toFixed(2),
  ]);
  const header = [
    'criterion',
    'ρ per layer',
    'ρ all, raw',
    'ρ all, l2',
    'τ per layer',
    'τ all, raw',
    'τ all, l2',
    'seconds',
  ];
  return markdownTable(header, rows);
}

function find(report: CriteriaReport, criterion: string): CriterionComparison {
  const found = report.criteria.find((one) => one.criterion === criterion);
  if (!found) throw new Error(`the report has no criterion '${criterion}'`);
  return found;
}

/** Which criteria rank better than Taylor, in the measure that the global ranking uses. */
export function verdict(reports: readonly CriteriaReport[]): string {
  const rho = (criterion: string): number =>
    mean(reports.map((report) => find(report, criterion).all_layers_l2.spearman ?? 0));
  const others = reports[0]!.criteria
    .map((one) => one.criterion)
    .filter((name) => name !== 'taylor' && !name.startsWith('oracle'));
  const taylor = rho('taylor');
  const better = others.filter((name) => rho(name) > taylor);
  if (better.length === 0) return `\`taylor\` correlates best (ρ ${taylor.toFixed(2)} over all layers, l2).`;
  const list = better.map((name) => `\`${name}\` (${rho(name).toFixed(2)})`).join(', ');
  return `Not \`taylor\` (ρ ${taylor.toFixed(2)} over all layers, l2) correlates best here, but ${list}.`;
}

export function correlationSection(networks: readonly NetworkCorrelation[]): string {
  return networks
    .map(({ network, accuracy, report }) =>
      [
        `**${network}**: ${(100 * accuracy).toFixed(1)} % on the test images, ${report.groups} groups of ` +
          `${report.kernels} kernels in ${report.layers.length} layers, ${report.samples} training images scored. ` +
          verdict([report]),
        correlationTable([report]),
      ].join('\n\n'),
    )
    .join('\n\n');
}

export function digitsSection(result: DigitsResult, settings: DigitsSettings): string {
  const accuracy = (tuned: boolean): string[][] =>
    (tuned ? settings.tuned : settings.criteria).map((criterion) => {
      const own = result.curves.filter((curve) => curve.criterion === criterion && curve.tuned === tuned);
      return [
        `\`${criterion}\``,
        ...settings.stops.map((stop) =>
          mean(own.map((curve) => 100 * accuracyAt(curve.points, stop))).toFixed(1),
        ),
      ];
    });
  const stops = settings.stops.map((stop) => `${stop} (${((100 * stop) / result.kernels).toFixed(0)} %)`);
  const bases = result.base_accuracy.map((value) => (100 * value).toFixed(1)).join(', ');
  return [
    `Seeds ${settings.seeds.join(', ')}: unpruned ${bases} % of the test images. Means over the seeds. ` +
      verdict(result.correlations),
    correlationTable(result.correlations),
    `Test accuracy in % after so many of ${result.kernels} kernels left, ${settings.kernelsPerStep} per step, scored ` +
      'anew before every step, no training:',
    markdownTable(['criterion', ...stops], accuracy(false)),
    'With one epoch after every step:',
    markdownTable(['criterion', ...stops], accuracy(true)),
    '![accuracy of the digits network](criteria/digits.svg)',
  ].join('\n\n');
}

/** Accuracy when at most so many kernels are gone. */
function accuracyAt(points: readonly [number, number][], removed: number): number {
  return points.filter(([gone]) => gone <= removed).at(-1)![1];
}

export function digitsPlot(result: DigitsResult, settings: DigitsSettings): string {
  return linePlot({
    title: 'Digits: accuracy without training, 4 kernels per step',
    x: 'kernels removed',
    y: 'test accuracy in %',
    series: settings.criteria.map((criterion) => {
      const own = result.curves.filter((curve) => curve.criterion === criterion && !curve.tuned);
      const points = own[0]!.points.map(
        ([removed]) => [removed, mean(own.map((one) => 100 * accuracyAt(one.points, removed)))] as const,
      );
      return { name: criterion, points, dashed: criterion === 'random' };
    }),
  });
}

export function curvePlots(networks: readonly NetworkCurves[]): { file: string; plot: LinePlot }[] {
  return networks.flatMap(({ network, curves }) =>
    (['one-shot', 'rounds'] as const).map((way) => ({
      file: `${network}-${way}.svg`,
      plot: {
        title: `${network}, ${way === 'one-shot' ? 'scored once' : 'scored anew every 10 %'}, no training`,
        x: 'kernels removed in %',
        y: 'test accuracy in %',
        yRange: [0, 100] as const,
        series: curves
          .filter((curve) => curve.way === way)
          .map((curve) => ({
            name: curve.criterion,
            dashed: curve.criterion === 'random',
            points: curve.points.map(([gone, accuracy]) => [gone, 100 * accuracy] as const),
          })),
      },
    })),
  );
}

export function curvesSection(networks: readonly NetworkCurves[]): string {
  return networks
    .flatMap(({ network, testImages, curves }) => {
      const shown = [10, 30, 50, 70];
      // The share that was reached can be a little below the share asked for: groups leave whole.
      const at = (curve: PruningCurve, share: number): string =>
        (100 * curve.points.filter(([gone]) => gone <= share + 1e-6).at(-1)![1]).toFixed(1);
      const names = [...new Set(curves.map((curve) => curve.criterion))];
      const rows = names.map((name) => [
        `\`${name}\``,
        ...(['one-shot', 'rounds'] as const).flatMap((way) => {
          const own = curves.find((curve) => curve.criterion === name && curve.way === way);
          return shown.map((share) => (own ? at(own, share) : '–'));
        }),
      ]);
      const header = [
        'criterion',
        ...shown.map((share) => `${share} % at once`),
        ...shown.map((share) => `${share} % in rounds`),
      ];
      return [
        `**${network}**: test accuracy in % (${testImages} images) after so many kernels left, no training.`,
        markdownTable(header, rows),
        `![${network}, scored once](criteria/${network}-one-shot.svg)`,
        `![${network}, scored anew in rounds](criteria/${network}-rounds.svg)`,
      ];
    })
    .join('\n\n');
}
