import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HDlModel, HOperatorError } from '../../src/index.js';
import {
  InterruptedError,
  createDlPruneParam,
  createDlTrainParam,
  evaluateDlModel,
  genDlSamples,
  measureLatency,
  predictClasses,
  pruneDlModel,
  trainDlModel,
  type PreparedDataset,
  type PruneParam,
} from '../../src/procedures/index.js';
import { toyData, toyNetwork } from './toy.js';

describe('training, evaluation and pruning', () => {
  let folder: string;
  let file: string;
  let data: PreparedDataset;
  let trained: HDlModel;
  const train = { batchSize: 12, learningRate: 0.05 };

  before(async function () {
    this.timeout(120000);
    folder = mkdtempSync(join(tmpdir(), 'alcedo-workflow-'));
    file = join(folder, 'toy.onnx');
    writeFileSync(file, toyNetwork());
    const model = new HDlModel(file);
    data = await toyData(model);
    const result = await trainDlModel(data, model, createDlTrainParam(4, train));
    trained = result.model;
    expect(result.infos.length).to.equal(4);
    expect(result.infos[3]!.loss).to.be.lessThan(result.infos[0]!.loss);
    expect(result.infos[3]!.learning_rate).to.be.lessThan(0.01);
    const best = Math.max(...result.infos.map((info) => info.validation_accuracy!));
    expect(result.infos[result.best_epoch - 1]!.validation_accuracy).to.equal(best);
    const { accuracy } = await evaluateDlModel(data, trained, 'validation');
    expect(accuracy).to.equal(best);
  });

  after(() => rmSync(folder, { recursive: true }));

  it('a trained network knows the test images', async () => {
    const result = await evaluateDlModel(data, trained, 'test');
    expect(result.num).to.equal(36);
    expect(result.accuracy).to.be.greaterThan(0.8);
    expect(result.accuracy).to.be.closeTo(1 - result.top1_error, 1e-12);
  });

  it('predictions do not depend on the batch size', async () => {
    const indices = data.indices('test');
    const all = await predictClasses(data, trained, indices, { batchSize: 36 });
    expect(await predictClasses(data, trained, indices, { batchSize: 5 })).to.deep.equal(all);
    expect(measureLatency(data, trained, 4, 0.05)).to.be.greaterThan(0);
  });

  it('training is repeatable', async () => {
    const losses = async (seed: number): Promise<number[]> => {
      const param = createDlTrainParam(1, {
        ...train,
        randomSeed: seed,
        augmentation: { mirror: true, shift: 1 },
      });
      const { infos } = await trainDlModel(data, new HDlModel(file), param);
      return infos.map((info) => info.loss);
    };
    expect(await losses(1)).to.deep.equal(await losses(1));
    expect(await losses(1)).to.not.deep.equal(await losses(2));
  });

  const param = (options: Partial<PruneParam> = {}): PruneParam =>
    createDlPruneParam(50, 2, {
      scoreSamples: 48,
      scoreBatchSize: 16,
      train: createDlTrainParam(1, train),
      ...options,
    });

  it('pruning in rounds removes what was asked for and keeps the state', async function () {
    this.timeout(120000);
    const stateDir = join(folder, 'state');
    const before = trained.GetDlModelParam('num_trainable_params').I;
    const { model, rounds } = await pruneDlModel(data, trained, param(), { stateDir });
    expect(rounds.length).to.equal(2);
    using pruning = trained.CreateDlPruning('oracle', []);
    const kernels = pruning.GetDlPruningParam('prunable_kernel_num').I;
    const removed = rounds[0]!.kernels_removed + rounds[1]!.kernels_removed;
    expect(removed).to.be.within(kernels * 0.4, kernels * 0.5);
    expect(model.GetDlModelParam('num_trainable_params').I).to.be.lessThan(before * 0.6);
    expect(trained.GetDlModelParam('num_trainable_params').I).to.equal(before);
    expect((await evaluateDlModel(data, model, 'test')).accuracy).to.be.greaterThan(0.6);
    expect(readdirSync(stateDir).sort()).to.deep.equal(['round-1.onnx', 'round-2.onnx', 'state.json']);

    // The same call goes on where it was: with the last round taken back, only that one runs again.
    const state = JSON.parse(readFileSync(join(stateDir, 'state.json'), 'utf8')) as {
      rounds: unknown[];
      model: string;
    };
    state.rounds.pop();
    state.model = 'round-1.onnx';
    writeFileSync(join(stateDir, 'state.json'), JSON.stringify(state));
    const seen: number[] = [];
    const again = await pruneDlModel(data, trained, param(), {
      stateDir,
      onRound: (round) => seen.push(round.round),
    });
    expect(seen).to.deep.equal([2]);
    expect(again.model.GetDlModelParam('macs').I).to.be.lessThan(rounds[0]!.macs);

    const other = await pruneDlModel(data, trained, param({ scoreSamples: 24 }), { stateDir }).catch(
      (error: unknown) => error,
    );
    expect((other as Error).message).to.contain('another run');
  });

  it('aims at multiplications and parameters', async function () {
    this.timeout(120000);
    for (const target of ['macs', 'params'] as const) {
      const name = target === 'macs' ? 'macs' : 'num_trainable_params';
      const targetValue = Math.round(trained.GetDlModelParam(name).I * 0.5);
      const { model } = await pruneDlModel(data, trained, param({ target, targetValue, train: undefined }));
      expect(model.GetDlModelParam(name).I).to.be.within(targetValue * 0.6, targetValue);
    }
  });

  it('an interrupted run leaves the last finished round', async function () {
    this.timeout(120000);
    const stateDir = join(folder, 'interrupted');
    const controller = new AbortController();
    const options = { stateDir, signal: controller.signal, onRound: () => controller.abort() };
    const stopped = await pruneDlModel(data, trained, param(), options).catch((error: unknown) => error);
    expect(stopped).to.be.instanceOf(InterruptedError);
    expect(existsSync(join(stateDir, 'round-1.onnx'))).to.equal(true);
    expect(existsSync(join(stateDir, 'round-2.onnx'))).to.equal(false);
    const { rounds } = await pruneDlModel(data, trained, param(), { stateDir });
    expect(rounds.map((round) => round.round)).to.deep.equal([1, 2]);
  });

  it('excluded layers stay as they are', async () => {
    const { model } = await pruneDlModel(
      data,
      trained,
      param({ excludeLayers: ['*conv1'], train: undefined }),
    );
    const shape = (from: HDlModel, layer: string): number[] => {
      const layers = JSON.parse(from.GetDlModelParam('layers').S) as { name: string; shape: number[] }[];
      return layers.find((one) => one.name === layer)!.shape.slice(1);
    };
    expect(shape(model, 'stage1.block1.conv1')).to.deep.equal(shape(trained, 'stage1.block1.conv1'));
  });

  it('bad parameters are refused', async () => {
    expect(() => createDlPruneParam(101, 1)).to.throw(RangeError, '101');
    expect(() => createDlPruneParam(NaN, 1)).to.throw(RangeError);
    expect(() => createDlPruneParam(10, 0)).to.throw(RangeError, 'rounds');
    expect(() => createDlTrainParam(0)).to.throw(RangeError, 'numEpochs');
    expect(() => createDlTrainParam(1, { learningRate: NaN })).to.throw(RangeError, 'learningRate');
    const unknown = await pruneDlModel(data, trained, param({ criterion: 'magic' })).catch(
      (error: unknown) => error,
    );
    expect(unknown).to.be.instanceOf(HOperatorError);
    expect((unknown as HOperatorError).errorCode).to.equal(7914);
  });

  it('samples carry image, id and label', () => {
    const [sample] = genDlSamples(data, [7]);
    expect(sample!.GetDictTuple('image_id').I).to.equal(data.sample(7).image_id);
    expect(sample!.GetDictTuple('image_label_id').I).to.equal(data.sample(7).image_label_id);
    expect(sample!.GetDictObject('image').IsInitialized()).to.equal(true);
  });
});
