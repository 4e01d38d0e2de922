// Samples that are made beside the steps: order, what is drawn, errors, and what is kept.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { HDict, HImage } from '../../src/index.js';
import { Random } from '../../src/onnx/random.js';
import {
  batchesOf,
  createDlPreprocessParam,
  disposeAll,
  dlSampleBatches,
  genDlSamples,
  openDlDataset,
  preprocessDlDataset,
  type DLDataset,
  type DLPreprocessParam,
  type PreparedDataset,
} from '../../src/procedures/index.js';
import { copyFromPointer } from '../../src/runtime/memory.js';

const SIZE = 16;
const COUNT = 12;

function pixels(sample: HDict): number[] {
  using image = sample.GetDictObject('image');
  using channel = new HImage(image).AccessChannel(1);
  return [...copyFromPointer(channel.GetImagePointer1()[0], new Float32Array(SIZE * SIZE))];
}

describe('samples made beside the steps', () => {
  let folder: string;
  let dataset: DLDataset;
  const param = (): DLPreprocessParam => createDlPreprocessParam(SIZE, SIZE, 3, -127, 128);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'alcedo-stream-'));
    const random = new Random(4);
    for (let i = 0; i < COUNT; i++) {
      // Images of different sizes, so that decoding ends in another order than it began.
      const side = i % 3 === 0 ? 400 : 20;
      const data = Uint8Array.from({ length: side * side * 3 }, () => random.integer(256));
      await sharp(data, { raw: { width: side, height: side, channels: 3 } })
        .png()
        .toFile(join(folder, `${i}.png`));
    }
    dataset = {
      image_dir: folder,
      class_names: ['a', 'b'],
      class_ids: [0, 1],
      samples: Array.from({ length: COUNT }, (_, i) => ({
        image_id: i + 1,
        image_label_id: i % 2,
        image_file_name: `${i}.png`,
      })),
    };
  });

  after(() => rmSync(folder, { recursive: true }));

  const batches = [...batchesOf([...Array(COUNT).keys()].reverse(), 5)];
  const collect = async (data: PreparedDataset, seed?: number, wait = 0): Promise<[number, number[]][]> => {
    const augmentation = { mirror: true, shift: 3 };
    const augmenter = seed === undefined ? undefined : { random: new Random(seed), augmentation };
    const seen: [number, number[]][] = [];
    for await (const samples of dlSampleBatches(data, batches, { augmenter })) {
      for (const sample of samples) seen.push([sample.GetDictTuple('image_id').I, pixels(sample)]);
      disposeAll(samples);
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    }
    return seen;
  };

  it('come in order and equal those of a dataset that was read at once', async () => {
    const seen = await collect(openDlDataset(dataset, param()));
    expect(seen.map(([id]) => id)).to.deep.equal(batches.flat().map((index) => index + 1));
    const whole = await preprocessDlDataset(dataset, param());
    const samples = genDlSamples(whole, batches.flat());
    expect(seen.map(([, values]) => values)).to.deep.equal(samples.map(pixels));
    disposeAll(samples);
  });

  it('are drawn alike however long a step takes and whatever is in memory already', async () => {
    const data = openDlDataset(dataset, param());
    const first = await collect(data, 8);
    expect(await collect(data, 8, 3)).to.deep.equal(first);
    expect(await collect(openDlDataset(dataset, param()), 8, 1)).to.deep.equal(first);
    expect(await collect(data, 9)).to.not.deep.equal(first);
  });

  it('a damaged image names its file, after the batches before it', async () => {
    writeFileSync(join(folder, 'damaged.png'), 'no image');
    const samples = dataset.samples.map((sample, i) =>
      i === 3 ? { ...sample, image_file_name: 'damaged.png' } : sample,
    );
    const data = openDlDataset({ ...dataset, samples }, param());
    let batchesSeen = 0;
    const error = await (async () => {
      for await (const batch of dlSampleBatches(data, batchesOf([0, 1, 2, 3, 4, 5], 2))) {
        batchesSeen++;
        disposeAll(batch);
      }
    })().catch((reason: unknown) => reason);
    expect((error as Error).message).to.contain('damaged.png');
    expect(batchesSeen).to.equal(1);
    const all = await preprocessDlDataset({ ...dataset, samples }, param()).catch(
      (reason: unknown) => reason,
    );
    expect((all as Error).message).to.match(/1 of 12 .*\n.*damaged\.png/);
  });

  it('transparent files lie on white', async () => {
    const half = Uint8Array.from({ length: 8 * 8 * 4 }, (_, i) => [255, 0, 0, 128][i % 4]!);
    await sharp(half, { raw: { width: 8, height: 8, channels: 4 } })
      .png()
      .toFile(join(folder, 'glass.png'));
    const samples = [{ ...dataset.samples[0]!, image_file_name: 'glass.png' }];
    const plane = SIZE * SIZE;
    // Grey: the same on white, 0.2126 of red in linear light.
    for (const wanted of [[255, 127, 127], [165]]) {
      const param = createDlPreprocessParam(SIZE, SIZE, wanted.length, 0, 255);
      const { data: bytes } = await openDlDataset({ ...dataset, samples }, param).decoded(0);
      for (const [channel, grey] of wanted.entries())
        expect(bytes[channel * plane + 40]).to.be.closeTo(grey, 1);
    }
  });

  it('an image that was not read is not made up', () => {
    const data = openDlDataset(dataset, param());
    expect(() => genDlSamples(data, [2])).to.throw(Error, '2.png has not been read');
  });

  it('as many files are decoded at a time as processors are left by the step', async () => {
    const data = openDlDataset(dataset, param());
    let running = 0;
    let most = 0;
    const decode = data.decoded.bind(data);
    data.decoded = async (index) => {
      most = Math.max(most, ++running);
      try {
        return await decode(index);
      } finally {
        running--;
      }
    };
    await collect(data);
    expect(most).to.equal(Math.max(1, availableParallelism() - 1));
  });

  it('a loop that ends early leaves no samples behind', async () => {
    const data = openDlDataset(dataset, param());
    let alive = 0;
    const { SetDictObject, Dispose } = HDict.prototype;
    HDict.prototype.SetDictObject = function (...args) {
      alive++;
      SetDictObject.apply(this, args);
    };
    HDict.prototype.Dispose = function () {
      alive--;
      Dispose.apply(this);
    };
    try {
      for await (const samples of dlSampleBatches(data, batchesOf([0, 1, 2, 3], 1), { ahead: 3 })) {
        expect(alive).to.be.greaterThan(0);
        disposeAll(samples);
        break;
      }
      // Those that were in the making are disposed of when they are done.
      await Promise.all([1, 2, 3].map((index) => data.decoded(index)));
      for (let i = 0; i < 200 && alive > 0; i++) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(alive).to.equal(0);
    } finally {
      Object.assign(HDict.prototype, { SetDictObject, Dispose });
    }
  });
});
