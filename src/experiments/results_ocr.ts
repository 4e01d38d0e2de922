// PaddleOCR's text-direction network (pretrained, from an npm package) on rendered lines: before, trained on them, cut, retrained.
import { HDlModel } from '../generated/HDlModel.js';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HTuple } from '../htuple/HTuple.js';
import { createDlPreprocessParam, preprocessDlDataset } from '../procedures/preprocess.js';
import { LINE_HEIGHT, LINE_WIDTH, missingFonts, renderLines } from './lines.js';
import { measureCosts, type Costs } from './measure.js';
import { ROOT } from './parts.js';
import { Task, type Teacher } from './task.js';

export interface OcrSettings {
  trainLines: number;
  testLines: number;
  /** Lines that the whole network is first trained on: it comes from photographs, not from rendered text. */
  tuneLines: number;
  ratios: readonly number[];
  retrainLines: number;
  batchSize: number;
  /** Of the whole network, and of the cut ones. */
  learningRate: number;
  retrainRate: number;
  /** Share of a layer's kernels that may leave per level, in percent. */
  maxLayerPercentage: number;
  scoreSamples: number;
  latencySeconds: number;
}

export const OCR: OcrSettings = {
  trainLines: 3072,
  testLines: 1000,
  tuneLines: 16384,
  ratios: [1.5, 2, 3],
  retrainLines: 20480,
  batchSize: 32,
  learningRate: 0.005,
  retrainRate: 0.01,
  maxLayerPercentage: 60,
  scoreSamples: 512,
  latencySeconds: 1.8,
};

export interface OcrLevel {
  /** 1: the whole network, trained on rendered lines. */
  ratio: number;
  cut: number | null;
  accuracy: number;
  costs: Costs;
}

export interface OcrResult {
  skipped?: string;
  testLines: number;
  settings: OcrSettings;
  /** Accuracy of the network as it came. */
  as_it_came: number | null;
  levels: OcrLevel[];
  /** The whole network, trained on as long as the smallest cut one was. */
  unpruned_retrained: number | null;
  seconds: number;
}

interface Fetched {
  name: string;
  path?: string;
  problem?: string;
}

async function fetchNetwork(): Promise<Fetched> {
  const script = pathToFileURL(join(ROOT, 'scripts', 'fetch-models.mjs')).href;
  const { fetchModels } = (await import(script)) as { fetchModels: (names: string[]) => Fetched[] };
  return fetchModels(['ppocr-cls'])[0]!;
}

export async function linesTask(trainLines: number, testLines: number, seed: number): Promise<Task> {
  const dataset = await renderLines(trainLines + testLines, seed);
  const data = await preprocessDlDataset(dataset, createDlPreprocessParam(LINE_WIDTH, LINE_HEIGHT, 3, -1, 1));
  const all = dataset.samples.map((_, i) => i);
  return new Task(data, all.slice(0, trainLines), all.slice(trainLines));
}

export async function runOcr(
  settings: OcrSettings,
  folder: string,
  say: (text: string) => void,
): Promise<OcrResult> {
  const start = performance.now();
  const skip = (skipped: string): OcrResult => {
    say(`text direction: skipped: ${skipped}`);
    return {
      skipped,
      testLines: 0,
      settings,
      as_it_came: null,
      levels: [],
      unpruned_retrained: null,
      seconds: 0,
    };
  };
  const fonts = missingFonts();
  if (fonts !== undefined) return skip(fonts);
  const { path, problem } = await fetchNetwork();
  if (path === undefined) return skip(`the network could not be fetched: ${problem ?? 'no reason given'}`);

  const task = await linesTask(settings.trainLines, settings.testLines, 1);
  say(`text direction: ${settings.trainLines + settings.testLines} lines rendered`);
  using original = new HDlModel(path);
  original.SetDlModelParam('image_dimensions', [LINE_WIDTH, LINE_HEIGHT, 3]);
  const as_it_came = (await task.evaluate(original)).accuracy;
  say(`text direction: ${percent(as_it_came)} % of the test lines as it came`);
  const fit = (
    model: HDlModel,
    images: number,
    seed: number,
    rate: number,
    teacher?: Teacher,
  ): Promise<number> =>
    task.fit(
      model,
      {
        images,
        batchSize: settings.batchSize,
        learningRate: rate,
        momentum: 0.9,
        weightPrior: 1e-4,
        schedule: { kind: 'cosine', warmup: 0.1 },
        seed,
      },
      teacher,
    );
  // Its running statistics are of other images: with those of rendered lines it is another network, so what is cut is
  // trained on rendered lines first. Else a cut and its retraining would be blamed for the change.
  await fit(original, settings.tuneLines, 1, settings.learningRate);
  const tuned = (await task.evaluate(original)).accuracy;
  say(`text direction: ${percent(tuned)} % trained on rendered lines`);
  const teacher: Teacher = { model: original, weight: 0.5, temperature: 2 };
  const macs = original.GetDlModelParam('macs').I;
  const files = [join(folder, 'direction-1x.onnx')];
  original.WriteDlModel(files[0]!);
  const levels: Omit<OcrLevel, 'costs'>[] = [{ ratio: 1, cut: null, accuracy: tuned }];
  let model = original;
  for (const [i, ratio] of settings.ratios.entries()) {
    using pruning = await task.score(model, 'taylor', task.choose(settings.scoreSamples, i + 1), {
      recalibrate: true,
    });
    // By loss per MAC one channel would be left of the 32 that the last blocks pass on: docs/decisions/pruning.md.
    pruning.SetDlPruningParam('ranking', 'global');
    pruning.SetDlPruningParam('max_layer_percentage', settings.maxLayerPercentage);
    pruning.SetDlPruningParam('target', 'macs');
    pruning.SetDlPruningParam('target_value', HTuple.real(macs / ratio));
    const pruned = model.GenDlPrunedModel(pruning);
    if (model !== original) model.Dispose();
    model = pruned;
    const cut = (await task.evaluate(model)).accuracy;
    await fit(model, settings.retrainLines, i + 2, settings.retrainRate, teacher);
    const { accuracy } = await task.evaluate(model);
    say(`text direction, ${ratio}x: ${percent(cut)} % cut, ${percent(accuracy)} % retrained`);
    files.push(join(folder, `direction-${ratio}x.onnx`));
    model.WriteDlModel(files.at(-1)!);
    levels.push({ ratio, cut, accuracy });
  }
  if (model !== original) model.Dispose();
  using whole = new HDlModel(files[0]!);
  for (const [i] of settings.ratios.entries())
    await fit(whole, settings.retrainLines, i + 2, settings.learningRate, teacher);
  const unpruned_retrained = (await task.evaluate(whole)).accuracy;
  say(`text direction: ${percent(unpruned_retrained)} % the whole network, trained on`);
  const costs = await measureCosts(task.data, files, settings.latencySeconds);
  return {
    testLines: settings.testLines,
    settings,
    as_it_came,
    levels: levels.map((level, i) => ({ ...level, costs: costs[i]! })),
    unpruned_retrained,
    seconds: (performance.now() - start) / 1000,
  };
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
