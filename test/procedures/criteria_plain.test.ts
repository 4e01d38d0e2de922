// Every criterion on kernels that leave together, against a computation of our own: a small residual network as plain
// loops in double precision, gradients by differences. Kernel k of both convolutions is one group.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HDlModel } from '../../src/index.js';
import { OnnxBuilder } from '../../src/onnx/builder.js';
import { Random } from '../../src/onnx/random.js';
import {
  CRITERIA,
  createDlPreprocessParam,
  createPruning,
  kernelGroups,
  preprocessDlDataset,
  scoreByCriterion,
  type CriterionName,
  type PreparedDataset,
} from '../../src/procedures/index.js';

const SIZE = 5;
const PLANE = SIZE * SIZE;
const KERNELS = 4;
const CLASSES = 2;
const SAMPLES = 9;

type Maps = number[][];

const random = new Random(17);
const weights = (num: number, scale: number): number[] =>
  Array.from({ length: num }, () => Math.fround(random.normal() * scale));
const first = { w: weights(KERNELS * 9, 0.8), b: weights(KERNELS, 0.3) };
const second = { w: weights(KERNELS * KERNELS * 9, 0.4), b: weights(KERNELS, 0.3) };
const dense = { w: weights(CLASSES * KERNELS, 1), b: weights(CLASSES, 0.3) };

function convolve(input: Maps, { w, b }: { w: number[]; b: number[] }): Maps {
  return b.map((bias, k) =>
    Array.from({ length: PLANE }, (_, at) => {
      let sum = bias;
      for (let c = 0; c < input.length; c++)
        for (let dy = -1; dy <= 1; dy++)
          for (let dx = -1; dx <= 1; dx++) {
            const y = Math.floor(at / SIZE) + dy;
            const x = (at % SIZE) + dx;
            if (y < 0 || y >= SIZE || x < 0 || x >= SIZE) continue;
            sum += w[((k * input.length + c) * 3 + dy + 1) * 3 + dx + 1]! * input[c]![y * SIZE + x]!;
          }
      return sum;
    }),
  );
}

const relu = (maps: Maps): Maps => maps.map((map) => map.map((value) => Math.max(value, 0)));
const sumOf = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0);
const meanOf = (list: readonly number[]): number => sumOf(list) / list.length;

/** The two feature maps of every group: behind the first convolution's ReLU, and the second's output. */
function run(image: number[], change: (map: 'a' | 'b', maps: Maps) => Maps = (_, maps) => maps) {
  const a = change('a', relu(convolve([image], first)));
  const b = change('b', convolve(a, second));
  const pooled = relu(a.map((map, k) => map.map((value, i) => value + b[k]![i]!))).map(meanOf);
  const logits = dense.b.map((bias, c) => bias + sumOf(pooled.map((p, k) => p * dense.w[c * KERNELS + k]!)));
  const loss = (label: number): number =>
    Math.log(sumOf(logits.map((logit) => Math.exp(logit)))) - logits[label]!;
  return { a, b, loss };
}

const STEP = 1e-5;

/** Sum over a map's positions of z * dC/dz. */
function product(image: number[], label: number, which: 'a' | 'b', k: number): number {
  const map = run(image)[which][k]!;
  return sumOf(
    map.map((value, i) => {
      const moved = (by: number): number =>
        run(image, (name, maps) =>
          name !== which
            ? maps
            : maps.map((one, c) => (c === k ? one.map((v, j) => (j === i ? v + by : v)) : one)),
        ).loss(label);
      return (value * (moved(STEP) - moved(-STEP))) / (2 * STEP);
    }),
  );
}

function entropy(symbols: readonly (number | string)[]): number {
  const count = new Map<number | string, number>();
  for (const symbol of symbols) count.set(symbol, (count.get(symbol) ?? 0) + 1);
  return -sumOf([...count.values()].map((n) => (n / symbols.length) * Math.log(n / symbols.length)));
}

