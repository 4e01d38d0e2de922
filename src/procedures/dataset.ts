// DLDataset: images with class labels, as plain objects with the documented keys. Sources: one folder per class, or
// IDX files. split_dl_dataset: stratified and seeded.
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Random } from '../onnx/random.js';
import { readIdx } from './idx.js';

/** A decoded image: planar bytes, channels * height * width. */
export interface RawImage {
  data: Uint8Array;
  width: number;
  height: number;
  channels: number;
}

export type Split = 'train' | 'validation' | 'test';

export interface DLDatasetSample {
  image_id: number;
  image_label_id: number;
  /** Relative to image_dir. */
  image_file_name?: string;
  /** Images that came without a file of their own. */
  image?: RawImage;
  split?: Split;
}

export interface DLDataset {
  image_dir: string;
  class_names: string[];
  class_ids: number[];
  samples: DLDatasetSample[];
  /** The labels mean nothing. */
  unlabelled?: boolean;
}

export const IMAGE_FORMATS = 'png, jpeg, webp, tiff, gif, avif';
const IMAGE_FILE = /\.(png|jpe?g|webp|tiff?|gif|avif)$/i;
const SPLITS: readonly Split[] = ['train', 'validation', 'test'];
/** Folders that name a split. */
const SPLIT_FOLDERS: Readonly<Record<string, Split>> = {
  train: 'train',
  validation: 'validation',
  val: 'validation',
  valid: 'validation',
  test: 'test',
};

/**
 * read_dl_dataset_classification: every sub-folder of RawImageFolder is a class. With sub-folders train, test (and
 * validation or val) one level above the classes, and no others, the split is taken from them.
 */
export function readDlDatasetClassification(rawImageFolder: string): DLDataset {
  checkFolder(rawImageFolder);
  const idx = findIdxFiles(rawImageFolder);
  if (idx.length > 0) return readDlDatasetIdx(idx, rawImageFolder);
  const top = foldersIn(rawImageFolder);
  const parts = isPresplit(top)
    ? top.map((name) => ({ folder: name, split: SPLIT_FOLDERS[name]! }))
    : [{ folder: '' }];
  const names = new Set(parts.flatMap((part) => foldersIn(join(rawImageFolder, part.folder))));
  const class_names = [...names].sort();
  if (class_names.length < 2) {
    throw new Error(`${rawImageFolder} needs one sub-folder per class, found ${class_names.length}`);
  }
  const samples: DLDatasetSample[] = [];
  for (const part of parts) {
    class_names.forEach((name, label) => {
      const folder = join(part.folder, name);
      if (!existsSync(join(rawImageFolder, folder))) return;
      for (const file of readdirSync(join(rawImageFolder, folder)).sort()) {
        if (!IMAGE_FILE.test(file)) continue;
        const sample: DLDatasetSample = {
          image_id: samples.length + 1,
          image_label_id: label,
          image_file_name: join(folder, file),
        };
        if ('split' in part) sample.split = part.split;
        samples.push(sample);
      }
    });
  }
  if (samples.length === 0)
    throw new Error(`${rawImageFolder} holds no images (${IMAGE_FORMATS}) in its folders ${top.join(', ')}`);
  return { image_dir: rawImageFolder, class_names, class_ids: class_names.map((_, i) => i), samples };
}

/**
 * Images without labels, from a folder and the folders in it. With folders train, test (and validation or val), and
 * no images beside them, the split is taken from these.
 */
export function readDlDatasetUnlabelled(imageFolder: string): DLDataset {
  checkFolder(imageFolder);
  const files = filesBelow(imageFolder).filter((file) => IMAGE_FILE.test(file));
  if (files.length === 0) throw new Error(`${imageFolder} holds no images (${IMAGE_FORMATS})`);
  const presplit = isPresplit([...new Set(files.map((file) => file.split(sep)[0]!))]);
  const samples = files.sort().map((file, i): DLDatasetSample => {
    const sample: DLDatasetSample = { image_id: i + 1, image_label_id: 0, image_file_name: file };
    return presplit ? { ...sample, split: SPLIT_FOLDERS[file.split(sep)[0]!]! } : sample;
  });
  return { image_dir: imageFolder, class_names: [''], class_ids: [0], samples, unlabelled: true };
}

function isPresplit(names: readonly string[]): boolean {
  return names.includes('train') && names.every((name) => Object.hasOwn(SPLIT_FOLDERS, name));
}

export interface IdxPair {
  images: string;
  labels: string;
  split: Split;
}

/** The pairs that a folder holds under their usual names: train-images-idx3-ubyte(.gz), t10k-labels-idx1-ubyte ... */
export function findIdxFiles(folder: string): IdxPair[] {
  const pairs: IdxPair[] = [];
  for (const [prefix, split] of [
    ['train', 'train'],
    ['t10k', 'test'],
    ['test', 'test'],
  ] as const) {
    for (const end of ['', '.gz']) {
      const images = join(folder, `${prefix}-images-idx3-ubyte${end}`);
      const labels = join(folder, `${prefix}-labels-idx1-ubyte${end}`);
      const known = pairs.some((pair) => pair.split === split);
      if (!known && existsSync(images) && existsSync(labels)) pairs.push({ images, labels, split });
    }
  }
  return pairs;
}

