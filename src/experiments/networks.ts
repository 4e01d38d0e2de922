// The networks of the experiments: a residual and a VGG-like CNN for 28 x 28 images, in any widths, so that the shape
// of a pruned network can be built anew and trained from scratch.
import type { HDlModel } from '../generated/HDlModel.js';
import { OnnxBuilder, type Tap } from '../onnx/builder.js';

export type NetworkKind = 'resnet' | 'vgg';

export interface NetworkOptions {
  seed: number;
  /** Height and width of the grey images; default 28. */
  size?: number;
  numClasses?: number;
  /** Factor of the default widths. */
  scale?: number;
  /** Channels of single convolutions, by name, in place of the default. */
  channels?: ReadonlyMap<string, number>;
}

const RESNET_WIDTHS = [32, 64, 128];
const VGG_STAGES = [[32], [32, 32], [64, 64]];

export function buildNetwork(kind: NetworkKind, options: NetworkOptions): Uint8Array {
  const { size = 28, numClasses = 10 } = options;
  const net = new OnnxBuilder(`fashion_${kind}`, options.seed);
  const image = net.image('image', 1, size, size);
  const layers = new Layers(net, options);
  const x = kind === 'resnet' ? resnet(layers, image) : vgg(layers, image);
  net.output(net.gemm(net.pool(x), numClasses, 'fc'), 'logits', ['N', numClasses]);
  return net.toBytes();
}

class Layers {
  constructor(
    readonly net: OnnxBuilder,
    readonly options: NetworkOptions,
  ) {}

  convBn(x: Tap, name: string, width: number, kernel = 3, stride = 1): Tap {
    const { channels, scale = 1 } = this.options;
    const own = channels?.get(name) ?? Math.max(Math.round(width * scale), 1);
    return this.net.batchNorm(this.net.conv(x, own, { kernel, stride, name }), 1, `${name}.bn`);
  }

  convBnRelu(x: Tap, name: string, width: number, stride = 1): Tap {
    return this.net.relu(this.convBn(x, name, width, 3, stride));
  }
}

/** Basic blocks, one per stage, at 14 x 14, 7 x 7 and 4 x 4. */
function resnet(layers: Layers, image: Tap): Tap {
  let x = layers.convBnRelu(image, 'stem', RESNET_WIDTHS[0]!, 2);
  RESNET_WIDTHS.forEach((width, stage) => {
    const name = `stage${stage + 1}`;
    const stride = stage > 0 ? 2 : 1;
    const y = layers.convBn(layers.convBnRelu(x, `${name}.conv1`, width, stride), `${name}.conv2`, width);
    const shortcut = stride > 1 ? layers.convBn(x, `${name}.shortcut`, width, 1, stride) : x;
    x = layers.net.relu(layers.net.add(y, shortcut));
  });
  return x;
}

/** Plain convolutions with max pooling between the stages: 28 x 28, 14 x 14 and 7 x 7. */
function vgg(layers: Layers, image: Tap): Tap {
  let x = image;
  VGG_STAGES.forEach((widths, stage) => {
    if (stage > 0) x = layers.net.maxPool(x, 2);
    widths.forEach((width, i) => (x = layers.convBnRelu(x, `conv${stage + 1}_${i + 1}`, width)));
  });
  return x;
}

/** Channels of every convolution of a model. */
export function convolutionChannels(model: HDlModel): Map<string, number> {
  const layers = JSON.parse(model.GetDlModelParam('layers').S) as {
    name: string;
    type: string;
    shape: number[];
  }[];
  return new Map(
    layers.filter((layer) => layer.type === 'Conv').map((layer) => [layer.name, layer.shape[1]!]),
  );
}

/** The CNN of the digits experiment: three convolutions with bias, no BatchNorm; 25,866 parameters.
 * Small initial weights (variance 1 / (3 fan-in)): what the weights learn is most of what they are. */
export function buildDigitsNetwork(seed: number): Uint8Array {
  const net = new OnnxBuilder('digits', seed, 1 / 3);
  let x = net.image('image', 1, 8, 8);
  [16, 32, 64].forEach((width, i) => {
    x = net.relu(net.conv(x, width, { bias: true, name: `conv${i + 1}` }));
    if (i > 0) x = net.maxPool(x, 2);
  });
  const flat = net.apply('Flatten', x, { axis: 1 });
  net.output(net.gemm({ value: flat.value, channels: 64 * 2 * 2 }, 10, 'fc'), 'logits', ['N', 10]);
  return net.toBytes();
}
