// Augmentation of training images: mirror left-right and shift, each drawn anew for every use of an image.
import type { HImage } from '../generated/HImage.js';
import type { Random } from '../onnx/random.js';

export interface Augmentation {
  /** Mirror every second image left-right. */
  mirror?: boolean;
  /** Largest shift in pixels, in both directions; the border is repeated. */
  shift?: number;
}

/** What was drawn for one use of an image. */
export interface Placement {
  flip: boolean;
  dx: number;
  dy: number;
}

export function drawPlacement({ mirror = false, shift = 0 }: Augmentation, random: Random): Placement {
  const flip = mirror && random.uniform() < 0.5;
  const dx = shift > 0 ? random.integer(2 * shift + 1) - shift : 0;
  const dy = shift > 0 ? random.integer(2 * shift + 1) - shift : 0;
  return { flip, dx, dy };
}

/** The image moved (and mirrored) within a border of repeated pixels, which is cut off; takes over `image`. */
export function placeImage(
  image: HImage,
  width: number,
  height: number,
  border: number,
  { flip, dx, dy }: Placement,
): HImage {
  let placed = image;
  const become = (next: HImage): void => {
    placed.Dispose();
    placed = next;
  };
  if (border > 0) become(placed.CropPart(border - dy, border - (flip ? -dx : dx), width, height));
  if (flip) become(placed.MirrorImage('column'));
  return placed;
}
