// Alcedo itself behind the same line protocol as torch_peer.py. Everything goes through the operators, as a user's
// program does: dictionaries with images in, results out.
import { HDict, HDlModel, HDlPrune, HOperatorSet } from '../../src/index.js';
import { genRealImage, genSample } from '../../src/procedures/samples.js';
import { serve, timed } from './serve.js';

interface Request {
  command: string;
  file: string;
  batch: number;
  size: number;
  width?: number;
  height?: number;
  classes: number;
  mode: 'train' | 'score' | 'infer' | 'oracle';
  variant: string;
  steps: number;
}

let step: () => void;
let scores: (() => number[]) | undefined;

function samples(model: HDlModel, request: Request): HDict[] {
  const [width, height, channels] = ['image_width', 'image_height', 'image_num_channels'].map(
    (name) => model.GetDlModelParam(name).I,
  ) as [number, number, number];
  return Array.from({ length: request.batch }, (_, i) => {
    const pixels = Float32Array.from(
      { length: width * height * channels },
      (_, p) => (((p + 1) * (i + 37)) % 101) / 50 - 1,
    );
    const image = genRealImage(pixels, width, height, channels);
    return new HDict(genSample(image, { image_label_id: i % request.classes }));
  });
}

function load(request: Request): void {
  HOperatorSet.SetSystem('thread_num', 2);
  const model = new HDlModel(request.file);
  model.SetDlModelParam('batch_size', request.batch);
  model.SetDlModelParam('learning_rate', 1e-4);
  model.SetDlModelParam('weight_prior', 1e-4);
  if (request.width !== undefined && request.height !== undefined) {
    const channels = model.GetDlModelParam('image_num_channels').I;
    model.SetDlModelParam('image_dimensions', [request.width, request.height, channels]);
  }
  const batch = samples(model, request);
  if (request.mode === 'train') {
    step = () => model.TrainDlModelBatch(batch).Dispose();
  } else if (request.mode === 'infer') {
    step = () => model.ApplyDlModel(batch, []).forEach((result) => result.Dispose());
  } else {
    const prune = new HDlPrune(model, 'oracle', new HDict());
    if (request.variant === 'bf16') prune.SetDlPruningParam('precision', 'bfloat16');
    scores = () => [...prune.GetDlPruningParam('kernel_scores').ToDArr()];
    if (request.mode === 'oracle') prune.SetDlPruningParam('criterion', 'oracle_abs');
    step = () => model.AddDlPruningBatch(prune, batch);
  }
}

await serve<Request>({
  load(request) {
    load(request);
    return { ok: true };
  },
  step: () => timed(step),
  own: { scores: () => ({ scores: scores!() }) },
});
