// Real pretrained networks (scripts/fetch-models.mjs) at batch 1 against onnxruntime-node.
import { contest } from '../contest.js';
import type { BenchOptions } from '../options.js';
import { startAlcedo, startOnnxruntime } from '../peers.js';
import type { Row } from '../row.js';

/** Size of the input where the file leaves it open: width, height. */
const networks: Record<string, readonly [number, number]> = {
  'ppocr-cls': [192, 48],
  'ppocr-det': [320, 320],
  'ppocr-rec': [320, 48],
  'blazeface-front': [128, 128],
  'blazeface-back': [256, 256],
  'mlsd-tiny': [320, 320],
  'mlsd-large': [320, 320],
  embedding: [32, 76],
  detypify: [224, 224],
};

interface Fetched {
  name: string;
  path?: string;
  problem?: string;
}

export async function* pretrained(options: BenchOptions): AsyncGenerator<Row> {
  const script = '../../scripts/fetch-models.mjs';
  const { fetchModels } = (await import(script)) as { fetchModels: (names: readonly string[]) => Fetched[] };
  const names = options.quick
    ? ['ppocr-cls']
    : Object.keys(networks).filter((name) => options.net?.includes(name) ?? true);
  for (const { name, path, problem } of fetchModels(names)) {
    if (path === undefined) {
      console.log(`[bench] ${name}: ${problem}`);
      continue;
    }
    const [width, height] = networks[name]!;
    const ours = { peer: startAlcedo(), name: 'Alcedo' };
    const theirs = { peer: startOnnxruntime(), name: 'onnxruntime-node' };
    try {
      const request = {
        command: 'load',
        net: name,
        file: path,
        batch: 1,
        size: width,
        width,
        height,
        mode: 'infer',
      };
      await ours.peer.ask({ ...request, variant: 'f32', classes: 1 });
      const { version } = await theirs.peer.ask<{ version: string }>(request);
      const [figures] = await contest([{ ours, theirs }], { rounds: options.rounds + 2, windowMs: 300 });
      yield {
        what: 'infer',
        net: name,
        batch: 1,
        against: `onnxruntime-node ${version}`,
        ...figures!,
        ours_mib: await ours.peer.peakMib(),
        theirs_mib: await theirs.peer.peakMib(),
      };
    } catch (error) {
      console.log(`[bench] ${name}: ${(error as Error).message}`);
    } finally {
      ours.peer.close();
      theirs.peer.close();
    }
  }
}
