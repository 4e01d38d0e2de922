// alcedo apply: classifies image files.
import type { HDlModel } from '../generated/HDlModel.js';
import { Command } from 'commander';
import type { DLDataset } from '../procedures/dataset.js';
import { checkClassifier, setBatchSize } from '../procedures/model.js';
import { preprocessDlDataset } from '../procedures/preprocess.js';
import { disposeAll } from '../procedures/samples.js';
import { batchesOf, dlSampleBatches } from '../procedures/stream.js';
import type { HDict } from '../generated/HDict.js';
import {
  numberList,
  openRunnable,
  percentage,
  positiveInteger,
  preprocessParam,
  print,
  printJson,
  table,
} from './common.js';

interface ApplyOptions {
  top: number;
  range?: number[];
  mean?: number[];
  deviation?: number[];
  json?: boolean;
}

interface Prediction {
  file: string;
  classes: { id: number; name: string; confidence: number }[];
}

const BATCH = 64;

export function applyCommand(): Command {
  return new Command('apply')
    .description('classify images')
    .argument('<model>', 'ONNX file')
    .argument('<images...>', 'image files')
    .option('--top <n>', 'classes shown per image', positiveInteger, 1)
    .option(
      '--range <min,max>',
      'grey values 0..255 become min..max (default: as the model says)',
      numberList,
    )
    .option('--mean <values>', 'per channel, in grey values; with --deviation', numberList)
    .option('--deviation <values>', 'per channel, in grey values', numberList)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  alcedo apply model.onnx cat.png dog.png --top 3')
    .action(async (path: string, images: string[], options: ApplyOptions) => {
      using model = openRunnable(path);
      const predictions = await classify(model, images, options);
      if (options.json) return printJson(predictions);
      const rows = predictions.flatMap(({ file, classes }) =>
        classes.map((one, i) => [i === 0 ? file : '', one.name, percentage(one.confidence)]),
      );
      print(table(['image', 'class', 'confidence'], rows));
    });
}

async function classify(
  model: HDlModel,
  images: readonly string[],
  options: ApplyOptions,
): Promise<Prediction[]> {
  checkClassifier(model, 'alcedo apply');
  const ids = model.GetDlModelParam('class_ids').ToIArr();
  const dataset: DLDataset = {
    image_dir: '',
    class_names: ids.map(String),
    class_ids: ids,
    samples: images.map((image_file_name, i) => ({
      image_id: i + 1,
      image_label_id: ids[0] ?? 0,
      image_file_name,
    })),
  };
  const data = await preprocessDlDataset(dataset, preprocessParam(model, options));
  const batch = setBatchSize(model, Math.min(images.length, BATCH));
  const predictions: Prediction[] = [];
  for await (const samples of dlSampleBatches(data, batchesOf([...images.keys()], batch))) {
    const results = await model.ApplyDlModelAsync(samples, []);
    disposeAll(samples);
    for (const result of results)
      predictions.push(prediction(images[predictions.length]!, result, options.top));
    disposeAll(results);
  }
  return predictions;
}

function prediction(file: string, result: HDict, top: number): Prediction {
  const ids = result.GetDictTuple('classification_class_ids').ToIArr();
  const names = result.GetDictTuple('classification_class_names').ToSArr();
  const confidences = result.GetDictTuple('classification_confidences').ToDArr();
  const classes = ids
    .slice(0, top)
    .map((id, i) => ({ id, name: names[i] ?? String(id), confidence: confidences[i]! }));
  return { file, classes };
}
