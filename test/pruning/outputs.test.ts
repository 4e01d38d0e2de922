// Networks that are no classifiers: scored, pruned and retrained against their own outputs, without labels.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HDict, HDlModel, HDlPrune, HOperatorError } from '../../src/index.js';
import { buildResNet } from '../../src/onnx/networks.js';
import { OnnxBuilder, type Tap } from '../../src/onnx/builder.js';
import { Random } from '../../src/onnx/random.js';
import { genRealImage, genSample } from '../../src/procedures/samples.js';

const SIZE = 16;
const BATCH = 4;

const block = (net: OnnxBuilder, x: Tap, channels: number): Tap =>
  net.relu(net.batchNorm(net.conv(x, channels)));

/** Down, up, and a skip connection; one map of probabilities as output. */
function unet(): Uint8Array {
  const net = new OnnxBuilder('unet', 3);
  const image = net.image('image', 1, SIZE, SIZE);
  const skip = block(net, image, 8);
  const deep = block(net, net.maxPool(block(net, skip, 12), 2), 16);
  const scales = net.constant('scales', [4], Float32Array.of(1, 1, 2, 2));
  const up: Tap = { value: net.node('Resize', [deep.value, '', scales], { mode: 'nearest' }), channels: 16 };
  const joined = block(net, net.concat([up, skip]), 8);
  net.output(net.apply('Sigmoid', net.conv(joined, 1, { kernel: 1, bias: true })), 'mask', [
    'N',
    1,
    SIZE,
    SIZE,
  ]);
  return net.toBytes();
}

/** Two heads of very different size on one trunk: scores and boxes. */
function detector(): Uint8Array {
  const net = new OnnxBuilder('detector', 5);
  const trunk = block(net, net.maxPool(block(net, net.image('image', 1, SIZE, SIZE), 8), 2), 16);
  const scores = net.apply('Sigmoid', net.conv(block(net, trunk, 8), 2, { kernel: 1, bias: true }));
  const boxes = net.conv(block(net, trunk, 8), 8, { kernel: 1, bias: true });
  const pixels = net.constant('pixels', [1], Float32Array.of(100));
  net.output(scores, 'scores', ['N', 2, SIZE / 2, SIZE / 2]);
  net.output({ value: net.node('Mul', [boxes.value, pixels]), channels: 8 }, 'boxes', [
    'N',
    8,
    SIZE / 2,
    SIZE / 2,
  ]);
  return net.toBytes();
}

function samples(num: number, seed: number): HDict[] {
  const random = new Random(seed);
  return Array.from({ length: num }, () => {
    const x = random.integer(SIZE - 6);
    const pixels = Float32Array.from({ length: SIZE * SIZE }, (_, i) =>
      i % SIZE >= x && i % SIZE < x + 6 ? 1 : random.normal() * 0.2,
    );
    return new HDict(genSample(genRealImage(pixels, SIZE, SIZE, 1)));
  });
}

const NETWORKS: [string, () => Uint8Array][] = [
  ['a U-Net', unet],
  ['a detector with two outputs', detector],
];

