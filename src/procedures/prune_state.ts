// The state of a pruning run on disk: one model per round and a record, so that an interrupted run goes on.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HDlModel } from '../generated/HDlModel.js';
import { replaceFile, writeFileWhole } from './files.js';
import { setBatchSize } from './model.js';
import { createPruning, type PruneParam, type PruneRound } from './prune.js';
import type { Start } from './prune_goal.js';

interface SavedState {
  version: 1;
  settings: string;
  start: Start;
  model: string;
  rounds: PruneRound[];
}

export function openState(
  model: HDlModel,
  param: PruneParam,
  folder: string | undefined,
): { model: HDlModel; start: Start; rounds: PruneRound[] } {
  using pruning = createPruning(model, param);
  const start: Start = {
    kernels: pruning.GetDlPruningParam('prunable_kernel_num').I,
    macs: model.GetDlModelParam('macs').I,
    params: model.GetDlModelParam('num_trainable_params').I,
  };
  const file = folder === undefined ? undefined : join(folder, 'state.json');
  if (file === undefined || !existsSync(file)) {
    if (param.target === 'latency_ms') start.latency_ms = latency(model, param);
    return { model, start, rounds: [] };
  }
  const saved = JSON.parse(readFileSync(file, 'utf8')) as SavedState;
  const fits =
    saved.version === 1 &&
    saved.settings === JSON.stringify(param) &&
    (['kernels', 'macs', 'params'] as const).every((key) => saved.start[key] === start[key]);
  if (!fits)
    throw new Error(
      `${file} belongs to another run (other settings or another model); remove it to start anew`,
    );
  return { model: new HDlModel(join(folder!, saved.model)), start: saved.start, rounds: saved.rounds };
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
  start: Start,
  rounds: PruneRound[],
): void {
  const name = `round-${rounds.length}.onnx`;
  replaceFile(join(folder, name), (temporary) => model.WriteDlModel(temporary));
  const state: SavedState = { version: 1, settings: JSON.stringify(param), start, model: name, rounds };
  writeFileWhole(join(folder, 'state.json'), `${JSON.stringify(state, null, 2)}\n`);
}
