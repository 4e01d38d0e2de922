// npm run bench: our engine and its peers in turn (A B A B ...) within one run, medians, ratios and peak memory as
// bench/latest.md and bench/latest.json. --only train|score|infer, --net NAME, --rounds N, --quick.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { networkFile, networks, type BenchNetwork } from './networks.js';
import { Peer } from './peer.js';

type Mode = 'train' | 'score' | 'infer';

interface Row {
  what: string;
  net: string;
  batch: number;
  against: string;
  ratio: number;
  ratio_min: number;
  ratio_max: number;
  ours_ms: number;
  theirs_ms: number;
  ours_mib: number;
  theirs_mib: number;
  n: number;
}

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    net: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
    python: { type: 'string', default: '/usr/bin/python3' },
  },
});
const rounds = Number(options.rounds);

const tsx = [process.execPath, '--import=tsx'];
const threads = { OMP_NUM_THREADS: '2', OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined };
// PyTorch with held memory and huge pages: what its code can do when the allocator does not give pages back.
const tuned = {
  ...threads,
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: '100000000000',
  MALLOC_TOP_PAD_: '268435456',
};

interface Contender {
  name: string;
  modes: readonly Mode[];
  start: () => Peer;
  variant: string;
  /** Our own variant that is measured against it. */
  ours: string;
}

const torch = (env: Record<string, string | undefined>): Peer =>
  new Peer([options.python, 'bench/peers/torch_peer.py'], env);

const contenders: readonly Contender[] = [
  { name: 'PyTorch, default', modes: ['train', 'score'], start: () => torch(threads), variant: 'default', ours: 'f32' },
  { name: 'PyTorch, tuned', modes: ['train', 'score', 'infer'], start: () => torch(tuned), variant: 'tuned', ours: 'f32' },
  {
    name: 'onnxruntime-node',
    modes: ['infer'],
    start: () => new Peer([...tsx, 'bench/peers/ort_peer.ts'], threads),
    variant: 'f32',
    ours: 'f32',
  },
];

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

async function duel(mode: Mode, net: BenchNetwork, batch: number, contender: Contender): Promise<Row> {
  const ours = new Peer([...tsx, 'bench/peers/alcedo_peer.ts'], threads);
  const theirs = contender.start();
  try {
    const file = resolve(networkFile(net));
    const load = { command: 'load', net: net.name, batch, size: net.size, mode, classes: net.classes };
    await ours.ask({ ...load, file, variant: contender.ours });
    const theirLoad = { ...load, file, variant: contender.variant };
    await theirs.ask(contender.name === 'onnxruntime-node' ? theirLoad : withoutFile(theirLoad));
    // A window is as many steps as fill 200 ms, so that short steps are not noise.
    const window = async (peer: Peer): Promise<number> => {
      const times: number[] = [];
      for (let sum = 0; sum < 200 && times.length < 50; sum += times.at(-1)!) times.push(await peer.step());
      return median(times);
    };
    for (const peer of [ours, theirs]) for (let i = 0; i < 2; i++) await peer.step();
    const pairs: [number, number][] = [];
    for (let round = 0; round < rounds; round++) pairs.push([await window(ours), await window(theirs)]);
    const ratios = pairs.map(([our, their]) => their / our);
    return {
      what: mode,
      net: net.name,
      batch,
      against: contender.name,
      ratio: median(ratios),
      ratio_min: Math.min(...ratios),
      ratio_max: Math.max(...ratios),
      ours_ms: median(pairs.map(([our]) => our)),
      theirs_ms: median(pairs.map(([, their]) => their)),
      ours_mib: await ours.peakMib(),
      theirs_mib: await theirs.peakMib(),
      n: rounds,
    };
  } finally {
    ours.close();
    theirs.close();
  }
}

function withoutFile({ file: _file, classes: _classes, ...rest }: Record<string, unknown>): object {
  return rest;
}

function line(row: Row): string {
  const number = (value: number, digits: number): string => value.toFixed(digits);
  return `| ${row.what} | ${row.net} | ${row.batch} | ${row.against} | **${number(row.ratio, 2)}** (${number(row.ratio_min, 2)}–${number(row.ratio_max, 2)}) | ${number(row.ours_ms, 1)} | ${number(row.theirs_ms, 1)} | ${number(row.ours_mib, 0)} | ${number(row.theirs_mib, 0)} |`;
}

const head = [
  '| what | network | batch | against | ratio (higher: we are faster) | ours ms | theirs ms | ours MiB | theirs MiB |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
];

function needTorch(): void {
  try {
    execFileSync(options.python, ['-c', 'import torch'], { stdio: 'ignore' });
  } catch {
    console.log('[bench] installing the peer: apt-get install python3-torch');
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'python3-torch'], { stdio: 'inherit' });
  }
}

needTorch();
const chosen = networks.filter((net) => options.net === undefined || net.name === options.net);
const modes: readonly Mode[] = ['train', 'score', 'infer'];
const rows: Row[] = [];
console.log(head.join('\n'));
for (const net of options.quick ? chosen.filter(({ name }) => name === 'resnet20') : chosen) {
  for (const mode of modes.filter((one) => options.only === undefined || one === options.only || one === alias(options.only))) {
    for (const contender of contenders.filter((one) => one.modes.includes(mode))) {
      for (const batch of mode === 'infer' ? [1, net.batch] : [net.batch]) {
        try {
          const row = await duel(mode, net, batch, contender);
          rows.push(row);
          console.log(line(row));
        } catch (error) {
          console.log(`| ${mode} | ${net.name} | ${batch} | ${contender.name} | failed: ${(error as Error).message} | | | | |`);
        }
      }
    }
  }
}
if (options.only === undefined && options.net === undefined && !options.quick) {
  writeFileSync('bench/latest.json', `${JSON.stringify(rows, null, 1)}\n`);
  writeFileSync('bench/latest.md', `Made by \`npm run bench\`.\n\n${[...head, ...rows.map(line)].join('\n')}\n`);
}

function alias(name: string): Mode | undefined {
  return ({ training: 'train', scoring: 'score', inference: 'infer' } as Record<string, Mode>)[name];
}
