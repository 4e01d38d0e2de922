// Training, scoring and inference steps of the bench networks against PyTorch (as users run it, tuned, bf16) and
// onnxruntime-node.
import { resolve } from 'node:path';
import { contest, type Entrant } from '../contest.js';
import { networkFile, type BenchNetwork } from '../networks.js';
import { chosenNetworks, type BenchOptions } from '../options.js';
import { startAlcedo, startOnnxruntime, startTorch, type TorchMode } from '../peers.js';
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
  try {
    const ours = await enter('Alcedo', startAlcedo(), { file, classes: net.classes, variant: 'f32' });
    const rivals: Entrant[] = [];
    for (const variant of mode === 'infer' ? (['tuned'] as const) : (['default', 'tuned'] as const)) {
      rivals.push(await enter(torchNames[variant], startTorch(options, variant), { variant }));
    }
    if (mode === 'infer') rivals.push(await enter('onnxruntime-node', startOnnxruntime(), { file }));
    const pairings = rivals.map((theirs) => ({ ours, theirs }));
    const small = batch === 1;
    const settings = { rounds: small ? options.rounds + 2 : options.rounds, windowMs: small ? 400 : 250 };
    const figures = await contest(pairings, settings);
    for (const [i, theirs] of rivals.entries()) {
      yield {
        what: mode,
        net: net.name,
        batch,
        against: theirs.name,
        ...figures[i]!,
        ours_mib: await ours.peer.peakMib(),
        theirs_mib: await theirs.peer.peakMib(),
      };
    }
  } finally {
    for (const peer of open) peer.close();
  }
}

export const train = (options: BenchOptions): AsyncGenerator<Row> => steps('train', options);
export const score = (options: BenchOptions): AsyncGenerator<Row> => steps('score', options);
export const infer = (options: BenchOptions): AsyncGenerator<Row> => steps('infer', options);
