import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import sharp from 'sharp';
import {
  ensureSplit,
  findDlSamples,
  readDlDatasetClassification,
  readDlDatasetUnlabelled,
  readIdx,
  splitDlDataset,
  type DLDataset,
} from '../../src/procedures/index.js';

function idx(dims: number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dims.length);
  header[2] = 8;
  header[3] = dims.length;
  dims.forEach((dim, i) => header.writeUInt32BE(dim, 4 + 4 * i));
  return Buffer.concat([header, data]);
}

function labelled(counts: number[]): DLDataset {
  const samples = counts.flatMap((count, label) =>
    Array.from({ length: count }, () => ({ image_id: 0, image_label_id: label })),
  );
  samples.forEach((sample, i) => (sample.image_id = i + 1));
  const class_ids = counts.map((_, i) => i);
  return { image_dir: '', class_names: class_ids.map(String), class_ids, samples };
}

describe('datasets', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'alcedo-data-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('IDX files, plain and gzipped', () => {
    const images = idx(
      [3, 2, 2],
      Uint8Array.from({ length: 12 }, (_, i) => i),
    );
    const labels = idx([3], Uint8Array.of(1, 0, 2));
    writeFileSync(join(folder, 'train-images-idx3-ubyte.gz'), gzipSync(images));
    writeFileSync(join(folder, 'train-labels-idx1-ubyte'), labels);
    writeFileSync(join(folder, 'train-labels-idx1-ubyte.gz'), gzipSync(labels));
    const dataset = readDlDatasetClassification(folder);
    expect(dataset.class_ids).to.deep.equal([0, 1, 2]);
    expect(dataset.samples.map((sample) => sample.image_label_id)).to.deep.equal([1, 0, 2]);
    expect(dataset.samples[1]!.image!.data).to.deep.equal(Uint8Array.of(4, 5, 6, 7));
    expect(dataset.samples[1]!.split).to.equal('train');
  });

  it('damaged IDX files are errors', () => {
    const file = join(folder, 'file');
    const check = (content: Uint8Array, text: string): void => {
      writeFileSync(file, content);
      expect(() => readIdx(file)).to.throw(Error, text);
    };
    check(new Uint8Array(0), 'not an IDX file');
    check(Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 1, 5), 'unsigned bytes');
    check(Uint8Array.of(0, 0, 8, 3, 0, 0), 'cut off');
    check(idx([5], new Uint8Array(4)), 'needs 5 bytes');
    check(gzipSync(idx([5], new Uint8Array(5))).subarray(0, 20), 'gzip');
    check(idx([2 ** 31, 2 ** 31], new Uint8Array(4)), 'needs');
  });

  it('folders of images, one per class', async () => {
    for (const [name, count] of [
      ['cat', 3],
      ['dog', 2],
    ] as const) {
      mkdirSync(join(folder, name));
      for (let i = 0; i < count; i++) {
        const image = sharp({ create: { width: 4, height: 4, channels: 3, background: '#102030' } });
        await image.png().toFile(join(folder, name, `${i}.png`));
      }
      writeFileSync(join(folder, name, 'notes.txt'), 'no image');
    }
    const dataset = readDlDatasetClassification(folder);
    expect(dataset.class_names).to.deep.equal(['cat', 'dog']);
    expect(dataset.samples.map((sample) => sample.image_label_id)).to.deep.equal([0, 0, 0, 1, 1]);
    expect(dataset.samples[3]!.image_file_name).to.equal(join('dog', '0.png'));
  });

  it('folders that are split already', () => {
    for (const part of ['train', 'test']) {
      for (const name of ['a', 'b']) {
        mkdirSync(join(folder, part, name), { recursive: true });
        writeFileSync(join(folder, part, name, 'x.jpg'), '');
      }
    }
    const dataset = readDlDatasetClassification(folder);
    expect(dataset.class_names).to.deep.equal(['a', 'b']);
    expect(findDlSamples(dataset, 'train').length).to.equal(2);
    expect(findDlSamples(dataset, 'test').length).to.equal(2);
  });

  it('val is a name of the validation part; other folders beside train and test make all of them classes', () => {
    for (const part of ['train', 'val']) {
      mkdirSync(join(folder, part, 'a'), { recursive: true });
      mkdirSync(join(folder, part, 'b'), { recursive: true });
      writeFileSync(join(folder, part, 'a', 'x.jpg'), '');
    }
    expect(readDlDatasetClassification(folder).samples.map(({ split }) => split)).to.deep.equal([
      'train',
      'validation',
    ]);
    expect(readDlDatasetUnlabelled(folder).samples.map(({ split }) => split)).to.deep.equal([
      'train',
      'validation',
    ]);
    mkdirSync(join(folder, 'more'));
    expect(() => readDlDatasetClassification(folder)).to.throw(Error, 'in its folders more, train, val');
    writeFileSync(join(folder, 'more', 'x.jpg'), '');
    expect(readDlDatasetUnlabelled(folder).samples.map(({ split }) => split)).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('links to folders are folders, and may lead in a circle', () => {
    for (const name of ['a', 'c', 'elsewhere']) mkdirSync(join(folder, 'data', name), { recursive: true });
    renameSync(join(folder, 'data', 'elsewhere'), join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'data', 'b'));
    symlinkSync(join(folder, 'data'), join(folder, 'data', 'a', 'back'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'data', 'broken'));
    for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, 'data', name, `${name}.png`), '');
    const dataset = readDlDatasetClassification(join(folder, 'data'));
    expect(dataset.class_names).to.deep.equal(['a', 'b', 'c']);
    expect(dataset.samples.map((sample) => sample.image_label_id)).to.deep.equal([0, 1, 2]);
    expect(readDlDatasetUnlabelled(join(folder, 'data')).samples.length).to.equal(3);
  });

  it('a folder without classes or images is an error', () => {
    expect(() => readDlDatasetClassification(join(folder, 'nowhere'))).to.throw(Error, 'does not exist');
    expect(() => readDlDatasetClassification(folder)).to.throw(Error, 'one sub-folder per class');
    mkdirSync(join(folder, 'a'));
    mkdirSync(join(folder, 'b'));
    expect(() => readDlDatasetClassification(folder)).to.throw(Error, 'no images');
  });

  it('splits are stratified, seeded and complete', () => {
    const split = (seed: number): DLDataset => {
      const dataset = labelled([100, 50, 10]);
      splitDlDataset(dataset, 70, 20, { seed });
      return dataset;
    };
    const dataset = split(1);
    for (const [label, count] of [100, 50, 10].entries()) {
      const of = (part: 'train' | 'validation' | 'test'): number =>
        findDlSamples(dataset, part).filter((sample) => sample.image_label_id === label).length;
      expect([of('train'), of('validation'), of('test')]).to.deep.equal([
        count * 0.7,
        count * 0.2,
        count * 0.1,
      ]);
    }
    expect(split(1)).to.deep.equal(dataset);
    expect(split(2)).to.not.deep.equal(dataset);
    expect(() => splitDlDataset(dataset, 70, 20)).to.throw(Error, 'split already');
    splitDlDataset(dataset, 50, 0, { overwriteSplit: true });
    expect(findDlSamples(dataset, 'test').length).to.equal(80);
    for (const [train, validation] of [
      [-1, 50],
      [60, 50],
      [NaN, 1],
    ] as const) {
      expect(() => splitDlDataset(labelled([4]), train, validation)).to.throw(RangeError);
    }
  });

  it('a validation part is made where none is', () => {
    const dataset = labelled([20, 20]);
    ensureSplit(dataset);
    expect(findDlSamples(dataset, 'train').length).to.equal(32);
    for (const sample of dataset.samples) sample.split = 'train';
    ensureSplit(dataset);
    expect(findDlSamples(dataset, 'validation').length).to.equal(4);
  });
});
