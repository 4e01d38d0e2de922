// Between typed arrays and images: pixels cross in one call per image or channel, never one by one.
import { HImage } from '../generated/HImage.js';
import { HTuple } from '../htuple/HTuple.js';
import { callOperator } from '../runtime/call.js';
import type { HObject } from '../runtime/HObject.js';
import { copyFromPointer, withPointer } from '../runtime/memory.js';

/** An image from planar pixels. A single plane serves for all channels. */
export function genPlanarImage(
  type: 'byte' | 'real',
  pixels: Uint8Array | Float32Array,
  width: number,
  height: number,
  channels: number,
): HImage {
  const plane = width * height;
  if (pixels.length !== plane && pixels.length !== plane * channels)
    throw new RangeError(
      `${width} x ${height} x ${channels} needs ${plane * channels} values, not ${pixels.length}`,
    );
  const stride = pixels.length === plane ? 0 : plane * pixels.BYTES_PER_ELEMENT;
  return withPointer(pixels, (pointer) => {
    const planes = Array.from({ length: channels }, (_, c) => pointer + BigInt(stride * c));
    if (channels === 3) {
      const image = new HImage();
      image.GenImage3(type, width, height, planes[0]!, planes[1]!, planes[2]!);
      return image;
    }
    const images = planes.map((one) => new HImage(type, width, height, one));
    return images.length === 1 ? images[0]! : joinChannels(images);
  });
}

/** Planar bytes from pixels whose three channels lie side by side. */
export function planarFromRgb(pixels: Uint8Array, width: number, height: number, stride: 3 | 4): Uint8Array {
  using image = new HImage();
  withPointer(pixels, (pointer) => {
    const format = stride === 3 ? 'rgb' : 'rgbx';
    image.GenImageInterleaved(pointer, format, width, height, -1, 'byte', 0, 0, 0, 0, -1, 0);
  });
  const out = new Uint8Array(3 * width * height);
  image
    .GetImagePointer3()
    .slice(0, 3)
    .forEach((plane, c) => copyPlane(plane as bigint, out, c, width * height));
  return out;
}

/** The pixels of a real image, planar. */
export function realPixels(image: HImage, width: number, height: number, channels: number): Float32Array {
  const out = new Float32Array(width * height * channels);
  for (let c = 0; c < channels; c++) {
    using channel = image.AccessChannel(c + 1);
    copyPlane(channel.GetImagePointer1()[0], out, c, width * height);
  }
  return out;
}

/** g * mult + add, with numbers of its own for every channel. */
export function scaleChannels(image: HImage, mult: readonly number[], add: readonly number[]): HImage {
  const scaled = mult.map((factor, c) => {
    using channel = image.AccessChannel(c + 1);
    return channel.ScaleImage(HTuple.real(factor), HTuple.real(add[c]!));
  });
  return scaled.length === 1 ? scaled[0]! : joinChannels(scaled);
}

/** The image with its border pixels repeated `border` times to all sides (planar bytes). */
export function extendPlanes(pixels: Uint8Array, width: number, height: number, border: number): Uint8Array {
  const wide = width + 2 * border;
  const high = height + 2 * border;
  const out = new Uint8Array((pixels.length / (width * height)) * wide * high);
  for (let row = 0, to = 0; row < pixels.length; row += width * height) {
    for (let y = -border; y < height + border; y++, to += wide) {
      const from = row + Math.min(Math.max(y, 0), height - 1) * width;
      out.fill(pixels[from]!, to, to + border);
      out.set(pixels.subarray(from, from + width), to + border);
      out.fill(pixels[from + width - 1]!, to + border + width, to + wide);
    }
  }
  return out;
}

function copyPlane(pointer: bigint, target: Uint8Array | Float32Array, channel: number, plane: number): void {
  copyFromPointer(pointer, target.subarray(channel * plane, (channel + 1) * plane));
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