for (const [name, build] of NETWORKS) {
  describe(`pruning without labels: ${name}`, () => {
    let folder: string;
    let file: string;
    let model: HDlModel;
    const training = samples(16, 1);
    const held = samples(BATCH, 2);

    const open = (): HDlModel => {
      const opened = new HDlModel(file);
      opened.SetDlModelParam('batch_size', BATCH);
      return opened;
    };
    const scored = (criterion: string, batches: HDict[][] = [training]): HDlPrune => {
      const prune = new HDlPrune(model, 'oracle', new HDict());
      prune.SetDlPruningParam('criterion', criterion);
      for (const batch of batches) prune.AddDlPruningBatch(model, batch);
      return prune;
    };
    /** The distance from the unpruned network on samples that were not trained on. */
    const distance = (of: HDlModel): number => {
      const copy = new HDlModel();
      const block = of.SerializeDlModel();
      copy.DeserializeDlModel(block);
      copy.SetDlModelParam('teacher', model);
      copy.SetDlModelParam('batchnorm_momentum', 1);
      copy.SetDlModelParam('learning_rate', 0);
      return copy.TrainDlModelBatch(held).GetDictTuple('loss_distance').D;
    };

    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'alcedo-outputs-'));
      file = join(folder, 'net.onnx');
      writeFileSync(file, build());
      model = open();
    });
    after(() => rmSync(folder, { recursive: true }));

    it('scores do not depend on how samples were split, and tell kernels apart', () => {
      const whole = scored('taylor').GetDlPruningParam('kernel_scores').ToDArr();
      const parts = scored('taylor', [training.slice(0, 3), training.slice(3, 11), training.slice(11)]);
      parts
        .GetDlPruningParam('kernel_scores')
        .ToDArr()
        .forEach((score, i) => {
          expect(score).to.be.closeTo(whole[i]!, 1e-5);
        });
      expect(new Set(whole.map((score) => score.toFixed(4))).size).to.be.greaterThan(whole.length / 2);
    });

    it('the first-order scores follow the exact distance', () => {
      const exact = scored('oracle_abs').GetDlPruningParam('kernel_scores').ToDArr();
      const taylor = scored('obd').GetDlPruningParam('kernel_scores').ToDArr();
      expect(Math.min(...exact)).to.be.at.least(0);
      expect(correlation(ranks(exact), ranks(taylor))).to.be.greaterThan(0.5);
    });

    it('retraining against the unpruned network brings the outputs back', function () {
      this.timeout(60000);
      expect(() => open().TrainDlModelBatch(held)).to.throw(HOperatorError, 'teacher');
      const prune = scored('taylor');
      prune.SetDlPruningParam('percentage', 40);
      const pruned = model.GenDlPrunedModel(prune);
      expect(pruned.GetDlModelParam('macs').I).to.be.lessThan(model.GetDlModelParam('macs').I * 0.8);
      pruned.SetDlModelParam('teacher', model);
      pruned.SetDlModelParam('solver_type', 'adam');
      pruned.SetDlModelParam('learning_rate', 0.005);
      const losses: number[] = [];
      for (let step = 0; step < 60; step++) {
        const begin = (step * BATCH) % training.length;
        const result = pruned.TrainDlModelBatch(training.slice(begin, begin + BATCH));
        losses.push(result.GetDictTuple('total_loss').D);
      }
      const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;
      expect(mean(losses.slice(-8))).to.be.lessThan(mean(losses.slice(0, 4)) * 0.5);
      expect(distance(pruned)).to.be.lessThan(distance(model.GenDlPrunedModel(prune)) * 0.7);
      pruned.SetDlModelParam('teacher', []);
      expect(() => pruned.TrainDlModelBatch(held)).to.throw(HOperatorError, '7912');
    });
  });
}

describe('pruning without labels: parameters', () => {
  it('a teacher of other shapes, criteria that need labels and a label loss are refused', () => {
    const folder = mkdtempSync(join(tmpdir(), 'alcedo-outputs-'));
    const open = (bytes: Uint8Array): HDlModel => {
      writeFileSync(join(folder, 'net.onnx'), bytes);
      return new HDlModel(join(folder, 'net.onnx'));
    };
    const generic = open(unet());
    const classifier = open(buildResNet({ height: SIZE, width: SIZE, widths: [4, 8], numClasses: 3 }));
    rmSync(folder, { recursive: true });
    expect(() => generic.SetDlModelParam('teacher', classifier)).to.throw(HOperatorError, '7914');
    expect(() => generic.SetDlModelParam('teacher', 5)).to.throw(HOperatorError, '7914');
    expect(() => classifier.SetDlModelParam('distillation_weight', 1.5)).to.throw(HOperatorError, '7914');
    const prune = new HDlPrune(generic, 'oracle', new HDict());
    prune.SetDlPruningParam('loss', 'cross_entropy');
    expect(() => prune.AddDlPruningBatch(generic, samples(1, 1))).to.throw(HOperatorError, '7912');
    prune.SetDlPruningParam('loss', 'auto');
    prune.SetDlPruningParam('criterion', 'mutual_information');
    expect(() => prune.AddDlPruningBatch(generic, samples(1, 1))).to.throw(HOperatorError, 'labels');

    // A classifier can be scored, and trained by distillation alone, without labels, too.
    const unlabelled = new HDlPrune(classifier, 'oracle', new HDict());
    expect(() => unlabelled.AddDlPruningBatch(classifier, samples(2, 1))).to.throw(HOperatorError, '7783');
    unlabelled.SetDlPruningParam('loss', 'distance');
    unlabelled.AddDlPruningBatch(classifier, samples(2, 1));
    const pruned = classifier.GenDlPrunedModel(unlabelled);
    pruned.SetDlModelParam('batch_size', 2);
    pruned.SetDlModelParam('teacher', classifier);
    expect(() => pruned.TrainDlModelBatch(samples(2, 1))).to.throw(HOperatorError, 'image_label_id');
    pruned.SetDlModelParam('distillation_weight', 1);
    const result = pruned.TrainDlModelBatch(samples(2, 1));
    expect(result.GetDictTuple('loss_distillation').D).to.be.at.least(0);
  });
});

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const rank = new Array<number>(values.length);
  order.forEach((index, place) => (rank[index] = place));
  return rank;
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (a.length - 1) / 2;
  let product = 0;
  let square = 0;
  a.forEach((value, i) => {
    product += (value - mean) * (b[i]! - mean);
    square += (value - mean) ** 2;
  });
  return product / square;
}
