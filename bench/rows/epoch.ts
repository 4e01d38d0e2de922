// The data path: a training epoch over JPEG files that were never read against the same number of steps on samples that
// are ready. The ratio is the share of the epoch in which the steps could have run alone: the cores' time in compute.
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { networkFile } from '../networks.js';
import { chosenNetworks, type BenchOptions } from '../options.js';
import { startEpoch } from '../peers.js';
import { fromPairs, median, type Row } from '../row.js';

export async function* epoch(options: BenchOptions): AsyncGenerator<Row> {
  for (const net of chosenNetworks(options).filter(
    ({ name }) => options.net !== undefined || name === 'resnet18',
  )) {
    const peer = startEpoch();
    try {
      const images = net.batch * 6;
      const folder = resolve('.cache', 'bench', 'images');
      await peer.ask({ command: 'load', file: resolve(networkFile(net)), folder, images, batch: net.batch });
      const pairs: [number, number][] = [];
      const busy: number[] = [];
      const best: number[] = [];
      const making: number[] = [];
      for (let round = 0; round < Math.min(options.rounds, 3); round++) {
        const one = await peer.ask<{ epoch: number; ready: number; busy: number; samplesMs: number }>({
          command: 'round',
        });
        pairs.push([one.epoch, one.ready]);
        busy.push(one.busy);
        best.push(one.ready / (one.ready + one.samplesMs));
        making.push((one.samplesMs * availableParallelism()) / images);
      }
      yield {
        what: 'epoch from files',
        net: net.name,
        batch: net.batch,
        against: 'its steps alone',
        ...fromPairs(pairs),
        note:
          `${images} JPEG files; processors ${(100 * median(busy)).toFixed(0)} % busy; a sample takes ` +
          `${median(making).toFixed(1)} ms of one processor, so ${median(best).toFixed(2)} would be all of both`,
      };
    } finally {
      peer.close();
    }
  }
}
