// Ownership in TypeScript: disposing twice, using after disposing, and cycles that keep memory flat.
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { HDict, HImage, HOperatorError } from '../../../src/index.js';

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

const dict = new HDict();
dict.Dispose();
dict.Dispose();
let thrown = false;
try {
  dict.SetDictTuple('key', 1);
} catch {
  thrown = true;
}
check(thrown, 'use after dispose');

for (let i = 0; i < cycles / 4; i++) cycle();
const before = await resident();
for (let i = 0; i < cycles; i++) cycle();
console.log(`growth ${(await resident()) - before} KiB`);
