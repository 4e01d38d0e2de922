// A command made of parts: each can run alone (--only NAME), and says what it does and how long it took.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatTime } from '../procedures/progress.js';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export class Clock {
  readonly #start = performance.now();

  get seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  say(text: string): void {
    console.log(`[${formatTime(this.seconds)}] ${text}`);
  }
}

/** The parts that the arguments ask for: all, or those behind --only (several: a,b). */
export function chosenParts<T extends string>(names: readonly T[], argv: readonly string[]): T[] {
  if (argv.length === 0) return [...names];
  if (argv.length !== 2 || argv[0] !== '--only')
    throw new UsageProblem(`usage: --only ${names.join('|')} (several: a,b); without it all parts run`);
  const wanted = argv[1]!.split(',');
  const unknown = wanted.filter((name) => !(names as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new UsageProblem(`there is no part '${unknown.join("', '")}'; there are ${names.join(', ')}`);
  return names.filter((name) => wanted.includes(name));
}

export class UsageProblem extends Error {}

/** Runs a command's main function and sets the exit code. */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof UsageProblem ? error.message : error);
    process.exitCode = error instanceof UsageProblem ? 2 : 1;
  }
}
