// Fashion-MNIST (Debian package dataset-fashion-mnist) as a task, and networks trained on it.
import { HDlModel } from '../generated/HDlModel.js';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findIdxFiles, readDlDatasetIdx } from '../procedures/dataset.js';
import { writeFileWhole } from '../procedures/files.js';
import { createDlPreprocessParam, preprocessDlDataset } from '../procedures/preprocess.js';
import { buildNetwork, type NetworkKind, type NetworkOptions } from './networks.js';
import { Task, type FitParam } from './task.js';

const FOLDER = '/usr/share/datasets/fashion-mnist';

export const RANGE = [-1, 1] as const;

export async function fashionTask(): Promise<Task> {
  const pairs = findIdxFiles(FOLDER);
  if (pairs.length < 2)
    throw new Error(
      `Fashion-MNIST was not found in ${FOLDER}; install it: apt-get install dataset-fashion-mnist`,
    );
  const dataset = readDlDatasetIdx(pairs, FOLDER);
  const data = await preprocessDlDataset(dataset, createDlPreprocessParam(28, 28, 1, ...RANGE));
  return new Task(data, data.indices('train'), data.indices('test'));
}

export function newNetwork(kind: NetworkKind, folder: string, options: NetworkOptions): HDlModel {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${kind}-${options.seed}-untrained.onnx`);
  writeFileWhole(file, buildNetwork(kind, options));
  return new HDlModel(file);
}

/** Training from random weights: a high rate that falls to nothing. */
export function fromScratch(images: number, seed: number): FitParam {
  return {
    images,
    batchSize: 128,
    learningRate: 0.1,
    momentum: 0.9,
    weightPrior: 5e-4,
    schedule: { kind: 'cosine', warmup: 0.05 },
    seed,
  };
}

/** Retraining after pruning: the same schedule, from half the rate. */
export function retraining(images: number, seed: number): FitParam {
  return { ...fromScratch(images, seed), learningRate: 0.05 };
}
