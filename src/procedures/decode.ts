// A sample's image as planar bytes in the model's size and number of channels. Files are decoded by sharp, outside
// the JavaScript thread, and stand upright as their EXIF orientation says: who labelled them saw them so.
import { join } from 'node:path';
import type { OutputInfo } from 'sharp';
import { IMAGE_FORMATS, type DLDataset, type DLDatasetSample, type RawImage } from './dataset.js';
import { planarFromRgb } from './planes.js';
import type { DLPreprocessParam } from './preprocess.js';

/** Errors name the file. */
export async function decodeImage(
  dataset: DLDataset,
  sample: DLDatasetSample,
  param: DLPreprocessParam,
): Promise<RawImage> {
  try {
    return stretch(await load(dataset, sample, param), param);
  } catch (error) {
    const name = sample.image_file_name ?? `image ${sample.image_id}`;
    throw new Error(`${name}: ${explained((error as Error).message)}`, { cause: error });
  }
}

function explained(text: string): string {
  const message = text.trim().replace(/\s*\n\s*/g, '; ');
  if (message.includes('unsupported image format')) return `no image of a known format (${IMAGE_FORMATS})`;
  if (/libpng|premature end|treated as error/i.test(message)) return `damaged or cut off (${message})`;
  return message.replace(/^Input file is missing.*/, 'there is no such file');
}

async function load(
  dataset: DLDataset,
  sample: DLDatasetSample,
  param: DLPreprocessParam,
): Promise<RawImage> {
  const { image_width: width, image_height: height, image_num_channels: channels } = param;
  const raw = sample.image;
  const fits = raw?.width === width && raw.height === height;
  if (fits && (raw.channels === channels || raw.channels === 1)) return raw;
  if (channels !== 1 && channels !== 3)
    throw new Error(`an image has 1 or 3 channels, the network wants ${channels}`);
  const { default: sharp } = await import('sharp');
  const decode = (opaque: boolean): Promise<{ data: Buffer; info: OutputInfo }> => {
    let source = raw
      ? sharp(interleave(raw), {
          raw: { width: raw.width, height: raw.height, channels: raw.channels as 1 | 3 },
        })
      : sharp(join(dataset.image_dir, sample.image_file_name!)).autoOrient();
    if (!opaque) source = source.flatten({ background: '#ffffff' });
    return source
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .resize(width, height, { fit: 'fill' })
      .raw()
      .toBuffer({ resolveWithObject: true });
  };
  // Few files are transparent, and of a colour image the result tells; a grey result has lost its alpha.
  let { data, info } = await decode(channels !== 1);
  if (info.channels === 2 || info.channels === 4) ({ data, info } = await decode(false));
  if (info.channels === 1) return { data: new Uint8Array(data), width, height, channels: 1 };
  if (channels === 1 || info.channels < 3)
    throw new Error(`found ${info.channels} channels, wanted ${channels}`);
  return { data: planarFromRgb(data, width, height, info.channels as 3 | 4), width, height, channels: 3 };
}

function interleave(image: RawImage): Uint8Array {
  if (image.channels === 1) return image.data;
  const plane = image.width * image.height;
  const out = new Uint8Array(plane * image.channels);
  for (let c = 0; c < image.channels; c++) {
    for (let i = 0; i < plane; i++) out[i * image.channels + c] = image.data[c * plane + i]!;
  }
  return out;
}

/** 'all_channels' and 'first_channel': the image's own (or its first channel's) darkest and brightest become 0 and 255. */
function stretch(image: RawImage, param: DLPreprocessParam): RawImage {
  const kind = param.normalization_type;
  if (kind !== 'all_channels' && kind !== 'first_channel') return image;
  const looked = kind === 'first_channel' ? image.data.subarray(0, image.width * image.height) : image.data;
  let low = 255;
  let high = 0;
  for (const grey of looked) {
    if (grey < low) low = grey;
    if (grey > high) high = grey;
  }
  const scale = high > low ? 255 / (high - low) : 0;
  const table = Uint8ClampedArray.from({ length: 256 }, (_, grey) => (grey - low) * scale);
  return { ...image, data: image.data.map((grey) => table[grey]!) };
}
