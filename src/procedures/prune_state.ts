// The state of a pruning run on disk: one model per round and a record, so that an interrupted run goes on.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { HDlModel } from '../generated/HDlModel.js';
import { copyFromPointer } from '../runtime/memory.js';
import { makeFolder, writeFileWhole } from './files.js';
import { setBatchSize, snapshot } from './model.js';
import type { PreparedDataset } from './preprocess.js';
import { createPruning, type PruneParam, type PruneRound } from './prune.js';
import { layerKernels, type Start } from './prune_goal.js';

interface SavedState {
  version: 3;
  settings: string;
  /** Of the unpruned network and of the data. */
  checksums: { network: string; data: string };
  start: Start;
  model: string;
  rounds: PruneRound[];
}

const NO_CHECKSUMS = { network: '', data: '' };

export function openState(
  data: PreparedDataset,
  model: HDlModel,
  param: PruneParam,
  folder: string | undefined,
): { model: HDlModel } & Pick<SavedState, 'checksums' | 'start' | 'rounds'> {
  const found = folder === undefined ? NO_CHECKSUMS : checksums(data, model);
  using pruning = createPruning(model, param);
  const start: Start = {
    kernels: pruning.GetDlPruningParam('prunable_kernel_num').I,
    layers: layerKernels(pruning),
    macs: model.GetDlModelParam('macs').I,
    params: model.GetDlModelParam('num_trainable_params').I,
  };
  const file = folder === undefined ? undefined : join(folder, 'state.json');
  if (file === undefined || !existsSync(file)) {
    if (param.target === 'latency_ms') start.latency_ms = latency(model, param);
    return { model, checksums: found, start, rounds: [] };
  }
  const saved = readState(file);
  const other = whatDiffers(saved, param, found);
  if (other !== undefined)
    throw new Error(`${file} belongs to another run: ${other}; remove the folder to start anew`);
  return { ...saved, model: new HDlModel(join(folder!, saved.model)) };
}

function readState(file: string): SavedState {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as SavedState;
  } catch (error) {
    throw new Error(`${file} is no record of a run (${(error as Error).message}); remove it to start anew`, {
      cause: error,
    });
  }
}

function whatDiffers(
  saved: SavedState,
  param: PruneParam,
  found: SavedState['checksums'],
): string | undefined {
  if (saved.version !== 3) return `its format is ${saved.version}, wanted 3`;
  const then = JSON.parse(saved.settings) as Record<string, unknown>;
  const now = JSON.parse(JSON.stringify(param)) as Record<string, unknown>;
  for (const key of new Set([...Object.keys(then), ...Object.keys(now)])) {
    const [before, after] = [JSON.stringify(then[key]), JSON.stringify(now[key])];
    if (before !== after) return `'${key}' was ${before ?? 'not set'} and is ${after ?? 'not set'}`;
  }
  if (saved.checksums.network !== found.network) return 'it began with another network';
  if (saved.checksums.data !== found.data) return 'it has other images, labels, splits or preprocessing';
  return undefined;
}

function checksums(data: PreparedDataset, model: HDlModel): SavedState['checksums'] {
  const hash = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
  // Whatever batch size was used last.
  const original = model.GetDlModelParam('batch_size').I;
  setBatchSize(model, 1);
  using item = snapshot(model);
  setBatchSize(model, original);
  const [pointer, size] = item.GetSerializedItemPtr();
  const bytes = new Uint8Array(size as number);
  copyFromPointer(pointer as bigint, bytes);
  // Pixels that are here; of files, whose pixels would take as long as a training, the sizes.
  const { image_dir, samples } = data.dataset;
  const described = samples.map(({ image_file_name: name, image, image_label_id, split }) => [
    name,
    image ? hash(image.data) : statSync(join(image_dir, name!), { throwIfNoEntry: false })?.size,
    image_label_id,
    split,
  ]);
  return { network: hash(bytes), data: hash(JSON.stringify([data.param, described])) };
}

function latency(model: HDlModel, param: PruneParam): number {
  const original = model.GetDlModelParam('batch_size').I;
  setBatchSize(model, param.latencyBatchSize ?? 1);
  using pruning = createPruning(model, param);
  setBatchSize(model, original);
  return pruning.GetDlPruningParam('latency_ms').D;
}

/** The model first, then the record that names it: a crash in between leaves the round before. */
export function saveState(
  folder: string,
  model: HDlModel,
  param: PruneParam,
  { checksums, start, rounds }: Pick<SavedState, 'checksums' | 'start' | 'rounds'>,
): void {
  const name = `round-${rounds.length}.onnx`;
  makeFolder(folder);
  model.WriteDlModel(join(folder, name));
  const state: SavedState = {
    version: 3,
    settings: JSON.stringify(param),
    checksums,
    start,
    model: name,
    rounds,
  };
  writeFileWhole(join(folder, 'state.json'), `${JSON.stringify(state, null, 2)}\n`);
}
