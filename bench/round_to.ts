// Which `round_to` makes networks fast: the same networks pruned to equal MACs with channel counts that are multiples
// of 1, 4, 8, 16, timed in turn. Usage: tsx bench/round_to.ts [--batch 1] [--rounds 7]; prints a table.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { HDlModel, HDict, HDlPrune } from '../src/index.js';
import { buildResNet } from '../src/onnx/networks.js';
import { genRealImage, genSample } from '../src/procedures/samples.js';

const { values } = parseArgs({
  options: { batch: { type: 'string', default: '1' }, rounds: { type: 'string', default: '7' } },
});
const batch = Number(values.batch);
const rounds = Number(values.rounds);
const STEPS = [1, 4, 8, 16] as const;
const NETWORKS = [
  { name: 'ResNet 16-32-64, 32x32', size: 32, widths: [16, 32, 64], blocks: 3 },
  { name: 'ResNet 64-128-256, 32x32', size: 32, widths: [64, 128, 256], blocks: 1 },
  { name: 'ResNet 64-128-256-512, 112x112', size: 112, widths: [64, 128, 256, 512], blocks: 1, stemStride: 2 },
];

interface Candidate {
  step: number;
  macs: number;
  params: number;
  run: () => void;
  times: number[];
}

const folder = mkdtempSync(join(tmpdir(), 'alcedo-round-'));
console.log(`| network (batch ${batch}) | MACs asked | round_to | MACs | parameters | ms | to round_to 1 |`);
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const network of NETWORKS) {
  const file = join(folder, 'net.onnx');
  writeFileSync(
    file,
    buildResNet({ ...network, height: network.size, width: network.size, imageChannels: 3, numClasses: 10 }),
  );
  const model = new HDlModel(file);
  const sample = new HDict(
    genSample(
      genRealImage(new Float32Array(3 * network.size ** 2).fill(0.5), network.size, network.size, 3),
    ),
  );
  const samples = Array.from({ length: batch }, () => sample);
  for (const share of [0.6, 0.35]) {
    const candidates = STEPS.map((step): Candidate => {
      // An uneven choice, as scores make it: random kernels.
      const prune = new HDlPrune(model, 'oracle', new HDict());
      prune.SetDlPruningParam('criterion', 'random');
      prune.SetDlPruningParam('round_to', step);
      prune.SetDlPruningParam('target', 'macs');
      prune.SetDlPruningParam('target_value', Math.round(model.GetDlModelParam('macs').I * share));
      const pruned = model.GenDlPrunedModel(prune);
      pruned.SetDlModelParam('batch_size', batch);
      const run = (): void => {
        for (const result of pruned.ApplyDlModel(samples, [])) result.Dispose();
      };
      run();
      const macs = pruned.GetDlModelParam('macs').I;
      return { step, macs, params: pruned.GetDlModelParam('num_trainable_params').I, run, times: [] };
    });
    for (let round = 0; round < rounds; round++) {
      for (const candidate of candidates) {
        const list: number[] = [];
        for (const end = performance.now() + 100; performance.now() < end || list.length < 5;) {
          const start = performance.now();
          candidate.run();
          list.push(performance.now() - start);
        }
        candidate.times.push(list.sort((a, b) => a - b)[list.length >> 2]!);
      }
    }
    const middle = (list: number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;
    for (const { step, macs, params, times } of candidates) {
      const ratio = middle(times.map((ms, i) => ms / candidates[0]!.times[i]!));
      console.log(
        `| ${network.name} | ${(100 * share).toFixed(0)} % | ${step} | ${macs} | ${params} | ` +
          `${middle(times).toFixed(3)} | ${ratio.toFixed(2)} |`,
      );
    }
  }
}
rmSync(folder, { recursive: true });
