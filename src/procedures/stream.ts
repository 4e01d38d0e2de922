// Batches of samples for a loop over steps: the images of the next batches are read, decoded (outside the JavaScript
// thread) and made into samples while the current step runs, which therefore must be an asynchronous call.
import { availableParallelism } from 'node:os';
import type { HDict } from '../generated/HDict.js';
import { drawPlacement, type Placement } from './augment.js';
import { breathe } from './model.js';
import type { PreparedDataset } from './prepared.js';
import { disposeAll, genDlSample, type Augmenter } from './samples.js';

export interface StreamOptions {
  augmenter?: Augmenter | undefined;
  /** Batches that are made before their turn; default: 2. */
  ahead?: number;
}

/**
 * The samples of each batch of indices, in order; the caller disposes of them. What is drawn at random depends only on
 * the order of the batches, not on which image is decoded first. Errors come in order too and name the file.
 */
export async function* dlSampleBatches(
  data: PreparedDataset,
  batches: Iterable<readonly number[]>,
  options: StreamOptions = {},
): AsyncGenerator<HDict[], void, undefined> {
  const { augmenter, ahead = 2 } = options;
  const shift = augmenter?.augmentation.shift ?? 0;
  // The step has its own threads and one of Node's pool; one decoder fewer than processors keeps both busy.
  const inTurn = limit(Math.max(1, availableParallelism() - 1));
  const make = async (
    indices: readonly number[],
    placements: readonly (Placement | undefined)[],
  ): Promise<HDict[]> => {
    await breathe(); // the caller starts its step first
    const decoded = await Promise.all(indices.map((index) => inTurn(() => data.decoded(index))));
    return indices.map((index, i) => genDlSample(data, index, placements[i], shift, decoded[i]));
  };
  const source = batches[Symbol.iterator]();
  const queue: Promise<HDict[]>[] = [];
  const schedule = (): void => {
    const { value, done } = source.next();
    if (done) return;
    const placements = value.map(() => augmenter && drawPlacement(augmenter.augmentation, augmenter.random));
    const made = make(value, placements);
    made.catch(() => undefined); // is thrown when its turn comes
    queue.push(made);
  };
  try {
    for (let i = 0; i < ahead; i++) schedule();
    if (queue.length === 0) schedule();
    for (let made = queue.shift(); made; made = queue.shift()) {
      const samples = await made;
      schedule();
      yield samples;
    }
  } finally {
    for (const made of queue) void made.then(disposeAll, () => undefined);
  }
}

/** Indices or samples in batches; the last one may be short. */
export function* batchesOf<T>(all: readonly T[], batchSize: number): Generator<readonly T[]> {
  for (let begin = 0; begin < all.length; begin += batchSize) yield all.slice(begin, begin + batchSize);
}

/** Runs at most `most` of the tasks at a time, in the order in which they come. */
function limit(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
