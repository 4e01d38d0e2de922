// The kinds of rows, in the order in which they are measured. A kind is one file that yields its rows; `npm run bench
// -- --only NAME` runs it alone.
import type { BenchOptions } from '../options.js';
import type { Row } from '../row.js';
import { calls } from './calls.js';
import { epoch } from './epoch.js';
import { layers } from './layers.js';
import { coupling, files, plan, pruned, torchPruning } from './models.js';
import { numerics } from './numerics.js';
import { pretrained } from './pretrained.js';
import { oracle } from './oracle.js';
import { infer, score, train } from './steps.js';

export interface RowKind {
  /** Names that --only accepts; the first is what the rows are called. */
  names: readonly string[];
  rows(options: BenchOptions): AsyncIterable<Row>;
}

export const kinds: readonly RowKind[] = [
  { names: ['train', 'training'], rows: train },
  { names: ['score', 'scoring'], rows: score },
  { names: ['infer', 'inference'], rows: infer },
  { names: ['pretrained', 'models'], rows: pretrained },
  { names: ['pruned'], rows: pruned },
  { names: ['epoch', 'data'], rows: epoch },
  { names: ['torch-pruning', 'gen', 'taylor'], rows: torchPruning },
  { names: ['files', 'file', 'io'], rows: files },
  { names: ['plan'], rows: plan },
  { names: ['coupling'], rows: coupling },
  { names: ['layers', 'layer', 'peak'], rows: layers },
  { names: ['oracle'], rows: oracle },
  { names: ['calls', 'call'], rows: calls },
  { names: ['numerics', 'error'], rows: numerics },
];
