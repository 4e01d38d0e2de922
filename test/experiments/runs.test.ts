// The experiments themselves, tiny: on stripes in place of Fashion-MNIST, on made-up digits, on a few text lines.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HDlModel } from '../../src/index.js';
import { oneShotCurve, roundsCurve } from '../../src/experiments/curves.js';
import { curvePlots, curvesSection, digitsPlot, digitsSection } from '../../src/experiments/criteria_page.js';
import { DIGITS, parseDigits, runDigits } from '../../src/experiments/digits.js';
import { fromScratch, newNetwork } from '../../src/experiments/fashion.js';
import { missingFonts, renderLines } from '../../src/experiments/lines.js';
import { buildDigitsNetwork, convolutionChannels } from '../../src/experiments/networks.js';
import { FASHION, remeasureFashion, runFashion } from '../../src/experiments/results_fashion.js';
import { LATENCY, runLatency } from '../../src/experiments/results_latency.js';
import { resultsPage } from '../../src/experiments/results_page.js';
import { Task } from '../../src/experiments/task.js';
import { Random } from '../../src/onnx/random.js';
import { createDlPreprocessParam, preprocessDlDataset } from '../../src/procedures/index.js';

/** Ten classes: a bright stripe at one of five heights, or at one of five places across. */
async function stripes(num: number): Promise<Task> {
  const random = new Random(1);
  const samples = Array.from({ length: num }, (_, i) => {
    const label = i % 10;
    const data = Uint8Array.from({ length: 784 }, () => random.integer(80));
    const at = 3 + 5 * (label % 5);
    for (let k = 0; k < 28; k++) data[label < 5 ? at * 28 + k : k * 28 + at] = 255;
    return { image_id: i + 1, image_label_id: label, image: { data, width: 28, height: 28, channels: 1 } };
  });
  const class_ids = Array.from({ length: 10 }, (_, i) => i);
  const dataset = { image_dir: '', class_names: class_ids.map(String), class_ids, samples };
  const data = await preprocessDlDataset(dataset, createDlPreprocessParam(28, 28, 1, -1, 1));
  const all = samples.map((_, i) => i);
  return new Task(data, all.slice(0, num / 2), all.slice(num / 2));
}

