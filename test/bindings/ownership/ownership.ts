// Ownership in TypeScript: disposing twice, using after disposing, finalising in any order, and cycles that keep memory flat.
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { HDict, HHandle, HImage, HOperatorError, HTuple } from '../../../src/index.js';

const cycles = Number(process.argv[2] ?? 100);

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(`failed: ${what}`);
}

function codeOf(action: () => void): number {
  try {
    action();
  } catch (error) {
    if (error instanceof HOperatorError) return error.errorCode;
    throw error;
  }
  return 2;
}

function cycle(): void {
  using dict = new HDict();
  dict.SetDictTuple('key', [1, 2.5, 'text']);
  using back = dict.GetDictTuple('key');
  check(back.Length === 3 && back.at(2).S === 'text', 'round trip');
  using image = new HImage('byte', 8, 8);
  dict.SetDictObject(image, 'image');
  using copy = dict.GetDictObject('image');
  check(copy.IsInitialized(), 'object');
  check(codeOf(() => dict.GetDictTuple('missing')) === 2894, 'missing key');
}

const resident = async (): Promise<number> => {
  globalThis.gc?.();
  await setImmediate();
  return Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[1]) * 4;
};

/** Misuse is an error of JavaScript (disposed of) or of the operator (cleared, uninitialised), never a crash. */
function misuse(): void {
  const fails = (action: () => void): boolean => {
    try {
      action();
      return false;
    } catch (error) {
      return error instanceof TypeError;
    }
  };
  const dict = new HDict();
  const other = new HDict(dict);
  using clone = dict.Clone();
  clone.SetDictTuple('key', 5);
  check(codeOf(() => dict.GetDictTuple('key')) === 2894, 'a clone has content of its own');
  dict.Dispose();
  dict.Dispose();
  check(
    fails(() => dict.SetDictTuple('key', 1)),
    'use after dispose',
  );
  other.SetDictTuple('key', 1);
  check(other.GetDictTuple('key').I === 1, 'another reference lives on');
  const third = other.Reference() as HDict;
  other.ClearHandle();
  check(codeOf(() => third.GetDictTuple('key')) === 2454, 'cleared for everybody');
  check(codeOf(() => new HHandle().ClearHandle()) === 2453, 'uninitialised');
  const image = new HImage('byte', 4, 4);
  const both = image.ConcatObj(image);
  image.Dispose();
  image.Dispose();
  check(fails(() => image.CountObj()) && both.CountObj() === 2, 'image after dispose');
  const tuple = new HTuple(third, both.CountObj());
  tuple.Dispose();
  tuple.Dispose();
  check(tuple.Length === 0, 'tuple after dispose');
}

/** What nobody disposes of is finalised, in whatever order the collector finds it. */
function forgotten(): void {
  const outer = new HDict();
  const inner = new HDict();
  inner.SetDictObject(new HImage('byte', 8, 8), 'image');
  outer.SetDictTuple('inner', inner);
  check((outer.GetDictTuple('inner').H as HHandle).SemType() === 'dict', 'nested');
}

misuse();
for (let i = 0; i < 4; i++) {
  for (let n = 0; n < cycles / 40; n++) forgotten();
  await resident();
}
for (let i = 0; i < cycles / 4; i++) cycle();
const before = await resident();
for (let i = 0; i < cycles; i++) {
  cycle();
  if (i % 10 === 0) forgotten();
  if (i % 5000 === 0) await resident();
}
console.log(`growth ${(await resident()) - before} KiB`);
