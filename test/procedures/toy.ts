// A small classification task: 12 x 12 grey images with a bright stripe (horizontal, vertical) or a bright square.
import { buildResNet } from '../../src/onnx/networks.js';
import { Random } from '../../src/onnx/random.js';
import {
  createDlPreprocessParamFromModel,
  preprocessDlDataset,
  splitDlDataset,
  type DLDataset,
  type PreparedDataset,
} from '../../src/procedures/index.js';
import type { HDlModel } from '../../src/index.js';

export const SIZE = 12;
export const CLASS_NAMES = ['horizontal', 'square', 'vertical'];

export function toyImage(label: number, random: Random): Uint8Array {
  const data = Uint8Array.from({ length: SIZE * SIZE }, () => random.integer(100));
  const x = random.integer(SIZE - 3);
  const y = random.integer(SIZE - 3);
  for (let i = 0; i < SIZE; i++) {
    if (label === 0) data.fill(230, y * SIZE, (y + 1) * SIZE);
    else if (label === 2) data[i * SIZE + x] = 230;
    else if (i < 3) data.fill(230, (y + i) * SIZE + x, (y + i) * SIZE + x + 3);
  }
  return data;
}

export function toyDataset(perClass = 60): DLDataset {
  const random = new Random(11);
  const samples = CLASS_NAMES.flatMap((_, label) =>
    Array.from({ length: perClass }, (_, i) => ({
      image_id: label * perClass + i + 1,
      image_label_id: label,
      image: { data: toyImage(label, random), width: SIZE, height: SIZE, channels: 1 },
    })),
  );
  const dataset: DLDataset = { image_dir: '', class_names: CLASS_NAMES, class_ids: [0, 1, 2], samples };
  splitDlDataset(dataset, 60, 20);
  return dataset;
}

export function toyNetwork(): Uint8Array {
  return buildResNet({ height: SIZE, width: SIZE, numClasses: 3, widths: [8, 16], name: 'toy' });
}

export function toyData(model: HDlModel): Promise<PreparedDataset> {
  model.SetDlModelParam('image_range_min', -1);
  model.SetDlModelParam('image_range_max', 1);
  return preprocessDlDataset(toyDataset(), createDlPreprocessParamFromModel(model));
}