describe('criteria of coupled kernels, by plain computation', () => {
  let folder: string;
  let model: HDlModel;
  let data: PreparedDataset;
  let images: number[][];
  let labels: number[];
  const groups = Array.from({ length: KERNELS }, (_, k) => k);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'alcedo-plain-'));
    const net = new OnnxBuilder('residual');
    const image = net.image('image', 1, SIZE, SIZE);
    const attributes = {
      kernel_shape: [3, 3],
      strides: [1, 1],
      pads: [1, 1, 1, 1],
      dilations: [1, 1],
      group: 1,
    };
    const conv = (input: string, name: string, { w, b }: typeof first, channels: number): string => {
      const weight = net.constant(`${name}.weight`, [KERNELS, channels, 3, 3], Float32Array.from(w));
      const bias = net.constant(`${name}.bias`, [KERNELS], Float32Array.from(b));
      return net.node('Conv', [input, weight, bias], attributes, name);
    };
    const a = net.node('Relu', [conv(image.value, 'first', first, 1)]);
    const sum = net.node('Relu', [net.node('Add', [a, conv(a, 'second', second, KERNELS)])]);
    const flat = net.pool({ value: sum, channels: KERNELS });
    const fc = [
      net.constant('fc.weight', [CLASSES, KERNELS], Float32Array.from(dense.w)),
      net.constant('fc.bias', [CLASSES], Float32Array.from(dense.b)),
    ];
    const logits = net.node('Gemm', [flat.value, ...fc], {
      alpha: { float: 1 },
      beta: { float: 1 },
      transB: 1,
    });
    net.output({ value: logits, channels: CLASSES }, 'logits', ['N', CLASSES]);
    writeFileSync(join(folder, 'residual.onnx'), net.toBytes());
    model = new HDlModel(join(folder, 'residual.onnx'));

    labels = Array.from({ length: SAMPLES }, (_, i) => i % CLASSES);
    const samples = labels.map((image_label_id, i) => ({
      image_id: i + 1,
      image_label_id,
      image: {
        data: Uint8Array.from({ length: PLANE }, () => random.integer(256)),
        width: SIZE,
        height: SIZE,
        channels: 1,
      },
    }));
    const dataset = { image_dir: '', class_names: ['0', '1'], class_ids: [0, 1], samples };
    data = await preprocessDlDataset(dataset, createDlPreprocessParam(SIZE, SIZE, 1, -1, 1));
    images = samples.map((_, i) => [...data.pixels(i)]);
  });

  after(() => rmSync(folder, { recursive: true }));

  async function check(criterion: CriterionName, wanted: readonly number[]): Promise<void> {
    const indices = images.map((_, i) => i);
    const { raw } = await scoreByCriterion(data, model, criterion, indices, { batchSize: 4 });
    const size = Math.max(...wanted.map(Math.abs));
    expect(raw.length).to.equal(wanted.length);
    raw.forEach((score, k) =>
      expect(score, `${criterion}, group ${k}`).to.be.closeTo(wanted[k]!, 1e-3 * size),
    );
  }

  /** Mean over samples and over the two maps of a group of a statistic of the map. */
  const statistic = (of: (map: number[]) => number): number[] =>
    groups.map((k) =>
      meanOf(images.flatMap((image) => (['a', 'b'] as const).map((which) => of(run(image)[which][k]!)))),
    );

  it('the groups are the pairs of kernels', () => {
    using pruning = createPruning(model);
    expect(kernelGroups(pruning)).to.deep.equal(
      groups.map(() => ({ layers: ['first', 'second'], kernels: 2 })),
    );
  });

  it('taylor and obd: signed sums over the group, then absolute value or square, per sample', async () => {
    const sums = groups.map((k) =>
      images.map((image, i) => product(image, labels[i]!, 'a', k) + product(image, labels[i]!, 'b', k)),
    );
    await check(
      'taylor',
      sums.map((list) => meanOf(list.map((sum) => Math.abs(sum) / PLANE))),
    );
    await check(
      'obd',
      sums.map((list) => meanOf(list.map((sum) => 0.5 * sum * sum))),
    );
  });

  it('the oracles: the loss without the group', async () => {
    const change = groups.map((k) => {
      const without = (maps: Maps): Maps => maps.map((map, c) => (c === k ? map.map(() => 0) : map));
      return meanOf(
        images.map(
          (image, i) => run(image, (_, maps) => without(maps)).loss(labels[i]!) - run(image).loss(labels[i]!),
        ),
      );
    });
    await check('oracle_loss', change);
    await check('oracle_abs', change.map(Math.abs));
  });

  it('activations: means over the members', async () => {
    await check('activation_mean', statistic(meanOf));
    await check(
      'activation_std',
      statistic((map) => Math.sqrt(meanOf(map.map((value) => (value - meanOf(map)) ** 2)))),
    );
    await check(
      'apoz',
      statistic((map) => map.filter((value) => value !== 0).length / PLANE),
    );
    const gains = groups.map((k) => {
      const x = images.map((image) => meanOf([meanOf(run(image).a[k]!), meanOf(run(image).b[k]!)]));
      // 9 samples: 3 bins of equal population.
      const bins = x.map((value) => Math.floor((x.filter((other) => other < value).length * 3) / SAMPLES));
      return entropy(bins) + entropy(labels) - entropy(bins.map((bin, i) => `${bin},${labels[i]}`));
    });
    await check('mutual_information', gains);
  });

  it('weights: all of the group put together', async () => {
    const own = groups.map((k) => [
      ...first.w.slice(9 * k, 9 * k + 9),
      ...second.w.slice(9 * KERNELS * k, 9 * KERNELS * (k + 1)),
    ]);
    await check(
      'weight_l1',
      own.map((list) => sumOf(list.map(Math.abs))),
    );
    await check(
      'weight_l2',
      own.map((list) => Math.hypot(...list)),
    );
    await check(
      'fpgm',
      own.map((list) => sumOf(own.map((other) => Math.hypot(...list.map((value, i) => value - other[i]!))))),
    );
    const loss = (): number => meanOf(images.map((image, i) => run(image).loss(labels[i]!)));
    const squares = groups.map((k) => {
      let sum = 0;
      for (const [list, length] of [
        [first.w, 9],
        [second.w, 9 * KERNELS],
      ] as const) {
        for (let i = length * k; i < length * (k + 1); i++) {
          const value = list[i]!;
          list[i] = value + STEP;
          const above = loss();
          list[i] = value - STEP;
          const below = loss();
          list[i] = value;
          sum += ((value * (above - below)) / (2 * STEP)) ** 2;
        }
      }
      return sum;
    });
    await check('taylor_weights', squares);
  });

  it('without BatchNorm bn_scale keeps all; random is the seed alone; no criterion is left out', async () => {
    const indices = [0, 1];
    const scale = await scoreByCriterion(data, model, 'bn_scale', indices);
    expect(scale.raw).to.deep.equal(groups.map(() => Infinity));
    const draw = async (seed: number): Promise<number[]> =>
      (await scoreByCriterion(data, model, 'random', indices, { seed })).raw;
    expect(await draw(1)).to.deep.equal(await draw(1));
    expect(await draw(1)).to.not.deep.equal(await draw(2));
    expect((await draw(1)).every((score) => score >= 0 && score < 1)).to.equal(true);
    let refusal = '';
    try {
      createPruning(model, { criterion: 'magic' });
    } catch (error) {
      refusal = (error as Error).message;
    }
    // The operator lists what it knows.
    const known = refusal.slice(refusal.indexOf('one of')).match(/'\w+'/g)!;
    expect(known.map((name) => name.slice(1, -1)).sort()).to.deep.equal([...CRITERIA].sort());
  });
});
