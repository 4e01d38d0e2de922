// One network pruned to a latency: asked in milliseconds, then measured as a user would run it.
import type { HDlModel } from '../generated/HDlModel.js';
import { HSystem } from '../generated/HSystem.js';
import { join } from 'node:path';
import { HTuple } from '../htuple/HTuple.js';
import { fromScratch, newNetwork, retraining } from './fashion.js';
import { LATENCY_BATCH, measureCosts, type Costs } from './measure.js';
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
  baseImages: 240000,
  retrainImages: 120000,
  share: 0.5,
  scoreSamples: 512,
  latencySeconds: 1.8,
};

export interface LatencyResult {
  batch: number;
  /** Milliseconds per call of `batch` images: what was asked for, and what the operator measured at the end. */
  asked_ms: number;
  reached_ms: number;
  /** What was asked of the operator, and what a run of the written file took, cut by cut. */
  cuts: { asked_ms: number; real_ms: number }[];
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
  model.WriteDlModel(files[0]);
  const accuracy = (await task.evaluate(model)).accuracy;
  const [whole] = await measureCosts(task.data, [files[0]], settings.latencySeconds);
  const asked_ms = whole!.ms * LATENCY_BATCH * settings.share;
  say(
    `latency: ${(whole!.ms * LATENCY_BATCH).toFixed(2)} ms per ${LATENCY_BATCH} images, ${asked_ms.toFixed(2)} asked for`,
  );
  const cut = await cutToLatency(task, model, asked_ms, settings, files[1], say);
  using pruned = cut.model;
  await task.fit(pruned, retraining(settings.retrainImages, 2), { model, weight: 0.7, temperature: 3 });
  pruned.WriteDlModel(files[1]);
  const after = (await task.evaluate(pruned)).accuracy;
  const costs = await measureCosts(task.data, files, settings.latencySeconds);
  return {
    batch: LATENCY_BATCH,
    asked_ms,
    reached_ms: cut.reached_ms,
    cuts: cut.cuts,
    before: { ...costs[0]!, accuracy },
    after: { ...costs[1]!, accuracy: after },
    seconds: (performance.now() - start) / 1000,
  };
}

const MOST_CUTS = 4;
const TOLERANCE = 0.05;

/** Cuts, writes and runs the network; if its time is off by more than a twentieth, cuts anew with a corrected target.
 * The cut that came closest stays. */
async function cutToLatency(
  task: Task,
  model: HDlModel,
  wanted_ms: number,
  settings: LatencySettings,
  file: string,
  say: (text: string) => void,
): Promise<{ model: HDlModel; reached_ms: number; cuts: LatencyResult['cuts'] }> {
  using pruning = await task.score(model, 'taylor', task.choose(settings.scoreSamples, 2));
  pruning.SetDlPruningParam('target', 'latency_ms');
  const cuts: LatencyResult['cuts'] = [];
  const error = (ms: number): number => Math.abs(ms / wanted_ms - 1);
  let best: { model: HDlModel; reached_ms: number; real_ms: number } | undefined;
  let asked_ms = wanted_ms;
  // Trial networks are timed as the result will be measured: with kernels chosen by timing.
  const autotune = HSystem.GetSystem('autotune').S;
  while (cuts.length < MOST_CUTS && !(best && error(best.real_ms) <= TOLERANCE)) {
    pruning.SetDlPruningParam('target_value', HTuple.real(asked_ms));
    HSystem.SetSystem('autotune', 'true');
    const pruned = model.GenDlPrunedModel(pruning);
    HSystem.SetSystem('autotune', autotune);
    const reached_ms = pruning.GetDlPruningParam('target_reached').D;
    pruned.WriteDlModel(file);
    const [costs] = await measureCosts(task.data, [file], settings.latencySeconds);
    const real_ms = costs!.ms * LATENCY_BATCH;
    cuts.push({ asked_ms, real_ms });
    say(
      `latency: ${asked_ms.toFixed(2)} ms asked, ${reached_ms.toFixed(2)} reported, ${real_ms.toFixed(2)} measured`,
    );
    if (!best || error(real_ms) < error(best.real_ms)) {
      best?.model.Dispose();
      best = { model: pruned, reached_ms, real_ms };
    } else {
      pruned.Dispose();
    }
    asked_ms *= wanted_ms / real_ms;
  }
  return { ...best!, cuts };
}
