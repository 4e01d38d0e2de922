// Training beside plain epochs: a number of updates, early stop, distillation; pruning in steps of kernels, and data
// without labels.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HDlModel } from '../../src/index.js';
import {
  createDlPruneParam,
  createDlTrainParam,
  createPruning,
  evaluateLoss,
  meanDistance,
  measureQuality,
  openDlDataset,
  pruneDlModel,
  trainDlModel,
  type PreparedDataset,
} from '../../src/procedures/index.js';
import { toyData, toyNetwork } from './toy.js';

describe('training and pruning options', () => {
  let folder: string;
  let data: PreparedDataset;
  let trained: HDlModel;
  const open = (): HDlModel => {
    const model = new HDlModel();
    const block = trained.SerializeDlModel();
    model.DeserializeDlModel(block);
    return model;
  };
  const train = { batchSize: 12, learningRate: 0.05 };
  const validation = (): number[] => data.indices('validation');

  before(async function () {
    this.timeout(120000);
    folder = mkdtempSync(join(tmpdir(), 'alcedo-options-'));
    writeFileSync(join(folder, 'toy.onnx'), toyNetwork());
    const model = new HDlModel(join(folder, 'toy.onnx'));
    data = await toyData(model);
    ({ model: trained } = await trainDlModel(data, model, createDlTrainParam(4, train)));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('a number of updates ends in the middle of an epoch, with the schedule run to its end', async () => {
    const { infos } = await trainDlModel(data, open(), createDlTrainParam(1, { ...train, updates: 13 }));
    expect(infos.length).to.equal(2); // 9 updates per epoch
    expect(infos[1]!.learning_rate).to.be.lessThan(0.05 * 0.05);
    expect(() => createDlTrainParam(1, { updates: 0 })).to.throw(RangeError, 'updates');
    expect(() => createDlTrainParam(1, { patience: -1 })).to.throw(RangeError, 'patience');
  });

  it('stops early when the validation split no longer improves, and gives the best model back', async () => {
    const param = createDlTrainParam(40, { ...train, learningRate: 1e-9, patience: 2 });
    const { infos, best_epoch } = await trainDlModel(data, open(), param);
    expect(infos.length).to.be.within(3, 20);
    expect(infos.length).to.equal(best_epoch + 2);
  });

  it('distillation alone needs no labels and brings a pruned network back to its teacher', async function () {
    this.timeout(60000);
    const unlabelled = await toyData(open());
    unlabelled.dataset.unlabelled = true;
    const cut = createDlPruneParam(50, 1, { scoreSamples: 48 });
    const without = await trainDlModel(unlabelled, open(), createDlTrainParam(1, train)).catch(
      (error: unknown) => error,
    );
    expect((without as Error).message).to.contain('teacher');
    const { model: pruned, rounds } = await pruneDlModel(unlabelled, trained, cut);
    expect(rounds[0]!.accuracy).to.equal(null);
    const before = await meanDistance(unlabelled, pruned, trained, validation());
    expect(rounds[0]!.distance).to.be.closeTo(before, 1e-6 * before + 1e-9);
    const { model, infos } = await trainDlModel(unlabelled, pruned, createDlTrainParam(3, train), {
      teacher: trained,
    });
    const quality = await measureQuality(unlabelled, model, 'validation', trained);
    expect(quality.accuracy).to.equal(null);
    expect(quality.distance).to.be.lessThan(before * 0.5);
    expect(Math.min(...infos.map((info) => info.validation_distance!))).to.be.closeTo(
      quality.distance!,
      1e-6,
    );
    expect(await meanDistance(data, open(), trained, validation())).to.be.closeTo(0, 1e-9);
  });

  it('reconstruction and recalibration keep the outputs closer without any retraining', async function () {
    this.timeout(60000);
    const distance = async (options: object): Promise<number> => {
      const param = createDlPruneParam(40, 1, { scoreSamples: 96, loss: 'distance', ...options });
      const { model } = await pruneDlModel(data, trained, param);
      return meanDistance(data, model, trained, validation());
    };
    const cut = await distance({});
    expect(await distance({ reconstruct: true })).to.be.lessThan(cut * 0.7);
  });

  it('steps of kernels: as many per round as asked, until a target is reached', async function () {
    this.timeout(60000);
    const steps = createDlPruneParam(50, 1, { kernelsPerStep: 5, scoreSamples: 24 });
    const { rounds } = await pruneDlModel(data, trained, steps);
    using pruning = trained.CreateDlPruning('oracle', []);
    const goal = Math.floor(pruning.GetDlPruningParam('prunable_kernel_num').I / 2);
    expect(rounds.length).to.equal(Math.ceil(goal / 5));
    for (const round of rounds) expect(round.kernels_removed).to.be.at.most(5);
    expect(rounds.reduce((sum, round) => sum + round.kernels_removed, 0)).to.be.within(goal - 4, goal);

    const targetValue = Math.round(trained.GetDlModelParam('macs').I * 0.6);
    const target = createDlPruneParam(0, 1, {
      kernelsPerStep: 4,
      scoreSamples: 24,
      target: 'macs',
      targetValue,
    });
    const reached = await pruneDlModel(data, trained, target);
    const last = reached.rounds.at(-1)!;
    expect(last.macs).to.be.at.most(targetValue);
    expect(last.target_reached).to.equal(last.macs);
    for (const round of reached.rounds.slice(0, -1)) expect(round.macs).to.be.greaterThan(targetValue);
    expect(reached.rounds.length).to.be.greaterThan(1);
    expect(() => createDlPruneParam(1, 1, { kernelsPerStep: 0 })).to.throw(RangeError, 'kernelsPerStep');
  });

  it('steps of kernels until the loss on samples held out has risen by the target', async function () {
    this.timeout(120000);
    const loss = async (model: HDlModel): Promise<number> =>
      (await evaluateLoss(data, model, validation())).loss;
    const step = { kernelsPerStep: 6, scoreSamples: 48, target: 'loss_increase' as const };
    const start = await loss(trained);
    const run = async (targetValue: number): Promise<{ rise: number; removed: number; rounds: number }> => {
      const { model, rounds } = await pruneDlModel(
        data,
        trained,
        createDlPruneParam(0, 1, { ...step, targetValue }),
      );
      const rise = (await loss(model)) - start;
      const last = rounds.at(-1)!;
      expect(last.last).to.equal(true);
      expect(last.target_asked).to.equal(targetValue);
      expect(last.target_reached).to.be.closeTo(rise, 1e-6);
      expect(rise).to.be.at.most(targetValue);
      for (const round of rounds.slice(0, -1)) expect(round.kernels_removed).to.be.within(1, 6);
      return {
        rise,
        removed: rounds.reduce((sum, round) => sum + round.kernels_removed, 0),
        rounds: rounds.length,
      };
    };
    const little = await run(0.02);
    const much = await run(0.4);
    expect(much.removed).to.be.greaterThan(little.removed);
    expect(much.rounds).to.be.greaterThan(1);
    // No limit: everything that can leave does.
    const all = (await pruneDlModel(data, trained, createDlPruneParam(0, 1, { ...step, targetValue: 1e9 })))
      .rounds;
    expect(all.at(-1)!.kernels_left).to.equal(0);

    const unlabelled = await toyData(open());
    unlabelled.dataset.unlabelled = true;
    const param = createDlPruneParam(0, 1, { ...step, targetValue: 0.05, loss: 'distance' });
    const { model } = await pruneDlModel(unlabelled, trained, param);
    expect(await meanDistance(unlabelled, model, trained, validation())).to.be.at.most(0.05);
  });

  it('a target that no step of kernels reaches takes all that can leave', async () => {
    const param = createDlPruneParam(0, 1, {
      kernelsPerStep: 20,
      scoreSamples: 24,
      target: 'macs',
      targetValue: 1,
    });
    const { rounds } = await pruneDlModel(data, trained, param);
    expect(rounds.at(-1)!.kernels_left).to.equal(0);
    expect(rounds.at(-1)!.last).to.equal(true);
  });

  it('rounds of target loss_increase stay below their part of it on samples held out', async function () {
    this.timeout(120000);
    const start = (await evaluateLoss(data, trained, validation())).loss;
    const targetValue = 0.3;
    const param = createDlPruneParam(0, 3, { scoreSamples: 48, target: 'loss_increase', targetValue });
    const { model, rounds } = await pruneDlModel(data, trained, param);
    expect(rounds.map((round) => round.target_asked)).to.deep.equal(
      [1, 2, 3].map((round) => (round * targetValue) / 3),
    );
    for (const round of rounds) expect(round.target_reached).to.be.at.most(round.target_asked!);
    expect(rounds.reduce((sum, round) => sum + round.kernels_removed, 0)).to.be.greaterThan(0);
    const rise = (await evaluateLoss(data, model, validation())).loss - start;
    expect(rise).to.be.closeTo(rounds.at(-1)!.target_reached!, 1e-6);
  });

  it('no layer loses more than its share in all rounds together, and the percentage is one of that', async () => {
    const layers = (model: HDlModel): Map<string, number> => {
      using pruning = model.CreateDlPruning('oracle', []);
      const report = JSON.parse(pruning.GetDlPruningParam('report').S) as {
        layers: { name: string; kernels_before: number }[];
      };
      return new Map(report.layers.map(({ name, kernels_before }) => [name, kernels_before]));
    };
    const before = layers(trained);
    for (const percentage of [50, 100]) {
      const param = createDlPruneParam(percentage, 3, { maxLayerPercentage: 50, scoreSamples: 24 });
      using handle = createPruning(trained, param);
      const all = handle.GetDlPruningParam('prunable_kernel_num').I;
      const { model, rounds } = await pruneDlModel(data, trained, param);
      const removed = rounds.reduce((sum, round) => sum + round.kernels_removed, 0);
      expect(removed).to.be.within(
        Math.floor((all * percentage) / 100) - 6,
        Math.ceil((all * percentage) / 100),
      );
      for (const [name, kernels] of layers(model))
        expect(kernels, name).to.be.at.least(before.get(name)! - Math.floor(before.get(name)! / 2));
    }
  });

  it('a teacher that was set before does not change a training with labels', async () => {
    const losses = async (model: HDlModel): Promise<number[]> =>
      (await trainDlModel(data, model, createDlTrainParam(2, train))).infos.map((info) => info.loss);
    const taught = open();
    await meanDistance(data, taught, trained, validation());
    expect(await losses(taught)).to.deep.equal(await losses(open()));
  });

  it('what is measured on images can be measured on images that are read on the way', async () => {
    const opened = openDlDataset(data.dataset, data.param);
    expect(await evaluateLoss(opened, trained, validation())).to.deep.equal(
      await evaluateLoss(data, trained, validation()),
    );
  });
});
