// The exact oracle of all kernels against one full forward pass per kernel in the same engine. The forward passes are
// a sample taken before and after, times the number of kernels; setting a kernel to zero is given away for free.
import { resolve } from 'node:path';
import { networkFile, type BenchNetwork } from '../networks.js';
import type { BenchOptions } from '../options.js';
import { startAlcedo } from '../peers.js';
import { median, type Row } from '../row.js';

const large: BenchNetwork = { name: 'vgg16_bn_64', size: 64, batch: 32, classes: 1000 };
const small: BenchNetwork = { name: 'resnet20', size: 32, batch: 32, classes: 10 };
/** Kernels that can leave one by one. */
const groups = { vgg16_bn_64: 4224, resnet20: 448 } as Record<string, number>;
const SAMPLE = 10;

export async function* oracle(options: BenchOptions): AsyncGenerator<Row> {
  const net = options.quick ? small : large;
  const request = { command: 'load', ...net, file: resolve(networkFile(net)), variant: 'f32' };
  const [ours, theirs] = [startAlcedo(), startAlcedo()];
  try {
    await theirs.ask({ ...request, mode: 'infer' });
    await ours.ask({ ...request, mode: 'oracle' });
    await theirs.steps(2);
    const before = await theirs.steps(SAMPLE);
    const [ms] = await ours.steps(1);
    const after = await theirs.steps(SAMPLE);
    const whole = [median(before), median(after), median([...before, ...after])].map(
      (one) => one * groups[net.name]!,
    );
    const ratios = whole.map((one) => one / ms!);
    yield {
      what: 'oracle',
      net: net.name,
      batch: net.batch,
      against: 'a forward pass per kernel',
      ratio: ratios[2]!,
      ratio_min: Math.min(...ratios),
      ratio_max: Math.max(...ratios),
      ours_ms: ms!,
      theirs_ms: whole[2]!,
      ours_mib: await ours.peakMib(),
      theirs_mib: await theirs.peakMib(),
      n: 1,
      note: `${groups[net.name]} kernels; forward passes: ${2 * SAMPLE} measured`,
    };
  } finally {
    ours.close();
    theirs.close();
  }
}
