// Preprocessing as documented: resize, number of channels, grey values 0..255 mapped to the model's range. Files are
// decoded by sharp once and kept as bytes in the model's size; the float form is kept too while it is small.
import type { HDlModel } from '../generated/HDlModel.js';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { DLDataset, DLDatasetSample, RawImage, Split } from './dataset.js';
import { Progress, type ProgressOptions } from './progress.js';

export type NormalizationType = 'none' | 'all_channels' | 'first_channel' | 'constant_values';

export interface DLPreprocessParam {
  image_width: number;
  image_height: number;
  image_num_channels: number;
  image_range_min: number;
  image_range_max: number;
  normalization_type: NormalizationType;
  /** 'constant_values': (grey value - mean) / deviation per channel, in place of the range. */
  mean_values_normalization?: readonly number[];
  deviation_values_normalization?: readonly number[];
}

export function createDlPreprocessParam(
  imageWidth: number,
  imageHeight: number,
  imageNumChannels: number,
  imageRangeMin = -127,
  imageRangeMax = 128,
  normalizationType: NormalizationType = 'none',
  meanValues?: readonly number[],
  deviationValues?: readonly number[],
): DLPreprocessParam {
  for (const [name, value] of Object.entries({ imageWidth, imageHeight, imageNumChannels })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${name} must be a positive integer, not ${value}`);
  }
  if (!(imageRangeMin < imageRangeMax)) {
    throw new RangeError(`the grey value range ${imageRangeMin} .. ${imageRangeMax} is empty`);
  }
  const param: DLPreprocessParam = {
    image_width: imageWidth,
    image_height: imageHeight,
    image_num_channels: imageNumChannels,
    image_range_min: imageRangeMin,
    image_range_max: imageRangeMax,
    normalization_type: normalizationType,
  };
  if (normalizationType === 'constant_values') {
    if (meanValues?.length !== imageNumChannels || deviationValues?.length !== imageNumChannels) {
      throw new RangeError(`constant_values needs ${imageNumChannels} mean and deviation values`);
    }
    if (deviationValues.some((value) => !(value > 0)))
      throw new RangeError('deviation values must be positive');
    param.mean_values_normalization = meanValues;
    param.deviation_values_normalization = deviationValues;
  }
  return param;
}

/** create_dl_preprocess_param_from_model: size, channels and range as the model states them. */
export function createDlPreprocessParamFromModel(
  DLModelHandle: HDlModel,
  normalizationType: NormalizationType = 'none',
  meanValues?: readonly number[],
  deviationValues?: readonly number[],
): DLPreprocessParam {
  const number = (name: string): number => DLModelHandle.GetDlModelParam(name).D;
  return createDlPreprocessParam(
    number('image_width'),
    number('image_height'),
    number('image_num_channels'),
    number('image_range_min'),
    number('image_range_max'),
    normalizationType,
    meanValues,
    deviationValues,
  );
}

const CACHE_BYTES = 2 ** 30;
const FAILURES_NAMED = 5;

/** A dataset in network-ready form: one Float32Array [channels, height, width] per sample. */
export class PreparedDataset {
  readonly #images: RawImage[];
  readonly #tables: Float32Array[];
  readonly #cache: (Float32Array | undefined)[] | undefined;
  readonly size: number;

  constructor(
    readonly dataset: DLDataset,
    readonly param: DLPreprocessParam,
    images: RawImage[],
  ) {
    this.size = param.image_width * param.image_height * param.image_num_channels;
    this.#images = images;
    this.#tables = Array.from({ length: param.image_num_channels }, (_, c) => greyTable(param, c));
    if (images.length * this.size * 4 <= CACHE_BYTES)
      this.#cache = new Array<Float32Array | undefined>(images.length);
  }

  /** Positions of the samples of a split. */
  indices(split: Split): number[] {
    const found: number[] = [];
    this.dataset.samples.forEach((sample, i) => {
      if (sample.split === split) found.push(i);
    });
    return found;
  }

  sample(index: number): DLDatasetSample {
    return this.dataset.samples[index]!;
  }

  /** The sample's pixels; shared, not to be changed. */
  pixels(index: number): Float32Array {
    const cached = this.#cache?.[index];
    if (cached) return cached;
    const pixels = normalizeImage(this.#images[index]!, this.param, this.#tables);
    if (this.#cache) this.#cache[index] = pixels;
    return pixels;
  }
}

/** preprocess_dl_dataset, in memory. */
export async function preprocessDlDataset(
  DLDataset: DLDataset,
  DLPreprocessParam: DLPreprocessParam,
  display: ProgressOptions | false = false,
): Promise<PreparedDataset> {
  const { samples } = DLDataset;
  const images = new Array<RawImage>(samples.length);
  const files = samples.filter((sample) => sample.image === undefined).length;
  const progress =
    display && files > 0 ? new Progress('reading', samples.length, 'images', display) : undefined;
  const failures: string[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < samples.length) {
      const index = next++;
      try {
        images[index] = await loadImage(DLDataset, samples[index]!, DLPreprocessParam);
      } catch (error) {
        failures.push(`${samples[index]!.image_file_name ?? index}: ${(error as Error).message}`);
      }
      progress?.update(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, cpus().length) }, work));
  if (failures.length > 0) {
    progress?.stop();
    const named = failures.slice(0, FAILURES_NAMED).join('\n  ');
    throw new Error(`${failures.length} of ${samples.length} images cannot be read:\n  ${named}`);
  }
  progress?.finish();
  return new PreparedDataset(DLDataset, DLPreprocessParam, images);
}

async function loadImage(
  dataset: DLDataset,
  sample: DLDatasetSample,
  param: DLPreprocessParam,
): Promise<RawImage> {
  const { image_width: width, image_height: height, image_num_channels: channels } = param;
  const raw = sample.image;
  if (
    raw &&
    raw.width === width &&
    raw.height === height &&
    (raw.channels === channels || raw.channels === 1)
  ) {
    return raw;
  }
  const { default: sharp } = await import('sharp');
  const source = raw
    ? sharp(interleave(raw), {
        raw: { width: raw.width, height: raw.height, channels: raw.channels as 1 | 3 },
      })
    : sharp(join(dataset.image_dir, sample.image_file_name!));
  const { data, info } = await source
    .flatten({ background: '#ffffff' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .resize(width, height, { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return planar(data, width, height, Math.min(info.channels, channels === 1 ? 1 : 3), info.channels);
}

function planar(data: Uint8Array, width: number, height: number, channels: number, stride: number): RawImage {
  const plane = width * height;
  const out = new Uint8Array(plane * channels);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < plane; i++) out[c * plane + i] = data[i * stride + c]!;
  }
  return { data: out, width, height, channels };
}

function interleave(image: RawImage): Uint8Array {
  const plane = image.width * image.height;
  const out = new Uint8Array(plane * image.channels);
  for (let c = 0; c < image.channels; c++) {
    for (let i = 0; i < plane; i++) out[i * image.channels + c] = image.data[c * plane + i]!;
  }
  return out;
}

/** Grey value -> input value of one channel; for the types that look at the image, the value is replaced per image. */
function greyTable(param: DLPreprocessParam, channel: number): Float32Array {
  const mean = param.mean_values_normalization?.[channel] ?? 0;
  const deviation = param.deviation_values_normalization?.[channel] ?? 1;
  const constant = param.normalization_type === 'constant_values';
  const scale = (param.image_range_max - param.image_range_min) / 255;
  return Float32Array.from({ length: 256 }, (_, grey) =>
    constant ? (grey - mean) / deviation : param.image_range_min + grey * scale,
  );
}

function normalizeImage(
  image: RawImage,
  param: DLPreprocessParam,
  tables: readonly Float32Array[],
): Float32Array {
  const plane = image.width * image.height;
  const out = new Float32Array(plane * param.image_num_channels);
  const source = stretch(image, param, plane);
  for (let c = 0; c < param.image_num_channels; c++) {
    const table = tables[c]!;
    const from = image.channels === 1 ? 0 : c * plane;
    const to = c * plane;
    for (let i = 0; i < plane; i++) out[to + i] = table[source[from + i]!]!;
  }
  return out;
}

/** 'all_channels' and 'first_channel': the image's own (or its first channel's) darkest and brightest become 0 and 255. */
function stretch(image: RawImage, param: DLPreprocessParam, plane: number): Uint8Array {
  const kind = param.normalization_type;
  if (kind !== 'all_channels' && kind !== 'first_channel') return image.data;
  const looked = kind === 'first_channel' ? image.data.subarray(0, plane) : image.data;
  let low = 255;
  let high = 0;
  for (const grey of looked) {
    if (grey < low) low = grey;
    if (grey > high) high = grey;
  }
  const scale = high > low ? 255 / (high - low) : 0;
  return Uint8ClampedArray.from(image.data, (grey) => (grey - low) * scale) as unknown as Uint8Array;
}
