// Training, scoring and inference steps of the bench networks against PyTorch (as users run it, tuned, bf16) and
// onnxruntime-node.
import { resolve } from 'node:path';
import { spearman } from '../../src/procedures/correlation.js';
import { contest, type Entrant, type Pairing } from '../contest.js';
import { networkFile, type BenchNetwork } from '../networks.js';
import { chosenNetworks, type BenchOptions } from '../options.js';
import { startAlcedo, startOnnxruntime, startTorch, tunedVariant, type TorchMode } from '../peers.js';
import type { Peer } from '../peer.js';
import type { Row } from '../row.js';

type Mode = 'train' | 'score' | 'infer';

const torchNames: Record<TorchMode, string> = {
  default: 'PyTorch, default',
  tuned: 'PyTorch, tuned',
  bf16: 'PyTorch, bf16 tuned',
};

async function* steps(mode: Mode, options: BenchOptions): AsyncGenerator<Row> {
  for (const net of chosenNetworks(options)) {
    for (const batch of mode === 'infer' ? [1, net.batch] : [net.batch]) {
      try {
        yield* measure(mode, net, batch, options);
      } catch (error) {
        console.log(`[bench] ${mode} ${net.name} ${batch}: ${(error as Error).message}`);
      }
    }
  }
}

async function* measure(
  mode: Mode,
  net: BenchNetwork,
  batch: number,
  options: BenchOptions,
): AsyncGenerator<Row> {
  const open: Peer[] = [];
  const file = resolve(networkFile(net));
  const request = { net: net.name, batch, size: net.size, mode };
  const enter = async (name: string, peer: Peer, load: object): Promise<Entrant> => {
    open.push(peer);
    const { version } = await peer.ask<{ version?: string }>({ command: 'load', ...request, ...load });
    return { peer, name: version === undefined ? name : name.replace(/^\S+?(?=,|$)/, `$& ${version}`) };
  };
  const alcedo = (variant: string): Promise<Entrant> =>
    enter('Alcedo', startAlcedo(), { file, classes: net.classes, variant });
  const torch = async (kind: TorchMode): Promise<Entrant> => {
    const variant = kind === 'tuned' ? await tunedVariant(options, request) : kind;
    const name = torchNames[kind] + (variant === kind ? '' : ` (${variant})`);
    return enter(name, startTorch(options, kind), { variant });
  };
  try {
    const f32 = await alcedo('f32');
    const pairings: Pairing[] = [];
    if (mode !== 'infer') pairings.push({ ours: f32, theirs: await torch('default') });
    const tuned = await torch('tuned');
    pairings.push({ ours: f32, theirs: tuned });
    if (mode === 'infer') {
      pairings.push({ ours: f32, theirs: await enter('onnxruntime-node', startOnnxruntime(), { file }) });
    }
    if (mode === 'score') {
      try {
        const bf16 = await alcedo('bf16');
        pairings.push({ ours: bf16, theirs: await torch('bf16') }, { ours: bf16, theirs: tuned });
      } catch (error) {
        console.log(`[bench] bf16 ${net.name}: ${(error as Error).message}`);
      }
    }
    const small = batch === 1;
    const settings = { rounds: small ? options.rounds + 2 : options.rounds, windowMs: small ? 400 : 250 };
    const figures = await contest(pairings, settings);
    for (const [i, { ours, theirs }] of pairings.entries()) {
      const row: Row = {
        what: ours === f32 ? mode : `${mode} bf16`,
        net: net.name,
        batch,
        against: theirs.name,
        ...figures[i]!,
        ours_mib: await ours.peer.peakMib(),
        theirs_mib: await theirs.peer.peakMib(),
      };
      if (ours !== f32) row.note = `Spearman with f32 ${(await agreement(f32.peer, ours.peer)).toFixed(4)}`;
      yield row;
    }
  } finally {
    for (const peer of open) peer.close();
  }
}

/** Rank correlation of the scores that both have summed up. */
async function agreement(a: Peer, b: Peer): Promise<number> {
  const scores = async (peer: Peer): Promise<number[]> =>
    (await peer.ask<{ scores: number[] }>({ command: 'scores' })).scores;
  return spearman(await scores(a), await scores(b));
}

export const train = (options: BenchOptions): AsyncGenerator<Row> => steps('train', options);
export const score = (options: BenchOptions): AsyncGenerator<Row> => steps('score', options);
export const infer = (options: BenchOptions): AsyncGenerator<Row> => steps('infer', options);
