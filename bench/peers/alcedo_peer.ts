// Alcedo itself behind the same line protocol as torch_peer.py. Everything goes through the operators, as a user's
// program does: dictionaries with images in, results out.
import { createInterface } from 'node:readline';
import type { HHandle } from '../../src/runtime/HHandle.js';
import { callOperator } from '../../src/runtime/call.js';
import { readModel, setModelParam } from '../../src/procedures/model.js';
import { genRealImage, genSample } from '../../src/procedures/samples.js';

interface Request {
  command: string;
  file: string;
  batch: number;
  size: number;
  channels?: number;
  classes: number;
  mode: 'train' | 'score' | 'infer';
  variant: string;
}

let step: () => void;

function samples(request: Request): HHandle[] {
  const channels = request.channels ?? 3;
  return Array.from({ length: request.batch }, (_, i) => {
    const pixels = Float32Array.from(
      { length: request.size * request.size * channels },
      (_, p) => (((p + 1) * (i + 37)) % 101) / 50 - 1,
    );
    return genSample(genRealImage(pixels, request.size, request.size, channels), { image_label_id: i % request.classes });
  });
}

function load(request: Request): void {
  callOperator('set_system', [], ['thread_num', 2], 0, 0);
  const model = readModel(request.file);
  setModelParam(model, 'batch_size', request.batch);
  setModelParam(model, 'learning_rate', 1e-4);
  setModelParam(model, 'weight_prior', 1e-4);
  const batch = samples(request);
  if (request.mode === 'train') {
    step = () => callOperator('train_dl_model_batch', [], [model, batch], 0, 1).controls[0]!.Dispose();
  } else if (request.mode === 'infer') {
    step = () => callOperator('apply_dl_model', [], [model, batch, []], 0, 1).controls[0]!.Dispose();
  } else {
    const pruning = callOperator('create_dl_pruning', [], [model, 'oracle', []], 0, 1).controls[0]!;
    if (request.variant === 'bf16') callOperator('set_dl_pruning_param', [], [pruning, 'precision', 'bfloat16'], 0, 0);
    step = () => void callOperator('add_dl_pruning_batch', [], [model, pruning, batch], 0, 0);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as Request;
  let answer: object;
  if (request.command === 'load') {
    load(request);
    answer = { ok: true };
  } else if (request.command === 'step') {
    const start = performance.now();
    step!();
    answer = { ms: performance.now() - start };
  } else {
    answer = { mib: process.resourceUsage().maxRSS / 1024 };
  }
  console.log(JSON.stringify(answer));
}
