// One network pruned to a latency: asked in milliseconds, then measured as a user would run it.
import { HSystem } from '../generated/HSystem.js';
import { join } from 'node:path';
import { HTuple } from '../htuple/HTuple.js';
import { fromScratch, newNetwork, retraining } from './fashion.js';
import { LATENCY_BATCH, measureCosts, saveNetwork, type Costs } from './measure.js';
import type { NetworkOptions } from './networks.js';
import type { Task } from './task.js';

export interface LatencySettings {
  baseImages: number;
  retrainImages: number;
  /** Share of the unpruned network's time that may remain. */
  share: number;
  scoreSamples: number;
  latencySeconds: number;
  scale?: number;
}

export const LATENCY: LatencySettings = {
  baseImages: 120000,
  retrainImages: 60000,
  share: 0.5,
  scoreSamples: 512,
  latencySeconds: 0.9,
};

export interface LatencyResult {
  batch: number;
  /** Milliseconds per call of `batch` images: what was asked for, and what the operator measured at the end. */
  asked_ms: number;
  reached_ms: number;
  before: Costs & { accuracy: number };
  after: Costs & { accuracy: number };
  seconds: number;
}

export async function runLatency(
  task: Task,
  settings: LatencySettings,
  folder: string,
  say: (text: string) => void,
): Promise<LatencyResult> {
  const start = performance.now();
  const files = [join(folder, 'latency-before.onnx'), join(folder, 'latency-after.onnx')] as const;
  const options: NetworkOptions = {
    seed: 2,
    ...(settings.scale === undefined ? {} : { scale: settings.scale }),
  };
  using model = newNetwork('resnet', folder, options);
  await task.fit(model, fromScratch(settings.baseImages, 2));
  saveNetwork(model, files[0]);
  const accuracy = (await task.evaluate(model)).accuracy;
  const [whole] = await measureCosts(task.data, [files[0]], settings.latencySeconds);
  const asked_ms = whole!.ms * LATENCY_BATCH * settings.share;
  say(
    `latency: ${(whole!.ms * LATENCY_BATCH).toFixed(2)} ms per ${LATENCY_BATCH} images, ${asked_ms.toFixed(2)} asked for`,
  );
  const indices = task.choose(settings.scoreSamples, 2);
  using pruning = await task.score(model, 'taylor', indices);
  pruning.SetDlPruningParam('target', 'latency_ms');
  pruning.SetDlPruningParam('target_value', HTuple.real(asked_ms));
  // Trial networks are timed as the result will be measured: with kernels chosen by timing.
  const autotune = HSystem.GetSystem('autotune').S;
  HSystem.SetSystem('autotune', 'true');
  using pruned = model.GenDlPrunedModel(pruning);
  HSystem.SetSystem('autotune', autotune);
  const report = JSON.parse(pruning.GetDlPruningParam('report').S) as { reached: number };
  say(`latency: ${report.reached.toFixed(2)} ms reached`);
  await task.fit(pruned, retraining(settings.retrainImages, 2));
  saveNetwork(pruned, files[1]);
  const after = (await task.evaluate(pruned)).accuracy;
  const costs = await measureCosts(task.data, files, settings.latencySeconds);
  return {
    batch: LATENCY_BATCH,
    asked_ms,
    reached_ms: report.reached,
    before: { ...costs[0]!, accuracy },
    after: { ...costs[1]!, accuracy: after },
    seconds: (performance.now() - start) / 1000,
  };
}
