// Work on whole models: pruning and scoring against Torch-Pruning (--torch-pruning DIR), files against one pass over
// their bytes, the first call (plan build), coupling analysis of a network ten times as deep, and a pruned network
// against itself before.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HDict, HDlModel, HDlPrune, HTuple } from '../../src/index.js';
import { contest, type Entrant } from '../contest.js';
import { deepNetwork, networkFile, networks, type BenchNetwork } from '../networks.js';
import type { BenchOptions } from '../options.js';
import type { Peer } from '../peer.js';
import { startAlcedo, startModelWork, startTorchPruning } from '../peers.js';
import { median, type Row } from '../row.js';

const byName = (name: string): BenchNetwork => networks.find((net) => net.name === name)!;
const wanted = (options: BenchOptions, names: readonly string[]): BenchNetwork[] =>
  (options.quick ? ['resnet20'] : names).filter((name) => options.net?.includes(name) ?? true).map(byName);

/** One row: both loaded, in turn. */
async function duel(
  row: { what: string; net: string; batch: number; against: string; note?: string },
  ours: [Peer, object],
  theirs: [Peer, object],
  options: BenchOptions,
): Promise<Row> {
  try {
    const entrants: Entrant[] = [];
    for (const [peer, load] of [ours, theirs]) {
      await peer.ask({ command: 'load', ...load });
      entrants.push({ peer, name: '' });
    }
    const pairing = { ours: entrants[0]!, theirs: entrants[1]! };
    const [figures] = await contest([pairing], { rounds: options.rounds, windowMs: 150, minSteps: 2 });
    return { ...row, ...figures!, ours_mib: await ours[0].peakMib(), theirs_mib: await theirs[0].peakMib() };
  } finally {
    ours[0].close();
    theirs[0].close();
  }
}

/** gen_dl_pruned_model, and scoring end to end, against Torch-Pruning. */
export async function* torchPruning(options: BenchOptions): AsyncGenerator<Row> {
  if (options.torchPruning === undefined) {
    console.log('[bench] torch-pruning: left out without --torch-pruning DIR');
    return;
  }
  const jobs = [
    {
      mode: 'gen',
      names: ['resnet50', 'densenet121'],
      what: 'gen_dl_pruned_model',
      against: 'Torch-Pruning, graph + prune',
    },
    {
      mode: 'taylor',
      names: ['resnet18', 'resnet50', 'resnet20'],
      what: 'score end to end',
      against: 'Torch-Pruning, Taylor importance',
    },
    {
      mode: 'taylor',
      names: ['resnet18', 'resnet50', 'resnet20'],
      what: 'score end to end, bf16',
      against: 'Torch-Pruning, Taylor importance, f32',
      precision: 'bfloat16',
    },
  ];
  for (const { mode, names, what, against, precision } of jobs) {
    for (const net of wanted(options, names)) {
      const { name, batch, size } = net;
      try {
        yield await duel(
          { what, net: name, batch, against },
          [startModelWork(), { mode, file: resolve(networkFile(net)), batch, precision }],
          [startTorchPruning(options)!, { mode, net: name, batch, size }],
          options,
        );
      } catch (error) {
        // A processor without bfloat16 costs one row, not the others.
        if (precision === undefined) throw error;
        console.log(`[bench] ${what} ${name}: ${(error as Error).message}`);
      }
    }
  }
}

/** Reading and writing an ONNX file against one pass over its bytes. */
export async function* files(options: BenchOptions): AsyncGenerator<Row> {
  const folder = join('.cache', 'bench', 'bin');
  mkdirSync(folder, { recursive: true });
  const program = join(folder, 'file_pass');
  execFileSync('gcc', ['-O2', 'bench/native/file_pass.c', '-o', program]);
  const { Peer } = await import('../peer.js');
  for (const net of wanted(options, ['resnet50'])) {
    const file = resolve(networkFile(net));
    const passes = { read: 'fread', write: 'fwrite', sync: 'fwrite + fsync, as ours does' };
    for (const [pass, against] of Object.entries(passes)) {
      const mode = pass === 'read' ? 'read' : 'write';
      yield await duel(
        { what: `${mode} file`, net: net.name, batch: 0, against },
        [startModelWork(), { mode, file }],
        [new Peer([program, pass, file], {}), {}],
        options,
      );
    }
  }
}

