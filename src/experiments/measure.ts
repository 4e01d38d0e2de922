// What a written network costs: bytes, parameters, MACs, and milliseconds in this engine and in onnxruntime.
import { HDlModel } from '../generated/HDlModel.js';
import { HSystem } from '../generated/HSystem.js';
import { statSync } from 'node:fs';
import { cpus } from 'node:os';
import { OrtModel } from '../demo/onnxruntime.js';
import { measureLatency } from '../procedures/evaluate.js';
import type { PreparedDataset } from '../procedures/preprocess.js';

export interface Costs {
  params: number;
  macs: number;
  bytes: number;
  /** Milliseconds per image at `batch` images a call, all cores. */
  ms: number;
  ms_ort: number;
}

export const LATENCY_BATCH = 64;

/** Measures the files in turn, several times: a disturbance hits all of them. Medians of the rounds. */
export async function measureCosts(
  data: PreparedDataset,
  files: readonly string[],
  seconds: number,
  rounds = 9,
): Promise<Costs[]> {
  // As users run a network: with kernels chosen by timing.
  const autotune = HSystem.GetSystem('autotune').S;
  HSystem.SetSystem('autotune', 'true');
  try {
    const models = files.map((file) => new HDlModel(file));
    const others: OrtModel[] = [];
    for (const file of files) others.push(await OrtModel.load(file, cpus().length));
    const ms = files.map((): number[] => []);
    const ort = files.map((): number[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, model] of models.entries()) {
        ms[i]!.push(measureLatency(data, model, LATENCY_BATCH, seconds / rounds));
        ort[i]!.push(await others[i]!.latency(data, LATENCY_BATCH, seconds / rounds));
      }
    }
    return models.map((model, i) => {
      const costs = {
        params: model.GetDlModelParam('num_trainable_params').I,
        macs: model.GetDlModelParam('macs').I,
        bytes: statSync(files[i]!).size,
        ms: median(ms[i]!),
        ms_ort: median(ort[i]!),
      };
      model.Dispose();
      return costs;
    });
  } finally {
    HSystem.SetSystem('autotune', autotune);
  }
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
