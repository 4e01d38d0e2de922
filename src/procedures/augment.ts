// Augmentation of training images: mirror left-right and shift, each drawn anew for every use of an image.
import type { Random } from '../onnx/random.js';

export interface Augmentation {
  /** Mirror every second image left-right. */
  mirror?: boolean;
  /** Largest shift in pixels, in both directions; the border is repeated. */
  shift?: number;
}

export function augmentImage(
  pixels: Float32Array,
  width: number,
  height: number,
  channels: number,
  { mirror = false, shift = 0 }: Augmentation,
  random: Random,
): Float32Array {
  const flip = mirror && random.uniform() < 0.5;
  const dx = shift > 0 ? random.integer(2 * shift + 1) - shift : 0;
  const dy = shift > 0 ? random.integer(2 * shift + 1) - shift : 0;
  if (!flip && dx === 0 && dy === 0) return pixels;
  const columns = Int32Array.from({ length: width }, (_, x) => {
    const from = Math.min(Math.max(x - dx, 0), width - 1);
    return flip ? width - 1 - from : from;
  });
  const out = new Float32Array(pixels.length);
  let target = 0;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const row = (c * height + Math.min(Math.max(y - dy, 0), height - 1)) * width;
      for (let x = 0; x < width; x++) out[target++] = pixels[row + columns[x]!]!;
    }
  }
  return out;
}
