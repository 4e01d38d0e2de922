import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Random } from '../../src/onnx/random.js';
import {
  Progress,
  createDlPreprocessParam,
  drawPlacement,
  evaluationMeasures,
  formatTime,
  parseSchedule,
  placeImage,
  preprocessDlDataset,
  replaceFile,
  scheduleFactor,
  writeFileWhole,
  type DLDataset,
  type DLPreprocessParam,
  type Placement,
  type PreparedDataset,
} from '../../src/procedures/index.js';
import { copyFromPointer } from '../../src/runtime/memory.js';

function oneImage(data: Uint8Array, width: number, height: number, channels: number): DLDataset {
  const image = { data, width, height, channels };
  return {
    image_dir: '',
    class_names: ['a'],
    class_ids: [0],
    samples: [{ image_id: 1, image_label_id: 0, image }],
  };
}

describe('preprocessing', () => {
  const grey = Uint8Array.of(0, 51, 102, 255);
  const pixels = async (param: DLPreprocessParam, data = grey, channels = 1): Promise<number[]> =>
    Array.from((await preprocessDlDataset(oneImage(data, 2, 2, channels), param)).pixels(0), (value) =>
      Number(value.toFixed(4)),
    );

  it('maps 0..255 to the range', async () => {
    expect(await pixels(createDlPreprocessParam(2, 2, 1, -127, 128))).to.deep.equal([-127, -76, -25, 128]);
    expect(await pixels(createDlPreprocessParam(2, 2, 1, 0, 1))).to.deep.equal([0, 0.2, 0.4, 1]);
  });

  it('repeats grey images for three channels', async () => {
    const out = await pixels(createDlPreprocessParam(2, 2, 3, 0, 255));
    expect(out).to.deep.equal([...grey, ...grey, ...grey]);
  });

  it('takes mean and deviation per channel', async () => {
    const param = createDlPreprocessParam(2, 2, 3, 0, 1, 'constant_values', [0, 51, 102], [1, 2, 51]);
    expect((await pixels(param)).slice(8)).to.deep.equal([-2, -1, 0, 3]);
    expect(() => createDlPreprocessParam(2, 2, 3, 0, 1, 'constant_values', [0], [1])).to.throw(
      RangeError,
      '3 mean',
    );
    expect(() => createDlPreprocessParam(2, 2, 1, 0, 1, 'constant_values', [0], [0])).to.throw(
      RangeError,
      'positive',
    );
  });

  it('stretches the grey values of the image itself', async () => {
    const narrow = Uint8Array.of(100, 110, 120, 150);
    expect(await pixels(createDlPreprocessParam(2, 2, 1, 0, 255, 'all_channels'), narrow)).to.deep.equal([
      0, 51, 102, 255,
    ]);
  });

  it('resizes and converts colour to grey', async () => {
    const red = new Uint8Array(48).fill(0);
    red.fill(255, 0, 16);
    const data = await preprocessDlDataset(oneImage(red, 4, 4, 3), createDlPreprocessParam(2, 2, 1, 0, 255));
    const [first, ...rest] = data.pixels(0);
    expect(first).to.be.within(40, 140);
    for (const value of rest) expect(value).to.equal(first);
    const colour = await preprocessDlDataset(
      oneImage(red, 4, 4, 3),
      createDlPreprocessParam(2, 2, 3, 0, 255),
    );
    expect([...colour.pixels(0)]).to.deep.equal([255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('names files that cannot be read', async () => {
    const dataset = oneImage(grey, 2, 2, 1);
    dataset.samples[0] = { image_id: 1, image_label_id: 0, image_file_name: 'nowhere.png' };
    const failed = await preprocessDlDataset(dataset, createDlPreprocessParam(2, 2, 1)).catch(
      (error: unknown) => error,
    );
    expect((failed as Error).message)
      .to.contain('1 of 1')
      .and.to.contain('nowhere.png');
  });

  it('refuses impossible parameters', () => {
    expect(() => createDlPreprocessParam(0, 2, 1)).to.throw(RangeError, 'imageWidth');
    expect(() => createDlPreprocessParam(2, 2.5, 1)).to.throw(RangeError, 'imageHeight');
    expect(() => createDlPreprocessParam(2, 2, 1, 5, 5)).to.throw(RangeError, 'empty');
  });
});

describe('augmentation', () => {
  const [width, height] = [5, 4];
  const data = Uint8Array.from({ length: width * height }, (_, i) => 10 * i);
  const prepared = (): Promise<PreparedDataset> =>
    preprocessDlDataset(oneImage(data, width, height, 1), createDlPreprocessParam(width, height, 1, 0, 255));
  const placed = async (shift: number, placement: Placement): Promise<number[]> => {
    using image = placeImage((await prepared()).image(0, shift), width, height, shift, placement);
    const channel = image.GetImagePointer1();
    return [...copyFromPointer(channel[0], new Float32Array(width * height))];
  };
  // What is meant, pixel by pixel: the moved image repeats its border, a mirrored one is mirrored first.
  const wanted = ({ flip, dx, dy }: Placement): number[] =>
    Array.from(data, (_, i) => {
      const clamp = (value: number, size: number): number => Math.min(Math.max(value, 0), size - 1);
      const x = clamp((i % width) - dx, width);
      return data[clamp(Math.floor(i / width) - dy, height) * width + (flip ? width - 1 - x : x)]!;
    });

  it('mirrors and moves with repeated borders', async () => {
    for (const flip of [false, true]) {
      for (const [dx, dy] of [
        [0, 0],
        [2, -1],
        [-2, 2],
        [-1, 0],
      ] as const) {
        const placement = { flip, dx, dy };
        expect(await placed(2, placement), JSON.stringify(placement)).to.deep.equal(wanted(placement));
      }
      expect(await placed(0, { flip, dx: 0, dy: 0 })).to.deep.equal(wanted({ flip, dx: 0, dy: 0 }));
    }
  });

  it('draws within the limits', () => {
    const random = new Random(5);
    const drawn = Array.from({ length: 60 }, () => drawPlacement({ mirror: true, shift: 1 }, random));
    for (const key of ['dx', 'dy'] as const) {
      expect([...new Set(drawn.map((one) => one[key]))].sort()).to.deep.equal([-1, 0, 1]);
    }
    expect(new Set(drawn.map(({ flip }) => flip)).size).to.equal(2);
    expect(drawPlacement({}, random)).to.deep.equal({ flip: false, dx: 0, dy: 0 });
  });
});

describe('schedules', () => {
  it('step and cosine', () => {
    const step = parseSchedule('step:0.5,0.75');
    expect([0, 0.4, 0.5, 0.8].map((part) => scheduleFactor(step, part))).to.deep.equal([1, 1, 0.1, 0.1 ** 2]);
    const cosine = parseSchedule('cosine:0.1');
    expect(scheduleFactor(cosine, 0.05)).to.equal(0.5);
    expect(scheduleFactor(cosine, 0.1)).to.equal(1);
    expect(scheduleFactor(cosine, 0.55)).to.be.closeTo(0.5, 1e-12);
    expect(scheduleFactor(cosine, 1)).to.be.closeTo(0, 1e-12);
    expect(scheduleFactor(parseSchedule('constant'), 0.7)).to.equal(1);
    for (const text of [
      'linear',
      'step:a',
      'cosine:2',
      'constant:1',
      'cosine:0.1,0.2',
      'step:0.5,',
      'step:0.5:0.75',
    ]) {
      expect(() => parseSchedule(text), text).to.throw(Error, 'no schedule');
    }
  });
});

describe('evaluation measures', () => {
  it('confusion matrix, precision, recall, f-score', () => {
    const result = evaluationMeasures(
      [1, 1, 1, 2, 2, 3],
      [1, 1, 2, 2, 1, 3],
      [1, 2, 3, 4],
      ['a', 'b', 'c', 'd'],
    );
    expect(result.absolute_confusion_matrix).to.deep.equal([
      [2, 1, 0, 0],
      [1, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 0],
    ]);
    expect(result.accuracy).to.be.closeTo(4 / 6, 1e-12);
    expect(result.top1_error).to.be.closeTo(2 / 6, 1e-12);
    expect(result.classes[0]!.precision).to.be.closeTo(2 / 3, 1e-12);
    expect(result.classes[1]!.recall).to.equal(0.5);
    expect(result.mean_recall).to.be.closeTo((2 / 3 + 0.5 + 1) / 3, 1e-12);
    expect(() => evaluationMeasures([9], [1], [1], ['a'])).to.throw(RangeError, 'class id 9');
  });
});

describe('progress', () => {
  it('plain lines, now and then, with rate and remaining time', () => {
    const lines: string[] = [];
    let now = 0;
    const progress = new Progress('work', 100, 'images', {
      sink: { write: (text) => lines.push(text) },
      now: () => now,
      interval: 5,
    });
    for (let i = 1; i <= 20; i++) {
      now = i;
      progress.update(i * 5);
    }
    progress.finish('done');
    expect(lines.length).to.equal(5);
    expect(lines[0]).to.equal('work: 25/100 images 25%  5.00/s  ETA 15 s\n');
    expect(lines.at(-1)).to.equal('work: 100 images in 20 s (5.00 images/s)  done\n');
  });

  it('one live line on a terminal', () => {
    const lines: string[] = [];
    let now = 0;
    const sink = { write: (text: string) => lines.push(text), isTTY: true, columns: 30 };
    const progress = new Progress('work', 10, 'images', { sink, now: () => now });
    now = 1;
    progress.update(5);
    progress.finish();
    expect(lines[0]!.startsWith('\r\x1b[2K')).to.equal(true);
    expect(lines[0]!.length).to.be.lessThan(35);
    expect(lines[1]!.endsWith('\n')).to.equal(true);
    expect(formatTime(3700)).to.equal('1 h 1 min');
    expect(formatTime(NaN)).to.equal('?');
  });
});

describe('files', () => {
  it('are whole or not there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'alcedo-files-'));
    try {
      const file = join(folder, 'new', 'a.json');
      writeFileWhole(file, 'one');
      expect(readFileSync(file, 'utf8')).to.equal('one');
      const fail = (): void =>
        replaceFile(file, (temporary) => {
          writeFileSync(temporary, 'half');
          throw new Error('no space');
        });
      expect(fail).to.throw(Error, 'no space');
      expect(readFileSync(file, 'utf8')).to.equal('one');
      expect(readdirSync(join(folder, 'new'))).to.deep.equal(['a.json']);
      expect(existsSync(join(folder, 'new', 'a.json'))).to.equal(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
