// DLSamples: the dictionaries that the model operators eat. Pixels go from the typed array into the image in one
// call (gen_image1 / gen_image3 with pointers).
import { HDict } from '../generated/HDict.js';
import { HImage } from '../generated/HImage.js';
import type { HTupleLike } from '../htuple/HTuple.js';
import { callOperator } from '../runtime/call.js';
import type { HObject } from '../runtime/HObject.js';
import { withPointer } from '../runtime/memory.js';
import { augmentImage, type Augmentation } from './augment.js';
import type { PreparedDataset } from './preprocess.js';
import type { Random } from '../onnx/random.js';

/** A real image from planar floats [channels, height, width]. */
export function genRealImage(pixels: Float32Array, width: number, height: number, channels: number): HImage {
  if (pixels.length !== width * height * channels) {
    throw new RangeError(
      `${width} x ${height} x ${channels} needs ${width * height * channels} values, not ${pixels.length}`,
    );
  }
  return withPointer(pixels, (pointer) => {
    const planes = Array.from({ length: channels }, (_, c) => pointer + BigInt(4 * width * height * c));
    if (channels === 3) {
      const image = new HImage();
      image.GenImage3('real', width, height, planes[0]!, planes[1]!, planes[2]!);
      return image;
    }
    const images = planes.map((plane) => new HImage('real', width, height, plane));
    return images.length === 1 ? images[0]! : joinChannels(images);
  });
}

function joinChannels(images: readonly HImage[]): HImage {
  let tuple: HObject = images[0]!;
  for (const image of images.slice(1)) {
    const longer = callOperator('concat_obj', [tuple, image], [], 1, 0).objects[0]!;
    tuple.Dispose();
    image.Dispose();
    tuple = longer;
  }
  const multichannel = callOperator('channels_to_image', [tuple], [], 1, 0).objects[0]!;
  tuple.Dispose();
  return HImage.fromResult(multichannel);
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

/** gen_dl_samples: one dictionary per index, with image, image_id and image_label_id. */
export function genDlSamples(
  data: PreparedDataset,
  sampleIndices: readonly number[],
  augmenter?: Augmenter,
): HDict[] {
  const { image_width: width, image_height: height, image_num_channels: channels } = data.param;
  return sampleIndices.map((index) => {
    const { image_id, image_label_id } = data.sample(index);
    let pixels = data.pixels(index);
    if (augmenter)
      pixels = augmentImage(pixels, width, height, channels, augmenter.augmentation, augmenter.random);
    const image = genRealImage(pixels, width, height, channels);
    const sample = genSample(image, { image_id, image_label_id });
    image.Dispose();
    return sample;
  });
}

export function disposeAll(handles: readonly { Dispose(): void }[]): void {
  for (const handle of handles) handle.Dispose();
}