describe('experiments', () => {
  let folder: string;
  let task: Task;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'alcedo-experiments-'));
    task = await stripes(120);
  });

  after(() => rmSync(folder, { recursive: true }));

  it('fits, and repeats to the digit with the same seed', async () => {
    const reached = [];
    for (let run = 0; run < 2; run++) {
      using model = newNetwork('resnet', folder, { seed: 1, scale: 0.25 });
      const loss = await task.fit(model, { ...fromScratch(480, 1), batchSize: 20, learningRate: 0.05 });
      reached.push({ loss, ...(await task.evaluate(model)) });
    }
    expect(reached[0]).to.deep.equal(reached[1]);
    expect(reached[0]!.loss).to.be.lessThan(1.5);
    expect(reached[0]!.accuracy).to.be.greaterThan(0.3);
  });

  it('results: every level has its MACs, and the same shape from scratch', async () => {
    const settings = {
      ...FASHION,
      seeds: [1],
      baseImages: 256,
      levelImages: 128,
      ratios: [2, 4],
      scoreSamples: 16,
      roundTo: 1,
      baselines: ['random'] as const,
      latencySeconds: 0.01,
      scale: 0.25,
    };
    const result = await runFashion(task, 'vgg', settings, folder, () => undefined);
    for (const { ratio, costs, accuracy } of result.levels) {
      expect(costs.macs).to.be.at.most(result.base.macs / ratio);
      expect(Object.keys(accuracy).sort()).to.deep.equal(['random', 'scratch', 'taylor', 'unpruned']);
      expect(costs.bytes).to.be.lessThan(result.base.bytes);
      using pruned = new HDlModel(join(folder, `vgg-${ratio}x.onnx`));
      using rebuilt = newNetwork('vgg', folder, { seed: 9, channels: convolutionChannels(pruned) });
      for (const name of ['macs', 'num_trainable_params'])
        expect(rebuilt.GetDlModelParam(name).I, name).to.equal(pruned.GetDlModelParam(name).I);
    }
    const again = await remeasureFashion(task, result, folder);
    for (const [i, { accuracy, costs }] of again.levels.entries()) {
      const before = result.levels[i]!;
      expect(accuracy).to.deep.equal(before.accuracy);
      expect([costs.params, costs.macs, costs.bytes]).to.deep.equal([
        before.costs.params,
        before.costs.macs,
        before.costs.bytes,
      ]);
      expect(costs.ms).not.to.equal(before.costs.ms);
    }
    const page = resultsPage({ machine: { cpu: 'test', cores: 1, node: '20' }, vgg: again });
    expect(page).to.contain('VGG-like').and.to.contain('small network from scratch');
  });

  it('results: a latency is asked for and reported', async () => {
    const settings = {
      ...LATENCY,
      baseImages: 128,
      retrainImages: 128,
      scoreSamples: 16,
      latencySeconds: 0.01,
    };
    const result = await runLatency(task, { ...settings, scale: 0.5 }, folder, () => undefined);
    expect(result.asked_ms).to.be.greaterThan(0);
    expect(result.reached_ms).to.be.greaterThan(0);
    // The first cut asks for what is wanted, every further one for a corrected time.
    expect(result.cuts.length).to.be.within(1, 4);
    expect(result.cuts[0]!.asked_ms).to.equal(result.asked_ms);
    result.cuts.slice(1).forEach(({ asked_ms }, i) => {
      const before = result.cuts[i]!;
      expect(asked_ms).to.be.closeTo((before.asked_ms * result.asked_ms) / before.real_ms, 1e-9);
    });
    expect(result.after.macs).to.be.at.most(result.before.macs);
    expect(resultsPage({ machine: { cpu: 'test', cores: 1, node: '20' }, latency: result })).to.contain(
      'latency_ms',
    );
  });

  it('curves start at the whole network and remove what was asked for', async () => {
    using model = newNetwork('resnet', folder, { seed: 1, scale: 0.25 });
    const settings = { percentages: [30, 60], scoreSamples: 16, testImages: 40, seed: 1 };
    const curves = [
      await oneShotCurve(task, model, 'weight_l1', settings),
      await roundsCurve(task, model, 'weight_l1', settings),
    ];
    for (const { points } of curves) {
      expect(points.length).to.equal(3);
      expect(points[0]![0]).to.equal(0);
      expect(points[0]![1]).to.equal(curves[0]!.points[0]![1]);
      expect(points[2]![0]).to.be.within(50, 60.001);
    }
    // The first 30 % are the same kernels.
    expect(curves[0]!.points[1]).to.deep.equal(curves[1]!.points[1]);
    const networks = [{ network: 'resnet', testImages: 40, curves }];
    expect(curvesSection(networks)).to.contain('`weight_l1`');
    expect(curvePlots(networks).map(({ file }) => file)).to.deep.equal([
      'resnet-one-shot.svg',
      'resnet-rounds.svg',
    ]);
  });

  it('digits: the network of the recipe, curves to the last stop', async () => {
    writeFileSync(join(folder, 'digits.onnx'), buildDigitsNetwork(1));
    using model = new HDlModel(join(folder, 'digits.onnx'));
    expect(model.GetDlModelParam('num_trainable_params').I).to.equal(25866);
    const random = new Random(2);
    const rows = Array.from({ length: 80 }, (_, i) => {
      const values = Array.from({ length: 64 }, (_, k) => (k % 10 === i % 10 ? 16 : random.integer(8)));
      return [...values, i % 10].join(',');
    });
    expect(() => parseDigits('1,2,3\n')).to.throw('line 1');
    const settings = {
      ...DIGITS,
      seeds: [1],
      trainImages: 60,
      epochs: 3,
      kernelsPerStep: 10,
      stops: [20, 40],
      criteria: ['oracle_abs', 'taylor'] as const,
      tuned: ['taylor'] as const,
    };
    const result = await runDigits(parseDigits(rows.join('\n')), settings, folder, () => undefined);
    expect(result.kernels).to.equal(112);
    expect(result.curves.map((curve) => [curve.criterion, curve.tuned])).to.deep.equal([
      ['oracle_abs', false],
      ['taylor', false],
      ['taylor', true],
    ]);
    for (const { points } of result.curves)
      expect(points.map(([removed]) => removed)).to.deep.equal([0, 10, 20, 30, 40]);
    expect(digitsSection(result, settings)).to.contain('| `taylor` |');
    expect(digitsPlot(result, settings)).to.contain('<polyline');
  });

  it('text lines repeat with the seed; turned ones are upside down', async function () {
    if (missingFonts() !== undefined) this.skip();
    const lines = await renderLines(12, 5);
    expect(await renderLines(12, 5)).to.deep.equal(lines);
    const labels = new Set(lines.samples.map((sample) => sample.image_label_id));
    expect([...labels].sort()).to.deep.equal([0, 1]);
    for (const { image } of lines.samples) expect(new Set(image!.data).size).to.be.greaterThan(10);
  });
});
