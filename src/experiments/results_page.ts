// docs/results.md from docs/results.json: nothing in it is written by hand.
import { markdownTable } from './markdown.js';
import { OURS, type FashionLevel, type FashionResult, type FashionSettings } from './results_fashion.js';
import type { LatencyResult } from './results_latency.js';
import type { OcrResult } from './results_ocr.js';

export interface Results {
  machine: { cpu: string; cores: number; node: string };
  resnet?: FashionResult;
  vgg?: FashionResult;
  ocr?: OcrResult;
  latency?: LatencyResult;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
const percent = (value: number): string => (100 * value).toFixed(2);
const signed = (value: number): string => `${value >= 0 ? '+' : '−'}${Math.abs(100 * value).toFixed(2)}`;
const grouped = (value: number): string => Math.round(value).toLocaleString('en-US');
const ms = (value: number): string => value.toFixed(4);
const times = (value: number): string => `${value.toFixed(2)}×`;

/** Mean, and half the distance between the best and the worst seed. */
function withSpread(values: readonly number[]): string {
  if (values.length < 2) return percent(mean(values));
  return `${percent(mean(values))} ± ${(50 * (Math.max(...values) - Math.min(...values))).toFixed(2)}`;
}

export function resultsPage(results: Results): string {
  const { machine } = results;
  const parts = [
    '# Results',
    'Written by `npm run results` (`-- --only resnet`, `vgg`, `ocr` or `latency` for one part, `times` to measure ' +
      'the times of the Fashion-MNIST networks again), from scratch, with fixed seeds; the figures are in [results.json](results.json). Accuracies repeat to the digit on the same machine and ' +
      'thread count, times do not.',
    `Machine: ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}. Times are milliseconds per image at 64 images ` +
      'per call on all cores, medians, networks in turn; onnxruntime is onnxruntime-node.',
  ];
  for (const result of [results.resnet, results.vgg]) if (result) parts.push(...fashionSection(result));
  if (results.ocr) parts.push(...ocrSection(results.ocr));
  if (results.latency) parts.push(...latencySection(results.latency));
  return `${parts.join('\n\n')}\n`;
}

function fashionSection({ network, settings, base, levels, seconds }: FashionResult): string[] {
  const ours = (level: FashionLevel): number[] => level.accuracy[OURS]!;
  const rows = levels.map((level) => [
    times(level.ratio),
    withSpread(ours(level)),
    signed(mean(ours(level)) - base.accuracy),
    signed(mean(ours(level)) - mean(level.accuracy.unpruned!)),
    grouped(level.costs.params),
    `${grouped(level.costs.macs)} (${times(base.macs / level.costs.macs)})`,
    grouped(level.costs.bytes),
    `${ms(level.costs.ms)} (${times(base.ms / level.costs.ms)})`,
    `${ms(level.costs.ms_ort)} (${times(base.ms_ort / level.costs.ms_ort)})`,
  ]);
  const own = [
    '1×',
    percent(base.accuracy),
    '',
    '',
    grouped(base.params),
    grouped(base.macs),
    grouped(base.bytes),
    ms(base.ms),
    ms(base.ms_ort),
  ];
  const header = [
    'MACs',
    'accuracy %',
    'points',
    'points, trained on',
    'parameters',
    'MACs',
    'bytes',
    'ms, Alcedo',
    'ms, onnxruntime',
  ];
  const methods = [OURS, ...settings.baselines, 'scratch', 'unpruned'];
  const names: Record<string, string> = {
    [OURS]: `\`${OURS}\` (default)`,
    scratch: 'small network from scratch',
    unpruned: 'unpruned, trained on',
  };
  const compared = methods.map((method) => [
    names[method] ?? `\`${method}\``,
    ...levels.map((level) => withSpread(level.accuracy[method] ?? [])),
  ]);
  return [
    `## Fashion-MNIST, ${network === 'resnet' ? 'residual network' : 'VGG-like network'}`,
    `One network, trained on ${grouped(settings.baseImages)} images (the rate falls to nothing), is cut to ` +
      `1/${settings.ratios[0]} of its MACs by the default criterion, retrained on ${grouped(settings.levelImages)} images, ` +
      `cut to 1/${settings.ratios[1]}, retrained, and so on; ${grouped(settings.scoreSamples)} training images are scored ` +
      `before each cut, channel counts are multiples of ${settings.roundTo}. ${retrainingText(settings)} Accuracy on the ` +
      `10,000 test images: mean over seeds ${settings.seeds.join(', ')} of scoring and retraining, ± half the range. ` +
      '"Points": against the network that was cut; "trained on": against the unpruned network after as much further ' +
      'training of the same kind. Within a run the test images choose nothing: there is no early stop and no best epoch.',
    markdownTable(header, [own, ...rows]),
    'The same cuts and the same retraining by other criteria, with the defaults of each ' +
      `(\`random\`: seeds ${settings.seeds.join(', ')}, not normalised; the others: seed ` +
      `${settings.otherSeeds.join(', ')}); and networks of the final shape, trained from random weights, on labels alone, ` +
      'on as many images as the pruned one saw in all:',
    markdownTable(['accuracy %', ...levels.map((level) => times(level.ratio))], compared),
    goals(base, levels),
    `(${Math.round(seconds)} s)`,
  ];
}

function retrainingText({ distill }: FashionSettings): string {
  if (distill === 0)
    return 'Retraining is on the labels, with the schedule of the first training from half its rate.';
  return (
    `Retraining is on the labels (${Math.round(100 * (1 - distill))} % of the loss) and on the outputs of the network that was cut ` +
    '(the rest), with the schedule of the first training from half its rate; the same for every row but "from scratch".'
  );
}

/** The goals of this page, and where they are missed. */
export function goals(base: FashionResult['base'], levels: readonly FashionLevel[]): string {
  const lines: string[] = [];
  for (const [ratio, allowed] of [
    [2, 0.003],
    [4, 0.01],
  ] as const) {
    const level = levels.find((one) => one.ratio === ratio);
    if (!level) continue;
    const lost = base.accuracy - mean(level.accuracy[OURS]!);
    lines.push(
      `- at most ${(100 * allowed).toFixed(1)} points lost at ${ratio}×: ` +
        `${lost <= allowed ? 'met' : '**missed**'} (${signed(-lost)})`,
    );
  }
  const half = levels.find((one) => one.ratio === 2);
  if (half) {
    const macs = base.macs / half.costs.macs;
    const share = base.ms / half.costs.ms / macs;
    lines.push(
      `- at 2× a speed-up of at least 0.8 of the MACs' factor: ${share >= 0.8 ? 'met' : '**missed**'} ` +
        `(${share.toFixed(2)}; onnxruntime: ${(base.ms_ort / half.costs.ms_ort / macs).toFixed(2)})`,
    );
  }
  const behind = levels.flatMap((level) =>
    ['random', 'weight_l1', 'weight_l2']
      .filter((method) => (level.accuracy[method]?.length ?? 0) > 0)
      .filter((method) => mean(level.accuracy[method]!) >= mean(level.accuracy[OURS]!))
      .map(
        (method) =>
          `\`${method}\` at ${level.ratio}× (${signed(mean(level.accuracy[method]!) - mean(level.accuracy[OURS]!))})`,
      ),
  );
  lines.push(
    behind.length === 0
      ? '- ahead of L1, L2 and random at every point: met'
      : `- ahead of L1, L2 and random at every point: **not** of ${behind.join(', ')}`,
  );
  return `Goals:\n\n${lines.join('\n')}`;
}

function ocrSection(result: OcrResult): string[] {
  const title = '## PaddleOCR text direction, rendered lines';
  if (result.skipped !== undefined) return [title, `Skipped: ${result.skipped}.`];
  const [base] = result.levels;
  const { tuneLines, retrainLines, maxLayerPercentage } = result.settings;
  const shown = (share: number | null): string => (share === null ? '–' : `${percent(share)} %`);
  const rows = result.levels.map((level) => [
    times(level.ratio),
    level.cut === null ? '' : percent(level.cut),
    percent(level.accuracy),
    grouped(level.costs.params),
    grouped(level.costs.macs),
    grouped(level.costs.bytes),
    `${ms(level.costs.ms)} (${times(base!.costs.ms / level.costs.ms)})`,
    `${ms(level.costs.ms_ort)} (${times(base!.costs.ms_ort / level.costs.ms_ort)})`,
  ]);
  return [
    title,
    'The pretrained network `ch_ppocr_mobile_v2.0_cls` (is a line of text upright or turned by 180°?) on lines that ' +
      '`src/experiments/lines.ts` renders: words and numbers in five DejaVu faces, with noise and blur. ' +
      `${grouped(result.testLines)} test lines; the lines to train and score on are others. As it came, the network is right ` +
      `on ${shown(result.as_it_came)}: it was trained on photographs, and the statistics of rendered lines are others. 1× is ` +
      `the whole network after training on ${grouped(tuneLines)} rendered lines; it is cut by \`taylor\` (\`ranking\` ` +
      `\`global\`, at most ${maxLayerPercentage} % of a layer per level) and retrained on ${grouped(retrainLines)} lines per ` +
      'level, half of the loss its own outputs before the cut. "Cut": running statistics taken anew, no retraining. The ' +
      `whole network, trained on by as many lines as the smallest: ${shown(result.unpruned_retrained)}.`,
    markdownTable(
      ['MACs', 'cut %', 'accuracy %', 'parameters', 'MACs', 'bytes', 'ms, Alcedo', 'ms, onnxruntime'],
      rows,
    ),
    `(${Math.round(result.seconds)} s)`,
  ];
}

function latencySection(result: LatencyResult): string[] {
  const { before, after, batch } = result;
  const real = after.ms * batch;
  const row = (name: string, show: (costs: LatencyResult['before']) => string): string[] => [
    name,
    show(before),
    show(after),
  ];
  return [
    '## Pruned to a latency',
    `The residual network, \`target\` 'latency_ms': ${result.asked_ms.toFixed(2)} ms per ${batch} images asked for (half ` +
      `of the unpruned network's), ${result.reached_ms.toFixed(2)} ms reported by the operator, ${real.toFixed(2)} ms ` +
      `measured afterwards on the written file (${signed(real / result.asked_ms - 1)} %). A cut that takes another time when ` +
      'its file is run (a call also takes in images and makes results) is cut anew with a corrected target; asked and ' +
      'measured, cut by cut: ' +
      `${result.cuts.map((cut) => `${cut.asked_ms.toFixed(2)} and ${cut.real_ms.toFixed(2)} ms`).join(', ')}.`,
    `Goal: within 10 % of what was asked: ${Math.abs(real / result.asked_ms - 1) <= 0.1 ? 'met' : '**missed**'}.`,
    markdownTable(
      ['', 'before', 'after'],
      [
        row('accuracy %', (costs) => percent(costs.accuracy)),
        row('parameters', (costs) => grouped(costs.params)),
        row('MACs', (costs) => grouped(costs.macs)),
        row('bytes', (costs) => grouped(costs.bytes)),
        row(`ms per ${batch} images, Alcedo`, (costs) => (costs.ms * batch).toFixed(2)),
        row(`ms per ${batch} images, onnxruntime`, (costs) => (costs.ms_ort * batch).toFixed(2)),
      ],
    ),
    `(${Math.round(result.seconds)} s)`,
  ];
}
