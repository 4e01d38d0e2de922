// DLSamples: the dictionaries that the model operators eat.
import { HDict } from '../generated/HDict.js';
import type { HImage } from '../generated/HImage.js';
import type { HTupleLike } from '../htuple/HTuple.js';
import type { Random } from '../onnx/random.js';
import { drawPlacement, placeImage, type Augmentation, type Placement } from './augment.js';
import type { RawImage } from './dataset.js';
import { genPlanarImage } from './planes.js';
import type { PreparedDataset } from './prepared.js';

/** A real image from planar floats [channels, height, width]. */
export function genRealImage(pixels: Float32Array, width: number, height: number, channels: number): HImage {
  if (pixels.length !== width * height * channels) {
    throw new RangeError(
      `${width} x ${height} x ${channels} needs ${width * height * channels} values, not ${pixels.length}`,
    );
  }
  return genPlanarImage('real', pixels, width, height, channels);
}

export function genSample(image: HImage, entries: Readonly<Record<string, HTupleLike>> = {}): HDict {
  const sample = new HDict();
  sample.SetDictObject(image, 'image');
  for (const [key, value] of Object.entries(entries)) sample.SetDictTuple(key, value);
  return sample;
}

export interface Augmenter {
  random: Random;
  augmentation: Augmentation;
}

/** gen_dl_samples: one dictionary per index, with image, image_id and image_label_id. The images must have been read. */
export function genDlSamples(
  data: PreparedDataset,
  sampleIndices: readonly number[],
  augmenter?: Augmenter,
): HDict[] {
  return sampleIndices.map((index) => {
    const placement = augmenter && drawPlacement(augmenter.augmentation, augmenter.random);
    return genDlSample(data, index, placement, augmenter?.augmentation.shift);
  });
}

/** One sample; `decoded` is its image where the dataset does not keep it, `shift` the largest shift of a placement. */
export function genDlSample(
  data: PreparedDataset,
  index: number,
  placement?: Placement,
  shift = 0,
  decoded?: RawImage,
): HDict {
  const { image_width: width, image_height: height } = data.param;
  const { image_id, image_label_id } = data.sample(index);
  let image = data.image(index, placement ? shift : 0, decoded);
  if (placement) image = placeImage(image, width, height, shift, placement);
  const labelled = data.dataset.unlabelled !== true;
  const sample = genSample(image, labelled ? { image_id, image_label_id } : { image_id });
  image.Dispose();
  return sample;
}

export function disposeAll(handles: readonly { Dispose(): void }[]): void {
  for (const handle of handles) handle.Dispose();
}
