// Alcedo's work on whole models behind the line protocol of the peers: pruning, files, plans, scoring end to end.
import { rmSync } from 'node:fs';
import { HDict, HDlModel, HDlPrune, HOperatorSet, HTuple } from '../../src/index.js';
import { disposeAll, genRealImage, genSample } from '../../src/procedures/samples.js';
import { serve } from './serve.js';

interface Request {
  command: string;
  mode: 'gen' | 'taylor' | 'read' | 'write' | 'plan' | 'coupling';
  file: string;
  batch: number;
  steps: number;
  purpose?: 'infer' | 'train' | 'score';
  precision?: string;
}

/** Makes ready what is not measured; returns what one step is, with the milliseconds of its measured part. */
type Task = (request: Request) => () => number;

const timed = (work: () => void): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

function open(request: Request): HDlModel {
  const model = new HDlModel(request.file);
  model.SetDlModelParam('batch_size', request.batch);
  return model;
}

function makeSamples(model: HDlModel, pixels: readonly Float32Array[]): HDict[] {
  const [width, height, channels] = ['image_width', 'image_height', 'image_num_channels'].map(
    (name) => model.GetDlModelParam(name).I,
  );
  const ids = model.GetDlModelParam('class_ids').ToIArr();
  return pixels.map((one, i) => {
    using image = genRealImage(one, width!, height!, channels!);
    return genSample(image, { image_label_id: ids[i % ids.length] ?? 0 });
  });
}

function makePixels(model: HDlModel, num: number): Float32Array[] {
  const size = ['image_width', 'image_height', 'image_num_channels'].reduce(
    (product, name) => product * model.GetDlModelParam(name).I,
    1,
  );
  return Array.from({ length: num }, (_, i) =>
    Float32Array.from({ length: size }, (_, p) => (((p + 1) * (i + 37)) % 101) / 50 - 1),
  );
}

const tasks: Record<Request['mode'], Task> = {
  gen(request) {
    const model = open(request);
    const pruning = new HDlPrune(model, 'oracle', new HDict());
    const samples = makeSamples(model, makePixels(model, request.batch));
    model.AddDlPruningBatch(pruning, samples);
    pruning.SetDlPruningParam('percentage', HTuple.real(30));
    return () => {
      let pruned: HDlModel | undefined;
      const ms = timed(() => {
        pruned = model.GenDlPrunedModel(pruning);
      });
      pruned!.Dispose();
      return ms;
    };
  },
  // Dictionaries and images in, scores out: what a user's loop does with every batch.
  taylor(request) {
    const model = open(request);
    const pruning = new HDlPrune(model, 'oracle', new HDict());
    if (request.precision !== undefined) pruning.SetDlPruningParam('precision', request.precision);
    const pixels = makePixels(model, request.batch);
    return () =>
      timed(() => {
        const samples = makeSamples(model, pixels);
        model.AddDlPruningBatch(pruning, samples);
        disposeAll(samples);
        pruning.GetDlPruningParam('kernel_scores').ToDArr();
      });
  },
  read(request) {
    return () => {
      let model: HDlModel | undefined;
      const ms = timed(() => {
        model = new HDlModel(request.file);
      });
      model!.Dispose();
      return ms;
    };
  },
  write(request) {
    const model = new HDlModel(request.file);
    const target = `${request.file}.written.onnx`;
    process.on('exit', () => rmSync(target, { force: true }));
    return () => timed(() => model.WriteDlModel(target));
  },
  // First call minus a steady one; a new model each time.
  plan(request) {
    return () => {
      using model = open(request);
      const samples = makeSamples(model, makePixels(model, request.batch));
      const pruning = request.purpose === 'score' ? new HDlPrune(model, 'oracle', new HDict()) : undefined;
      const call = (): number =>
        timed(() => {
          if (pruning) model.AddDlPruningBatch(pruning, samples);
          else if (request.purpose === 'train') model.TrainDlModelBatch(samples).Dispose();
          else disposeAll(model.ApplyDlModel(samples, []));
        });
      const first = call();
      call();
      const steady = Math.min(call(), call());
      disposeAll(samples);
      pruning?.Dispose();
      return Math.max(first - steady, 0);
    };
  },
  coupling(request) {
    const model = new HDlModel(request.file);
    return () =>
      timed(() => {
        using pruning = new HDlPrune(model, 'oracle', new HDict());
        pruning.GetDlPruningParam('prunable_kernel_num');
      });
  },
};

HOperatorSet.SetSystem('thread_num', 2);
let step: () => number;
await serve<Request>({
  load(request) {
    step = tasks[request.mode](request);
    return { ok: true };
  },
  step: () => step(),
});
