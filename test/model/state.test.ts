// What a model handle keeps, and what a call that fails leaves as it was.
import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HDict, HDlModel, HDlPrune, HOperatorError, HOperatorSet, HSerializedItem } from '../../src/index.js';
import { OnnxBuilder } from '../../src/onnx/builder.js';
import { Random } from '../../src/onnx/random.js';
import { genRealImage, genSample } from '../../src/procedures/samples.js';
import { copyFromPointer } from '../../src/runtime/memory.js';

const SIZE = 8;

describe('the state of a model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alcedo-model-state-'));
  before(() => HOperatorSet.SetSystem('autotune', 'false'));
  after(() => {
    HOperatorSet.SetSystem('autotune', 'true');
    rmSync(folder, { recursive: true });
  });

  function network(seed: number): HDlModel {
    const net = new OnnxBuilder('state', seed);
    const block = (x: ReturnType<OnnxBuilder['input']>): typeof x => net.relu(net.batchNorm(net.conv(x, 6)));
    const maps = block(block(net.input('image', ['N', 1, 'H', 'W'])));
    net.output(net.gemm(net.pool(maps), 3), 'logits', ['N', 3]);
    const file = join(folder, `${seed}.onnx`);
    writeFileSync(file, net.toBytes());
    const model = new HDlModel(file);
    model.SetDlModelParam('image_dimensions', [SIZE, SIZE, 1]);
    model.SetDlModelParam('batch_size', 2);
    return model;
  }

  function samples(num: number, seed = 1, size = SIZE): HDict[] {
    const random = new Random(seed);
    return Array.from({ length: num }, (_, i) => {
      const pixels = Float32Array.from({ length: size * size }, () => random.uniform() - 0.5);
      return genSample(genRealImage(pixels, size, size, 1), { image_label_id: i % 3 });
    });
  }

  function bytes(model: HDlModel): string {
    using item: HSerializedItem = model.SerializeDlModel();
    const [pointer, size] = item.GetSerializedItemPtr();
    const content = new Uint8Array(size as number);
    copyFromPointer(pointer as bigint, content);
    return Buffer.from(content).toString('base64');
  }

  const losses = (model: HDlModel, steps: number, of = (step: number) => samples(2, step)): number[] =>
    Array.from(
      { length: steps },
      (_, step) => model.TrainDlModelBatch(of(step)).GetDictTuple('total_loss').D,
    );

  function code(run: () => unknown): number {
    try {
      run();
    } catch (error) {
      if (error instanceof HOperatorError) return error.errorCode;
      throw error;
    }
    return 0;
  }

  it('a training step that fails in its second part changes nothing', () => {
    for (const bad of ['label', 'values']) {
      const [model, twin] = [network(1), network(1)];
      for (const one of [model, twin]) one.SetDlModelParam('batch_size_multiplier', 2);
      const broken = samples(4, 7);
      if (bad === 'label') broken[3]!.SetDictTuple('image_label_id', 17);
      else {
        const huge = new Float32Array(SIZE * SIZE).fill(3e38);
        broken[3] = genSample(genRealImage(huge, SIZE, SIZE, 1), { image_label_id: 1 });
      }
      expect(
        code(() => model.TrainDlModelBatch(broken)),
        bad,
      ).to.equal(bad === 'label' ? 7714 : 7720);
      const of = (step: number): HDict[] => samples(4, step);
      expect(losses(model, 3, of), bad).to.deep.equal(losses(twin, 3, of));
      expect(bytes(model) === bytes(twin), bad).to.equal(true);
    }
  });

  it('a teacher follows the size of its student', () => {
    const [first, then, teacher] = [network(1), network(1), network(2)];
    first.SetDlModelParam('teacher', teacher);
    for (const one of [first, then, teacher]) one.SetDlModelParam('image_dimensions', [6, 6, 1]);
    then.SetDlModelParam('teacher', teacher);
    const of = (step: number): HDict[] => samples(2, step, 6);
    expect(losses(first, 3, of)).to.deep.equal(losses(then, 3, of));
  });

  it('pruned copies have teachers of their own', async () => {
    const model = network(1);
    model.SetDlModelParam('teacher', network(2));
    const pruning = new HDlPrune(model, 'oracle', new HDict());
    pruning.SetDlPruningParam('criterion', 'weight_l2');
    pruning.SetDlPruningParam('percentage', 30);
    const copies = Array.from({ length: 4 }, () => model.GenDlPrunedModel(pruning));
    const train = async (copy: HDlModel, seed: number): Promise<number[]> => {
      const seen: number[] = [];
      for (let step = 0; step < 10; step++) {
        const result = await copy.TrainDlModelBatchAsync(samples(2, 100 * seed + step));
        seen.push(result.GetDictTuple('total_loss').D);
      }
      return seen;
    };
    const serial = [await train(copies[0]!, 1), await train(copies[1]!, 2)];
    expect(await Promise.all([train(copies[2]!, 1), train(copies[3]!, 2)])).to.deep.equal(serial);
  });

  it('copies and .hdl files keep the parameters of training', () => {
    const model = network(1);
    const values = {
      solver_type: 'adam',
      adam_beta1: 0.8,
      adam_beta2: 0.99,
      adam_epsilon: 1e-6,
      distillation_weight: 0.25,
      distillation_temperature: 3,
    };
    for (const [name, value] of Object.entries(values)) model.SetDlModelParam(name, value);
    const file = join(folder, 'kept.hdl');
    model.WriteDlModel(file);
    const copy = new HDlModel();
    copy.DeserializeDlModel(model.SerializeDlModel());
    for (const one of [new HDlModel(file), copy]) {
      for (const [name, value] of Object.entries(values)) {
        const [found] = one.GetDlModelParam(name).ToArray();
        expect(found, name).to.equal(value);
      }
    }
    for (const [name, value] of [
      ['adam_epsilon', 0],
      ['learning_rate', 1e39],
    ] as const)
      expect(
        code(() => model.SetDlModelParam(name, value)),
        name,
      ).to.equal(7914);
  });

  it('an output without a row per sample is refused where there are several', () => {
    const net = new OnnxBuilder('turned');
    const maps = net.conv(net.input('image', ['N', 1, 4, 4]), 3);
    const turned = net.apply('Transpose', maps, { perm: [1, 0, 2, 3] }, 'turned');
    net.output(net.apply('ReduceMean', turned, { axes: [2, 3], keepdims: 0 }), 'out', [3, 'N']);
    const file = join(folder, 'turned.onnx');
    writeFileSync(file, net.toBytes());
    const model = new HDlModel(file);
    const [one] = model.ApplyDlModel(samples(1, 1, 4), ['turned']);
    expect(one!.GetDictTuple('turned').Length).to.equal(3 * 16);
    model.SetDlModelParam('batch_size', 4);
    expect(code(() => model.ApplyDlModel(samples(4, 1, 4), ['turned']))).to.equal(7785);
  });

  it('scores of two models add up, each with its own weights', () => {
    const [a, b] = [network(1), network(2)];
    const scores = (models: readonly HDlModel[]): number[] => {
      const pruning = new HDlPrune(a, 'oracle', new HDict());
      pruning.SetDlPruningParam('normalization', 'none');
      for (const model of models) model.AddDlPruningBatch(pruning, samples(2));
      return pruning.GetDlPruningParam('kernel_scores').ToDArr();
    };
    const [one, other, both] = [scores([a]), scores([b]), scores([a, b])];
    expect(other).to.not.deep.equal(one);
    both.forEach((score, i) => expect(score).to.be.closeTo((one[i]! + other[i]!) / 2, 1e-6));
  });

  it('a batch that fails leaves the scores as they were', () => {
    const model = network(1);
    const pruning = new HDlPrune(model, 'oracle', new HDict());
    pruning.SetDlPruningParam('recalibrate', 'true');
    const huge = genSample(genRealImage(new Float32Array(SIZE * SIZE).fill(3e38), SIZE, SIZE, 1), {
      image_label_id: 1,
    });
    for (const loss of ['cross_entropy', 'distance']) {
      pruning.SetDlPruningParam('loss', loss);
      expect(
        code(() => model.AddDlPruningBatch(pruning, [...samples(2), huge])),
        loss,
      ).to.equal(7741);
      expect(pruning.GetDlPruningParam('sample_num').I, loss).to.equal(0);
      model.AddDlPruningBatch(pruning, samples(2));
      const scores = pruning.GetDlPruningParam('kernel_scores').ToDArr();
      expect(
        code(() => model.AddDlPruningBatch(pruning, [...samples(2), huge])),
        loss,
      ).to.equal(7741);
      expect(pruning.GetDlPruningParam('kernel_scores').ToDArr(), loss).to.deep.equal(scores);
      expect(pruning.GetDlPruningParam('sample_num').I, loss).to.equal(2);
      using pruned = model.GenDlPrunedModel(pruning);
      expect(Number.isFinite(losses(pruned, 1)[0])).to.equal(true);
    }
  });

  it('another image size before the first sample is taken over, after it refused', () => {
    const model = network(1);
    const pruning = new HDlPrune(model, 'oracle', new HDict());
    pruning.SetDlPruningParam('percentage', 20);
    const macs = pruning.GetDlPruningParam('macs').I;
    model.SetDlModelParam('image_dimensions', [6, 6, 1]);
    model.AddDlPruningBatch(pruning, samples(2, 1, 6));
    expect(pruning.GetDlPruningParam('macs').I).to.be.lessThan(macs);
    expect(pruning.GetDlPruningParam('percentage').I).to.equal(20);
    using pruned = model.GenDlPrunedModel(pruning);
    expect(pruned.GetDlModelParam('image_width').I).to.equal(6);
    model.SetDlModelParam('image_dimensions', [7, 7, 1]);
    expect(code(() => model.AddDlPruningBatch(pruning, samples(2, 1, 7)))).to.equal(7980);
    expect(code(() => model.GenDlPrunedModel(pruning))).to.equal(7980);
  });

  it('class names that are no match for the network are refused on reading', () => {
    const model = network(1);
    model.SetDlModelParam('class_names', ['a', 'b', 'c']);
    const file = join(folder, 'names.onnx');
    model.WriteDlModel(file);
    const content = readFileSync(file);
    const at = content.indexOf('["a","b","c"]');
    expect(at).to.be.greaterThan(0);
    content.write('["a","b"]    ', at);
    writeFileSync(file, content);
    expect(code(() => new HDlModel(file))).to.equal(7780);
  });
});
