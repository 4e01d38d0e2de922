// A training epoch over image files that were never read, and as many steps on samples that are ready, in turn.
// {"command": "load", "file", "folder", "images", "batch"}; {"command": "round"} -> {"epoch", "ready", "busy",
// "samplesMs"}: milliseconds of both, the share of the processors' time that the process used during the epoch, and the
// milliseconds that all processors together need to make its samples.
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { HDlModel, HOperatorSet } from '../../src/index.js';
import { Random } from '../../src/onnx/random.js';
import {
  createDlPreprocessParamFromModel,
  createDlTrainParam,
  disposeAll,
  dlSampleBatches,
  openDlDataset,
  trainDlModel,
  type DLDataset,
} from '../../src/procedures/index.js';

interface Request {
  command: string;
  file: string;
  folder: string;
  images: number;
  batch: number;
}

/** JPEG files of a usual camera picture's size: smooth, with some noise. */
async function makeImages(folder: string, num: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const random = new Random(5);
  const [width, height] = [500, 375];
  for (let i = 0; i < num; i++) {
    const path = join(folder, `${i}.jpg`);
    if (existsSync(path)) continue;
    const small = Uint8Array.from({ length: 40 * 30 * 3 }, () => random.integer(256));
    const image = await sharp(small, { raw: { width: 40, height: 30, channels: 3 } })
      .resize(width, height, { kernel: 'cubic' })
      .raw()
      .toBuffer();
    const noisy = image.map((value) => Math.min(255, value + random.integer(12)));
    await sharp(noisy, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 90 })
      .toFile(path);
  }
}

let model: HDlModel;
let dataset: DLDataset;
let request: Request;

async function round(): Promise<object> {
  const preprocess = createDlPreprocessParamFromModel(model);
  const param = createDlTrainParam(1, {
    batchSize: request.batch,
    learningRate: 1e-4,
    evaluationIntervalEpochs: 0,
  });
  const cpu = process.cpuUsage();
  const start = performance.now();
  await trainDlModel(openDlDataset(dataset, preprocess), model, param);
  const epoch = performance.now() - start;
  const used = process.cpuUsage(cpu);
  const busy = (used.user + used.system) / 1000 / epoch / availableParallelism();
  // The samples alone: what the processors do beside the steps.
  const all = Array.from({ length: request.images }, (_, i) => i);
  const batches: number[][] = [];
  for (let i = 0; i < all.length; i += request.batch) batches.push(all.slice(i, i + request.batch));
  const cpuBefore = process.cpuUsage();
  for await (const samples of dlSampleBatches(openDlDataset(dataset, preprocess), batches))
    disposeAll(samples);
  const alone = process.cpuUsage(cpuBefore);
  const samplesMs = (alone.user + alone.system) / 1000 / availableParallelism();
  const steps = Math.ceil(request.images / request.batch);
  const ready: number[] = [];
  const indices = Array.from({ length: request.batch }, (_, i) => i);
  for await (const samples of dlSampleBatches(openDlDataset(dataset, preprocess), [indices])) {
    for (let step = 0; step < steps; step++) {
      const before = performance.now();
      (await model.TrainDlModelBatchAsync(samples)).Dispose();
      ready.push(performance.now() - before);
    }
    disposeAll(samples);
  }
  return { epoch, ready: ready.reduce((a, b) => a + b, 0), busy, samplesMs };
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as Request;
  let answer: object;
  if (message.command === 'load') {
    request = message;
    HOperatorSet.SetSystem('thread_num', 2);
    await makeImages(message.folder, message.images);
    model = new HDlModel(message.file);
    dataset = {
      image_dir: message.folder,
      class_names: ['a', 'b'],
      class_ids: [0, 1],
      samples: Array.from({ length: message.images }, (_, i) => ({
        image_id: i + 1,
        image_label_id: i % 2,
        image_file_name: `${i}.jpg`,
        split: 'train' as const,
      })),
    };
    await round();
    answer = { ok: true };
  } else {
    answer = await round();
  }
  console.log(JSON.stringify(answer));
}
