// The peer of TypeScript (bench/rows/calls.ts): "call" as in calls.c; "in": a tuple of 1e6 reals into an operator; "out":
// what reading such a tuple costs, that is the call less the same call whose result is freed unread, in turn; "memcpy":
// the same bytes from and to memory that is in use.
import { createInterface } from 'node:readline';
import { HOperatorSet, HTuple } from '../../src/index.js';
import { OUT_TUPLES } from '../../src/runtime/layout.js';
import { native } from '../../src/runtime/library.js';
import { CallFrame } from '../../src/runtime/marshal.js';

const kLength = 1_000_000;
const big = new HTuple(new Float64Array(kLength).fill(1.5));
const source = new Float64Array(kLength).fill(1.5);
const target = new Float64Array(kLength).fill(0);
const generate = native().HOperatorId('tuple_gen_const');

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

const read = (): void => HOperatorSet.TupleGenConst(kLength, 1.5).Dispose();
const unread = (): void => {
  const frame = new CallFrame();
  frame.write([], [kLength, 1.5], 0, 1, false);
  if (native().HCallById(generate, frame.arguments, frame.error) !== 2)
    throw new Error('tuple_gen_const failed');
  native().HDestroyTuples(frame.arguments + BigInt(OUT_TUPLES), 1);
};
const repeat = (n: number, work: () => unknown) => (): void => {
  for (let i = 0; i < n; i++) work();
};

const commands: Record<string, (n: number) => number> = {
  call: (n) => timed(repeat(n, () => HOperatorSet.TupleLength(5))),
  in: (n) => timed(repeat(n, () => HOperatorSet.TupleLength(big))),
  memcpy: (n) =>
    timed(repeat(n, () => native().copyFrom(target, native().addressOf(source), source.byteLength))),
  out: (n) => {
    let spent = 0;
    for (let i = 0; i < n; i++) spent += timed(read) - timed(unread);
    return spent;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, n } = JSON.parse(line) as { command: string; n: number };
  console.log(JSON.stringify({ ms: commands[command]!(n) / n }));
}