/** The first call of a model minus a steady one. */
export async function* plan(options: BenchOptions): AsyncGenerator<Row> {
  for (const net of wanted(options, ['resnet50', 'densenet121'])) {
    for (const purpose of ['infer', 'score', 'train'] as const) {
      const times: number[] = [];
      // A new process each time: what the library remembers within one does not count.
      for (let round = 0; round < Math.min(options.rounds, 3); round++) {
        const peer = startModelWork();
        try {
          await peer.ask({
            command: 'load',
            mode: 'plan',
            purpose,
            file: resolve(networkFile(net)),
            batch: net.batch,
          });
          times.push((await peer.steps(1))[0]!);
        } finally {
          peer.close();
        }
      }
      yield {
        what: `plan build, ${purpose}`,
        net: net.name,
        batch: net.batch,
        against: '–',
        ratio: null,
        ours_ms: median(times),
        n: times.length,
      };
    }
  }
}

/** create_dl_pruning of a residual network and of one with ten times the blocks; 1.0: linear in the depth. */
export async function* coupling(options: BenchOptions): AsyncGenerator<Row> {
  const load = (blocks: number): object => ({
    mode: 'coupling',
    file: resolve(deepNetwork(blocks)),
    batch: 1,
  });
  const row = await duel(
    {
      what: 'coupling analysis',
      net: 'residual, 300 blocks',
      batch: 0,
      against: 'ten times that of 30 blocks',
    },
    [startModelWork(), load(300)],
    [startModelWork(), load(30)],
    options,
  );
  const scale = (value: number | undefined): number => 10 * (value ?? 0);
  yield {
    ...row,
    ratio: scale(row.ratio!),
    ratio_min: scale(row.ratio_min),
    ratio_max: scale(row.ratio_max),
    theirs_ms: scale(row.theirs_ms),
    note: 'the memory is that of the whole process',
  };
}

/** A network with half the multiplications against itself before. */
export async function* pruned(options: BenchOptions): AsyncGenerator<Row> {
  for (const net of wanted(options, ['resnet18', 'resnet50', 'vgg16_bn', 'mobilenet_v2'])) {
    const file = resolve(networkFile(net));
    const smaller = resolve('.cache', 'bench', `${net.name}.half.onnx`);
    const share = halve(file, smaller);
    for (const batch of [1, net.batch]) {
      const load = {
        mode: 'infer',
        net: net.name,
        batch,
        size: net.size,
        classes: net.classes,
        variant: 'f32',
      };
      yield await duel(
        {
          what: 'infer pruned',
          net: net.name,
          batch,
          against: 'itself before pruning',
          note: `${share} of the MACs`,
        },
        [startAlcedo(), { ...load, file: smaller }],
        [startAlcedo(), { ...load, file }],
        options,
      );
    }
  }
}

/** Prunes by weights (no samples needed) to half the MACs, in whole blocks of 16 channels. */
function halve(file: string, to: string): string {
  using model = new HDlModel(file);
  const macs = model.GetDlModelParam('macs').I;
  if (!existsSync(to)) {
    using pruning = new HDlPrune(model, 'oracle', new HDict());
    pruning.SetDlPruningParam('criterion', 'weight_l2');
    pruning.SetDlPruningParam('round_to', 16);
    pruning.SetDlPruningParam('target', 'macs');
    pruning.SetDlPruningParam('target_value', HTuple.real(macs / 2));
    using smaller = model.GenDlPrunedModel(pruning);
    smaller.WriteDlModel(to);
  }
  using smaller = new HDlModel(to);
  return `${((100 * smaller.GetDlModelParam('macs').I) / macs).toFixed(1)} %`;
}
