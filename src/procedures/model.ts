// Going back to an earlier state of a model, and letting the event loop turn between long native calls.
import { HDlModel } from '../generated/HDlModel.js';
import type { HSerializedItem } from '../generated/HSerializedItem.js';
import { HOperatorError } from '../runtime/HOperatorError.js';

const WRONG_BATCH_SIZE = 7784;

/** Sets the batch size where the network allows it; returns the one it has then. */
export function setBatchSize(model: HDlModel, batchSize: number): number {
  try {
    model.SetDlModelParam('batch_size', batchSize);
  } catch (error) {
    if (!(error instanceof HOperatorError) || error.errorCode !== WRONG_BATCH_SIZE) throw error;
  }
  return model.GetDlModelParam('batch_size').I;
}

const NODES_NAMED = 5;

/** The nodes for which the network can be read but not run; undefined if there are none. */
export function whyNotRunnable(model: HDlModel): string | undefined {
  const layers = JSON.parse(model.GetDlModelParam('layers').S) as Record<string, unknown>[];
  const nodes = layers.filter((layer) => layer['unsupported'] !== undefined);
  if (nodes.length === 0) return undefined;
  const named = nodes
    .slice(0, NODES_NAMED)
    .map(({ type, name, unsupported }) => `[${String(type)} ${String(name)}] ${String(unsupported)}`);
  if (nodes.length > NODES_NAMED) named.push(`${nodes.length - NODES_NAMED} more`);
  return named.join('; ');
}

export function checkClassifier(model: HDlModel, what: string): void {
  const type = model.GetDlModelParam('type').S;
  if (type !== 'classification')
    throw new Error(`${what} needs a classifier (one output [N, classes]), found a model of type '${type}'`);
}

/** A model with everything in it as a block of memory. */
export function snapshot(model: HDlModel): HSerializedItem {
  return model.SerializeDlModel();
}

export function restore(item: HSerializedItem): HDlModel {
  const model = new HDlModel();
  model.DeserializeDlModel(item);
  return model;
}

/** Lets the event loop turn (Ctrl-C, progress, timers) between two long native calls. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
