// Criteria through the public operators, against what can be worked out with other operators alone: the exact oracle
// by generating the network without the kernel and evaluating it, sensitivity by hand, and the comparison's figures.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HDlModel } from '../../src/index.js';
import {
  CRITERIA,
  addSamples,
  analyseSensitivity,
  compareCriteria,
  compareScores,
  coupledLayers,
  createDlTrainParam,
  createPruning,
  evaluateLoss,
  groupScores,
  kernelGroups,
  scoreByCriterion,
  spearman,
  trainDlModel,
  type PreparedDataset,
} from '../../src/procedures/index.js';
import { toyData, toyNetwork } from './toy.js';

describe('criteria', () => {
  let folder: string;
  let data: PreparedDataset;
  let model: HDlModel;
  let indices: number[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'alcedo-criteria-'));
    const file = join(folder, 'toy.onnx');
    writeFileSync(file, toyNetwork());
    const start = new HDlModel(file);
    data = await toyData(start);
    const param = createDlTrainParam(3, { batchSize: 12, learningRate: 0.05 });
    model = (await trainDlModel(data, start, param)).model;
    indices = data.indices('train').slice(0, 40);
  });

  after(() => rmSync(folder, { recursive: true }));

  it('the oracle is the loss without the group, for coupled groups too', async () => {
    const { raw } = await scoreByCriterion(data, model, 'oracle_loss', indices, { batchSize: 16 });
    using pruning = createPruning(model, { criterion: 'oracle_loss' });
    const groups = kernelGroups(pruning);
    expect(raw.length).to.equal(groups.length);
    const before = (await evaluateLoss(data, model, indices)).loss;
    await addSamples(data, model, pruning, indices, 'scoring');
    // Only the lowest group of one set of layers may leave: a pruned network per set to compare with.
    for (const layers of coupledLayers(groups.map((group) => group.layers))) {
      const own = groups.flatMap((group, i) => (layers.includes(group.layers[0]!) ? [i] : []));
      const lowest = Math.min(...own.map((i) => raw[i]!));
      pruning.SetDlPruningParam('include_layers', layers);
      pruning.SetDlPruningParam('percentage', 100);
      pruning.SetDlPruningParam('min_kernels', own.length - 1);
      using pruned = model.GenDlPrunedModel(pruning);
      const { loss } = await evaluateLoss(data, pruned, indices);
      expect(loss - before, layers.join()).to.be.closeTo(lowest, 1e-4);
    }
  });

  it('every criterion of the operator is compared, with the oracle as reference', async () => {
    const report = await compareCriteria(data, model, indices);
    expect(report.criteria.map((one) => one.criterion)).to.deep.equal([...CRITERIA]);
    const [own] = report.criteria;
    expect(own!.mean_over_layers).to.deep.equal({ spearman: 1, kendall: 1 });
    expect(own!.all_layers_raw).to.deep.equal({ spearman: 1, kendall: 1 });
    expect(report.groups).to.equal(report.layers.reduce((sum, layer) => sum + layer.groups, 0));
    const taylor = report.criteria.find((one) => one.criterion === 'taylor')!;
    const weight = report.criteria.find((one) => one.criterion === 'weight_l2')!;
    const random = report.criteria.find((one) => one.criterion === 'random')!;
    expect(taylor.all_layers_l2.spearman!).to.be.greaterThan(random.all_layers_l2.spearman!);
    expect(taylor.layers.length).to.equal(report.layers.length);
    for (const one of [taylor, weight]) {
      const { raw } = await scoreByCriterion(data, model, one.criterion, indices);
      const { raw: signed } = await scoreByCriterion(data, model, 'oracle_loss', indices);
      expect(one.all_layers_raw.spearman).to.be.closeTo(spearman(raw, signed.map(Math.abs)), 1e-6);
    }
    await expectRefused(() => compareCriteria(data, model, []), 'no sample');
  });

  it('l2 scores are the raw ones by the norm of their layer', async () => {
    using pruning = createPruning(model, { criterion: 'weight_l1' });
    const groups = kernelGroups(pruning);
    const raw = groupScores(pruning, 'none');
    const l2 = groupScores(pruning, 'l2');
    const norm = new Map<string, number>();
    groups.forEach(({ layers }, i) => norm.set(layers.join(), (norm.get(layers.join()) ?? 0) + raw[i]! ** 2));
    l2.forEach((score, i) =>
      expect(score).to.be.closeTo(raw[i]! / Math.sqrt(norm.get(groups[i]!.layers.join())!), 1e-6),
    );
  });

  it('a criterion that ranks nothing in a layer counts as 0 there', () => {
    const groups = ['a', 'a', 'b', 'b'].map((layer) => ({ layers: [layer], kernels: 1 }));
    const scores = { criterion: 'bn_scale' as const, samples: 1, seconds: 0 };
    const compared = compareScores(
      { ...scores, raw: [1, 2, Infinity, Infinity], l2: [1, 2, Infinity, Infinity] },
      [1, 2, 3, 4],
      groups,
    );
    expect(compared.layers.map((layer) => layer.spearman)).to.deep.equal([1, null]);
    expect(compared.mean_over_layers).to.deep.equal({ spearman: 0.5, kendall: 0.5 });
  });

  it('sensitivity: every layer alone loses its share, by its own scores', async () => {
    const test = data.indices('test');
    const report = await analyseSensitivity(data, model, indices, test, { percentages: [25, 75] });
    expect(report.before.accuracy).to.be.greaterThan(0.5);
    const names = report.layers.flatMap((layer) => layer.layers);
    using pruning = createPruning(model);
    expect(names.sort()).to.deep.equal(pruning.GetDlPruningParam('prunable_conv_layer_name').ToSArr().sort());
    for (const layer of report.layers) {
      for (const point of layer.points) {
        // floor per layer; the layers of a part have the same number of kernels here.
        const own = layer.kernels / layer.layers.length;
        const asked = Math.floor((own * point.percentage) / 100) * layer.layers.length;
        expect(point.kernels_removed, layer.layers.join()).to.equal(asked);
        expect(point.macs).to.be.lessThan(report.before.macs);
      }
    }
    const [first] = report.layers;
    await addSamples(data, model, pruning, indices, 'scoring');
    pruning.SetDlPruningParam('include_layers', first!.layers);
    pruning.SetDlPruningParam('max_layer_percentage', 75);
    pruning.SetDlPruningParam('percentage', 100);
    using pruned = model.GenDlPrunedModel(pruning);
    const { loss, accuracy } = await evaluateLoss(data, pruned, test);
    expect(first!.points[1]!.loss).to.be.closeTo(loss, 1e-6);
    expect(first!.points[1]!.accuracy).to.equal(accuracy);
  });

  it('layers that share kernels are one part', () => {
    expect(coupledLayers([['a'], ['b', 'c'], ['d'], ['c', 'a'], ['d']])).to.deep.equal([
      ['a', 'b', 'c'],
      ['d'],
    ]);
  });
});

async function expectRefused(run: () => Promise<unknown>, text: string): Promise<void> {
  let message = '';
  try {
    await run();
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).to.contain(text);
}
