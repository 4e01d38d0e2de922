// The scenario of README.md in TypeScript.
import { writeFileSync } from 'node:fs';
import { HDict, HDlModel, HImage, HTuple, HTupleType, withPointer } from '../../../src/index.js';

const [modelFile = '', textFile = '', prunedFile = ''] = process.argv.slice(2);
const text: string[] = [];

function print(name: string, tuple: HTuple): void {
  for (let i = 0; i < tuple.Length; i++) {
    const element = tuple.at(i);
    const value = element.Type === HTupleType.DOUBLE ? Math.floor(element.D * 1e6 + 0.5) : element.value;
    text.push(`${name} ${String(value)}\n`);
  }
}

function sampleImage(s: number): HImage {
  const planes = Float32Array.from({ length: 3 * 32 * 32 }, (_, k) => {
    const [c, i] = [Math.floor(k / (32 * 32)), k % (32 * 32)];
    return ((7 * i + 13 * c + 29 * s) % 101) / 50.5 - 1;
  });
  const image = new HImage();
  withPointer(planes, (start) => {
    image.GenImage3('real', 32, 32, start, start + BigInt(4 * 32 * 32), start + BigInt(8 * 32 * 32));
  });
  return image;
}

const samples = (first: number, num: number): HDict[] =>
  Array.from({ length: num }, (_, i) => {
    const sample = new HDict();
    sample.SetDictObject(sampleImage(first + i), 'image');
    sample.SetDictTuple('image_label_id', (first + i) % 10);
    return sample;
  });

const model = new HDlModel(modelFile);
print('type', model.GetDlModelParam('type'));
print('image_dimensions', model.GetDlModelParam('image_dimensions'));
model.SetDlModelParam('batch_size', 4);

const pruning = model.CreateDlPruning('oracle', new HDict());
pruning.AddDlPruningBatch(model, samples(0, 4));
model.AddDlPruningBatch(pruning, samples(4, 3));
for (const name of ['prunable_conv_num', 'prunable_conv_layer_name', 'prunable_kernel_num']) {
  print(name, pruning.GetDlPruningParam(name));
}

pruning.SetDlPruningParam('percentage', 40);
const pruned = model.GenDlPrunedModel(pruning);
for (const name of ['pruned_kernel_num', 'pruned_percentage']) print(name, pruning.GetDlPruningParam(name));

pruned.SetDlModelParam('learning_rate', 0.01);
const batch = samples(0, 4);
for (let step = 0; step < 2; step++)
  print('total_loss', pruned.TrainDlModelBatch(batch).GetDictTuple('total_loss'));
for (const result of pruned.ApplyDlModel(batch, [])) {
  for (const name of ['classification_class_ids', 'classification_confidences'])
    print(name, result.GetDictTuple(name));
}
pruned.WriteDlModel(prunedFile);
writeFileSync(textFile, text.join(''));
