// Ready-made networks for tests and the demo.
import { OnnxBuilder, type Tap } from './builder.js';

export interface ResNetOptions {
  name?: string;
  height?: number;
  width?: number;
  imageChannels?: number;
  numClasses?: number;
  /** Channels of each stage; every stage but the first halves the size. */
  widths?: readonly number[];
  /** Residual blocks per stage. */
  blocks?: number;
  /** Stride of the first convolution. */
  stemStride?: number;
  seed?: number;
}

/** A residual CNN (He et al. 2016, basic blocks) with logits as its output: [N, numClasses]. */
export function buildResNet(options: ResNetOptions = {}): Uint8Array {
  const {
    height = 28,
    width = 28,
    imageChannels = 1,
    numClasses = 10,
    widths = [16, 32, 64],
    blocks = 1,
  } = options;
  const net = new OnnxBuilder(options.name ?? 'resnet', options.seed ?? 42);
  let x = net.image('image', imageChannels, height, width);
  x = convBnRelu(net, x, widths[0]!, 3, options.stemStride ?? 1, 'stem');
  widths.forEach((channels, stage) => {
    for (let block = 0; block < blocks; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      x = basicBlock(net, x, channels, stride, `stage${stage + 1}.block${block + 1}`);
    }
  });
  net.output(net.gemm(net.pool(x), numClasses, 'fc'), 'logits', ['N', numClasses]);
  return net.toBytes();
}

/** A plain CNN: convolution, BatchNorm, ReLU, with max pooling in between. */
export function buildPlainCnn(options: ResNetOptions = {}): Uint8Array {
  const { height = 28, width = 28, imageChannels = 1, numClasses = 10, widths = [8, 16] } = options;
  const net = new OnnxBuilder(options.name ?? 'plain', options.seed ?? 42);
  let x = net.image('image', imageChannels, height, width);
  widths.forEach((channels, stage) => {
    x = convBnRelu(net, x, channels, 3, 1, `conv${stage + 1}`);
    if (stage + 1 < widths.length) x = net.maxPool(x, 2);
  });
  net.output(net.gemm(net.pool(x), numClasses, 'fc'), 'logits', ['N', numClasses]);
  return net.toBytes();
}

function convBnRelu(
  net: OnnxBuilder,
  x: Tap,
  channels: number,
  kernel: number,
  stride: number,
  name: string,
): Tap {
  return net.relu(net.batchNorm(net.conv(x, channels, { kernel, stride, name }), 1, `${name}.bn`));
}

function basicBlock(net: OnnxBuilder, x: Tap, channels: number, stride: number, name: string): Tap {
  let y = convBnRelu(net, x, channels, 3, stride, `${name}.conv1`);
  y = net.batchNorm(net.conv(y, channels, { name: `${name}.conv2` }), 1, `${name}.conv2.bn`);
  let shortcut = x;
  if (stride !== 1 || x.channels !== channels) {
    shortcut = net.conv(x, channels, { kernel: 1, stride, name: `${name}.shortcut` });
    shortcut = net.batchNorm(shortcut, 1, `${name}.shortcut.bn`);
  }
  return net.relu(net.add(y, shortcut));
}
