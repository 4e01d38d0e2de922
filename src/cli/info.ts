// alcedo info: layers, shapes, parameters, multiplications, and which convolutions can be pruned.
import type { HDlModel } from '../generated/HDlModel.js';
import { Command } from 'commander';
import pc from 'picocolors';
import { whyNotRunnable } from '../procedures/model.js';
import { createPruning } from '../procedures/prune.js';
import type { HDlPrune } from '../generated/HDlPrune.js';
import { HOperatorError } from '../runtime/HOperatorError.js';
import { grouped, openModel, print, printJson, table } from './common.js';

interface Layer {
  id: number;
  name: string;
  type: string;
  shape: number[];
  inputs: number[];
  params: number;
  macs: number;
  prunable?: boolean;
  reason?: string;
}

export interface ModelInfo {
  file: string;
  type: string;
  image: { width: number; height: number; channels: number } | null;
  classes: number | null;
  params: number;
  trainable_params: number;
  macs: number;
  prunable_convolutions: number;
  prunable_kernels: number;
  /** Nodes for which the network cannot be run. */
  not_runnable: string | null;
  layers: Layer[];
}

export function infoCommand(): Command {
  return new Command('info')
    .description('show layers, shapes, parameters, MACs and what can be pruned')
    .argument('<model>', 'ONNX file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  alcedo info model.onnx --json | jq .macs')
    .action((path: string, options: { json?: boolean }) => {
      using model = openModel(path);
      const info = modelInfo(path, model);
      if (options.json) printJson(info);
      else printInfo(info);
    });
}

export function modelInfo(file: string, model: HDlModel): ModelInfo {
  const layers = JSON.parse(model.GetDlModelParam('layers').S) as Layer[];
  const prunable = prunability(model, layers);
  const maybe = <T>(read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      if (error instanceof HOperatorError) return null;
      throw error;
    }
  };
  return {
    file,
    type: model.GetDlModelParam('type').S,
    image: maybe(() => {
      const [width = 0, height = 0, channels = 0] = model.GetDlModelParam('image_dimensions').ToIArr();
      return { width, height, channels };
    }),
    classes: maybe(() => model.GetDlModelParam('class_ids').Length) || null,
    params: model.GetDlModelParam('num_params').I,
    trainable_params: model.GetDlModelParam('num_trainable_params').I,
    macs: model.GetDlModelParam('macs').I,
    ...prunable,
    not_runnable: whyNotRunnable(model) ?? null,
    layers,
  };
}

/** Marks the convolutions; a network without a prunable one is described by the text of the refusal. */
function prunability(
  model: HDlModel,
  layers: Layer[],
): { prunable_convolutions: number; prunable_kernels: number } {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  let pruning: HDlPrune;
  try {
    pruning = createPruning(model);
  } catch (error) {
    if (!(error instanceof HOperatorError)) throw error;
    for (const layer of layers)
      if (layer.type === 'Conv') Object.assign(layer, { prunable: false, reason: error.errorText });
    return { prunable_convolutions: 0, prunable_kernels: 0 };
  }
  using handle = pruning;
  for (const name of handle.GetDlPruningParam('prunable_conv_layer_name').ToSArr()) {
    const layer = byName.get(name);
    if (layer) layer.prunable = true;
  }
  const reasons = handle.GetDlPruningParam('unprunable_reason').ToSArr();
  handle
    .GetDlPruningParam('unprunable_layer_name')
    .ToSArr()
    .forEach((name, i) => {
      const layer = byName.get(name);
      if (layer) Object.assign(layer, { prunable: false, reason: reasons[i] });
    });
  return {
    prunable_convolutions: handle.GetDlPruningParam('prunable_conv_num').I,
    prunable_kernels: handle.GetDlPruningParam('prunable_kernel_num').I,
  };
}

function printInfo(info: ModelInfo): void {
  const rows = info.layers.map((layer) => [
    String(layer.id),
    layer.name,
    layer.type,
    layer.shape.slice(1).join(' x '),
    grouped(layer.params),
    grouped(layer.macs),
    layer.prunable === undefined
      ? ''
      : layer.prunable
        ? pc.green('yes')
        : pc.yellow(`no: ${layer.reason ?? ''}`),
  ]);
  print(table(['id', 'layer', 'type', 'output', 'params', 'MACs', 'prunable'], rows));
  print('');
  const { image } = info;
  const input = image ? `${image.width} x ${image.height} x ${image.channels} images` : 'no image input';
  print(`${info.file}: ${info.type}, ${input}${info.classes === null ? '' : `, ${info.classes} classes`}`);
  print(
    `${grouped(info.params)} parameters (${grouped(info.trainable_params)} trainable), ${grouped(info.macs)} MACs per image`,
  );
  print(
    `${info.prunable_convolutions} prunable convolutions, ${grouped(info.prunable_kernels)} kernels can leave`,
  );
  if (info.not_runnable !== null) print(pc.yellow(`cannot be run: ${info.not_runnable}`));
}
