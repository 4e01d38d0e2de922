// A dataset in network-ready form. Decoded bytes are kept while they fit into memory; the network's real images
// (made from them by operators) are kept too while those are small.
import { HImage } from '../generated/HImage.js';
import type { DLDataset, DLDatasetSample, RawImage, Split } from './dataset.js';
import { decodeImage } from './decode.js';
import { extendPlanes, genPlanarImage, realPixels, scaleChannels } from './planes.js';
import type { DLPreprocessParam } from './preprocess.js';

/** Largest sum of the decoded images that are kept, and of the real ones. */
export const DECODED_BYTES = 2 ** 31;
const REAL_BYTES = 2 ** 30;

export class PreparedDataset {
  readonly #decoded: (RawImage | undefined)[];
  readonly #real: ({ border: number; image: HImage } | undefined)[] = [];
  #decodedBytes = 0;
  /** Values per sample. */
  readonly size: number;

  /** Images that are not given are read when they are asked for. */
  constructor(
    readonly dataset: DLDataset,
    readonly param: DLPreprocessParam,
    images: readonly (RawImage | undefined)[] = [],
  ) {
    this.size = param.image_width * param.image_height * param.image_num_channels;
    this.#decoded = [...images];
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

  /** The sample's decoded image, read now if it is not in memory. */
  async decoded(index: number): Promise<RawImage> {
    const kept = this.#decoded[index];
    if (kept) return kept;
    const image = await decodeImage(this.dataset, this.sample(index), this.param);
    if (this.#decodedBytes + image.data.length <= DECODED_BYTES) {
      this.#decodedBytes += image.data.length;
      this.#decoded[index] = image;
    }
    return image;
  }

  /** The sample's image as the network takes it, with its border pixels repeated `border` times; to be disposed of. */
  image(index: number, border = 0, decoded = this.#decoded[index]): HImage {
    const kept = this.#real[index];
    if (kept?.border === border) return new HImage(kept.image);
    if (!decoded) {
      const name = this.sample(index).image_file_name ?? `sample ${index}`;
      throw new Error(
        `${name} has not been read: use dlSampleBatches, or preprocessDlDataset instead of openDlDataset`,
      );
    }
    const image = networkImage(decoded, this.param, border);
    if (this.size * 4 * this.dataset.samples.length <= REAL_BYTES) {
      kept?.image.Dispose();
      this.#real[index] = { border, image: new HImage(image) };
    }
    return image;
  }

  /** The pixels of image(), planar. */
  pixels(index: number): Float32Array {
    const { image_width: width, image_height: height, image_num_channels: channels } = this.param;
    using image = this.image(index);
    return realPixels(image, width, height, channels);
  }
}

function networkImage(decoded: RawImage, param: DLPreprocessParam, border: number): HImage {
  const { width, height } = decoded;
  const pixels = border > 0 ? extendPlanes(decoded.data, width, height, border) : decoded.data;
  const channels = param.image_num_channels;
  using bytes = genPlanarImage('byte', pixels, width + 2 * border, height + 2 * border, channels);
  using real = bytes.ConvertImageType('real');
  if (param.normalization_type !== 'constant_values') {
    const scale = (param.image_range_max - param.image_range_min) / 255;
    if (scale === 1 && param.image_range_min === 0) return new HImage(real);
    return real.ScaleImage(scale, param.image_range_min);
  }
  const deviation = param.deviation_values_normalization!;
  const mean = param.mean_values_normalization!;
  return scaleChannels(
    real,
    deviation.map((value) => 1 / value),
    mean.map((value, c) => -value / deviation[c]!),
  );
}