export function readDlDatasetIdx(
  pairs: readonly IdxPair[],
  imageDir = '',
  classNames?: readonly string[],
): DLDataset {
  const samples: DLDatasetSample[] = [];
  let classes = classNames?.length ?? 0;
  for (const { images, labels, split } of pairs) {
    const pixels = readIdx(images);
    const ids = readIdx(labels);
    const [count = 0, height = 0, width = 0] = pixels.dims;
    if (pixels.dims.length !== 3 || ids.dims.length !== 1 || ids.dims[0] !== count) {
      throw new Error(
        `${images} and ${labels} do not belong together: ${pixels.dims.join('x')}, ${ids.dims.join('x')}`,
      );
    }
    const size = height * width;
    for (let i = 0; i < count; i++) {
      const data = pixels.data.subarray(i * size, (i + 1) * size);
      const label = ids.data[i]!;
      if (!classNames) classes = Math.max(classes, label + 1);
      else if (label >= classes)
        throw new Error(`${labels}: label ${label} of image ${i}, but ${classes} classes`);
      samples.push({
        image_id: samples.length + 1,
        image_label_id: label,
        image: { data, width, height, channels: 1 },
        split,
      });
    }
  }
  if (samples.length === 0) throw new Error('the IDX files hold no images');
  const class_ids = Array.from({ length: classes }, (_, i) => i);
  return {
    image_dir: imageDir,
    class_names: classNames ? [...classNames] : class_ids.map(String),
    class_ids,
    samples,
  };
}

export interface SplitOptions {
  /** Split again samples that have a split already. */
  overwriteSplit?: boolean;
  seed?: number;
}

/** split_dl_dataset: sets the key 'split' of every sample; the test part gets what the percentages leave. */
export function splitDlDataset(
  DLDataset: DLDataset,
  trainingPercent: number,
  validationPercent: number,
  options: SplitOptions = {},
): void {
  if (!(trainingPercent >= 0) || !(validationPercent >= 0) || trainingPercent + validationPercent > 100) {
    throw new RangeError(
      `training ${trainingPercent} % and validation ${validationPercent} % must not be negative or exceed 100 % together`,
    );
  }
  if (!options.overwriteSplit && DLDataset.samples.some((sample) => sample.split !== undefined)) {
    throw new Error('the dataset is split already; set overwriteSplit to split it again');
  }
  const random = new Random(options.seed ?? 42);
  for (const label of DLDataset.class_ids) {
    const samples = random.shuffle(DLDataset.samples.filter((sample) => sample.image_label_id === label));
    const train = Math.round((samples.length * trainingPercent) / 100);
    const validation = Math.round((samples.length * (trainingPercent + validationPercent)) / 100);
    samples.forEach((sample, i) => {
      sample.split = i < train ? 'train' : i < validation ? 'validation' : 'test';
    });
  }
}

/** Moves a stratified, seeded part of the training samples to 'validation' (datasets that come with train and test). */
export function splitOffValidation(DLDataset: DLDataset, percent: number, seed = 42): void {
  const random = new Random(seed);
  for (const label of DLDataset.class_ids) {
    const samples = findDlSamples(DLDataset, 'train').filter((sample) => sample.image_label_id === label);
    random.shuffle(samples);
    for (const sample of samples.slice(0, Math.round((samples.length * percent) / 100)))
      sample.split = 'validation';
  }
}

/** find_dl_samples, for the key 'split'. */
export function findDlSamples(DLDataset: DLDataset, split: Split): DLDatasetSample[] {
  return DLDataset.samples.filter((sample) => sample.split === split);
}

/** Why there is nothing to do on a split, with the sizes of all of them. */
export function noSamples(data: { indices(split: Split): number[] }, split: string): Error {
  const sizes = SPLITS.map((name) => `${name} ${data.indices(name).length}`).join(', ');
  return new Error(`there is no sample in the split '${split}' (${sizes})`);
}

/** Folder datasets without a split get 80/10/10; datasets without a validation part give up a tenth of their training part. */
export function ensureSplit(DLDataset: DLDataset, seed = 42): void {
  if (DLDataset.samples.every((sample) => sample.split === undefined))
    splitDlDataset(DLDataset, 80, 10, { seed });
  else if (findDlSamples(DLDataset, 'validation').length === 0) splitOffValidation(DLDataset, 10, seed);
}

function checkFolder(path: string): void {
  const exists = existsSync(path);
  if (!exists || !statSync(path).isDirectory())
    throw new Error(`'${path}' ${exists ? 'is a file' : 'does not exist'}; a folder with images is wanted`);
}

/** Links to folders are folders. */
function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && isFolder(join(folder, name)))
    .sort();
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Every file, relative to the folder; a folder that links lead back to is walked once. */
function filesBelow(folder: string, below = '', walked = new Set<string>()): string[] {
  const here = join(folder, below);
  const real = realpathSync(here);
  if (walked.has(real)) return [];
  walked.add(real);
  return readdirSync(here).flatMap((name) => {
    const path = join(below, name);
    return isFolder(join(folder, path)) ? filesBelow(folder, path, walked) : [path];
  });
}
