// Peers in turn (A B C A B C ...): a window of steps each per round. A window in which other processes took a
// noticeable part of the machine is measured again; a spread of ratios that is still large brings more rounds.
import { cpus } from 'node:os';
import { busySeconds, type Peer } from './peer.js';
import { fromPairs, median } from './row.js';

export interface Entrant {
  peer: Peer;
  /** In rows: who this is. */
  name: string;
}

/** `ours` is compared with `theirs`, both entrants. */
export interface Pairing {
  ours: Entrant;
  theirs: Entrant;
}

export interface ContestSettings {
  rounds: number;
  /** Milliseconds of work per window, and the fewest steps in it. */
  windowMs?: number;
  minSteps?: number;
  /** An entrant whose windows have taken this long meets the rounds that are over and no more. */
  budgetMs?: number;
}

const FOREIGN = 0.08;
const SPREAD = 1.3;
const RETRIES = 3;

interface Course {
  windows: number[];
  spent: number;
  stepMs: number;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function window(
  entrant: Entrant,
  stepMs: number,
  settings: ContestSettings,
): Promise<[number, number]> {
  const steps = Math.min(
    Math.max(Math.ceil((settings.windowMs ?? 250) / stepMs), settings.minSteps ?? 1),
    2000,
  );
  await pause(20); // the others' threads go to sleep
  if (stepMs < 100) await entrant.peer.steps(Math.max(1, Math.min(10, Math.ceil(30 / stepMs)))); // wakes its threads
  const [busy, own, start] = [busySeconds(), entrant.peer.cpuSeconds(), performance.now()];
  const times = await entrant.peer.steps(steps);
  const seconds = (performance.now() - start) / 1000;
  const foreign = busySeconds() - busy - (entrant.peer.cpuSeconds() - own);
  // The clocks of /proc tick every 10 ms: three ticks are no evidence.
  return [median(times), foreign < 0.03 ? 0 : foreign / (seconds * cpus().length)];
}

/** Rows' figures for each pairing. All entrants must be loaded. */
export async function contest(
  pairings: readonly Pairing[],
  settings: ContestSettings,
): Promise<ReturnType<typeof fromPairs>[]> {
  const entrants = [...new Set(pairings.flatMap(({ ours, theirs }) => [ours, theirs]))];
  const records = new Map<Entrant, Course>();
  for (const entrant of entrants) {
    const [first = 0] = await entrant.peer.steps(1);
    const warm = first > 3000 ? [first] : await entrant.peer.steps(first > 300 ? 1 : 3);
    records.set(entrant, { windows: [], spent: 0, stepMs: Math.max(median(warm), 0.01) });
  }
  let retries = RETRIES;
  const round = async (): Promise<void> => {
    for (const entrant of entrants) {
      const record = records.get(entrant)!;
      if (record.spent > (settings.budgetMs ?? 10_000)) continue;
      const start = performance.now();
      let [ms, foreign] = await window(entrant, record.stepMs, settings);
      for (; foreign > FOREIGN && retries > 0 && ms < 2000; retries--) {
        const [again, less] = await window(entrant, record.stepMs, settings);
        if (less < foreign) [ms, foreign] = [again, less];
      }
      record.windows.push(ms);
      record.stepMs = ms;
      record.spent += performance.now() - start;
    }
  };
  const figures = (): ReturnType<typeof fromPairs>[] =>
    pairings.map(({ ours, theirs }) => {
      const a = records.get(ours)!.windows;
      const b = records.get(theirs)!.windows;
      return fromPairs(
        a
          .slice(0, b.length)
          .map((ms, i) => [ms, b[i]!] as const)
          .slice(0, a.length),
      );
    });
  for (let i = 0; i < settings.rounds; i++) await round();
  const wide = (): boolean => figures().some(({ ratio_min, ratio_max }) => ratio_max! / ratio_min! > SPREAD);
  for (let extra = 0; extra < settings.rounds && wide(); extra++) await round();
  return figures();
}
