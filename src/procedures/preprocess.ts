// Preprocessing as documented: resize, number of channels, grey values 0..255 mapped to the model's range.
import type { HDlModel } from '../generated/HDlModel.js';
import { availableParallelism } from 'node:os';
import type { DLDataset, RawImage } from './dataset.js';
import { decodeImage } from './decode.js';
import { DECODED_BYTES, PreparedDataset } from './prepared.js';
import { Progress, type ProgressOptions } from './progress.js';

export { PreparedDataset } from './prepared.js';

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

const FAILURES_NAMED = 5;

/**
 * preprocess_dl_dataset: every image is read now, so that all damaged files are named at once. Datasets whose decoded
 * images would not fit into memory are opened as by openDlDataset.
 */
export async function preprocessDlDataset(
  DLDataset: DLDataset,
  DLPreprocessParam: DLPreprocessParam,
  display: ProgressOptions | false = false,
): Promise<PreparedDataset> {
  const { samples } = DLDataset;
  const { image_width: width, image_height: height, image_num_channels: channels } = DLPreprocessParam;
  const files = samples.filter((sample) => sample.image === undefined).length;
  const resized = samples.filter(({ image }) => image?.width !== width || image.height !== height).length;
  if (resized * width * height * channels > DECODED_BYTES) return openDlDataset(DLDataset, DLPreprocessParam);
  const images = new Array<RawImage>(samples.length);
  const progress =
    display && files > 0 ? new Progress('reading', samples.length, 'images', display) : undefined;
  const failures: string[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < samples.length) {
      const index = next++;
      try {
        images[index] = await decodeImage(DLDataset, samples[index]!, DLPreprocessParam);
      } catch (error) {
        failures.push((error as Error).message);
      }
      progress?.update(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
  if (failures.length > 0) {
    progress?.stop();
    const named = failures.slice(0, FAILURES_NAMED).join('\n  ');
    throw new Error(`${failures.length} of ${samples.length} images cannot be read:\n  ${named}`);
  }
  progress?.finish();
  return new PreparedDataset(DLDataset, DLPreprocessParam, images);
}

/**
 * The dataset without reading it: dlSampleBatches reads the images shortly before their turn, beside the steps of the
 * training, and keeps them decoded as long as they fit into memory. A damaged file is named when its turn comes.
 */
export function openDlDataset(DLDataset: DLDataset, DLPreprocessParam: DLPreprocessParam): PreparedDataset {
  return new PreparedDataset(DLDataset, DLPreprocessParam);
}
