// The networks of the benchmark as ONNX files; the same architectures as bench/peers/torch_peer.py.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OnnxBuilder, type Tap } from '../src/onnx/builder.js';

export interface BenchNetwork {
  name: string;
  size: number;
  batch: number;
  classes: number;
}

export const networks: readonly BenchNetwork[] = [
  { name: 'resnet18', size: 224, batch: 16, classes: 1000 },
  { name: 'resnet50', size: 224, batch: 8, classes: 1000 },
  { name: 'vgg16_bn', size: 224, batch: 8, classes: 1000 },
  { name: 'mobilenet_v2', size: 224, batch: 16, classes: 1000 },
  { name: 'densenet121', size: 224, batch: 8, classes: 1000 },
  { name: 'resnet20', size: 32, batch: 128, classes: 10 },
];

class Net extends OnnxBuilder {
  convBn(x: Tap, channels: number, kernel = 3, stride = 1, groups = 1): Tap {
    return this.batchNorm(this.conv(x, channels, { kernel, stride, groups }));
  }

  bigStem(x: Tap): Tap {
    return this.maxPool(this.relu(this.convBn(x, 64, 7, 2)), 3, 2, 1);
  }

  relu6(x: Tap): Tap {
    const low = this.constant('relu6.min', [], Float32Array.of(0));
    const high = this.constant('relu6.max', [], Float32Array.of(6));
    return { value: this.node('Clip', [x.value, low, high]), channels: x.channels };
  }

  residual(x: Tap, channels: number, stride: number, bottleneck: boolean): Tap {
    const inner = bottleneck ? channels / 4 : channels;
    let y = bottleneck ? this.relu(this.convBn(x, inner, 1)) : x;
    y = this.relu(this.convBn(y, inner, 3, stride));
    y = bottleneck ? this.convBn(y, channels, 1) : this.convBn(y, channels, 3);
    const shortcut = stride !== 1 || x.channels !== channels ? this.convBn(x, channels, 1, stride) : x;
    return this.relu(this.add(y, shortcut));
  }

  resnet(x: Tap, blocks: readonly number[], widths: readonly number[], bottleneck: boolean): Tap {
    blocks.forEach((count, stage) => {
      for (let b = 0; b < count; b++) {
        x = this.residual(x, widths[stage]!, stage > 0 && b === 0 ? 2 : 1, bottleneck);
      }
    });
    return x;
  }
}

function vgg16(net: Net, x: Tap, size: number): Tap {
  for (const channels of [64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0]) {
    x = channels === 0 ? net.maxPool(x, 2) : net.relu(net.batchNorm(net.conv(x, channels, { bias: true })));
  }
  x = { value: net.apply('Flatten', x, { axis: 1 }).value, channels: x.channels * (size / 32) ** 2 };
  x = net.relu(net.gemm(x, 4096));
  return net.relu(net.gemm(x, 4096));
}

function mobilenetV2(net: Net, x: Tap): Tap {
  x = net.relu(net.convBn(x, 32, 3, 2));
  const stages = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ];
  for (const [expand, channels, count, first] of stages as [number, number, number, number][]) {
    for (let b = 0; b < count; b++) {
      const stride = b === 0 ? first : 1;
      const hidden = x.channels * expand;
      let y = expand === 1 ? x : net.relu6(net.convBn(x, hidden, 1));
      y = net.convBn(net.relu6(net.convBn(y, hidden, 3, stride, hidden)), channels, 1);
      x = stride === 1 && x.channels === channels ? net.add(x, y) : y;
    }
  }
  return net.relu(net.convBn(x, 1280, 1));
}

function densenet121(net: Net, x: Tap): Tap {
  x = net.bigStem(x);
  [6, 12, 24, 16].forEach((count, stage) => {
    for (let b = 0; b < count; b++) {
      let y = net.conv(net.relu(net.batchNorm(x)), 128, { kernel: 1 });
      y = net.conv(net.relu(net.batchNorm(y)), 32, { kernel: 3 });
      x = net.concat([x, y]);
    }
    if (stage === 3) return;
    const y = net.conv(net.relu(net.batchNorm(x)), x.channels / 2, { kernel: 1 });
    x = net.apply('AveragePool', y, { kernel_shape: [2, 2], strides: [2, 2] });
  });
  return net.relu(net.batchNorm(x));
}

function build({ name, size, classes }: BenchNetwork): Uint8Array {
  const net = new Net(name, 7);
  let x = net.image('image', 3, size, size);
  if (name === 'resnet18') x = net.resnet(net.bigStem(x), [2, 2, 2, 2], [64, 128, 256, 512], false);
  else if (name === 'resnet50') x = net.resnet(net.bigStem(x), [3, 4, 6, 3], [256, 512, 1024, 2048], true);
  else if (name === 'resnet20') x = net.resnet(net.relu(net.convBn(x, 16)), [3, 3, 3], [16, 32, 64], false);
  else if (name === 'mobilenet_v2') x = mobilenetV2(net, x);
  else if (name === 'densenet121') x = densenet121(net, x);
  else if (name.startsWith('vgg16_bn')) x = vgg16(net, x, size);
  else throw new Error(`no network is called '${name}'`);
  net.output(net.gemm(name.startsWith('vgg16_bn') ? x : net.pool(x), classes), 'logits', ['N', classes]);
  return net.toBytes();
}

/** Path of the network's ONNX file, made on first use. */
export function networkFile(network: BenchNetwork, folder = '.cache/bench'): string {
  const file = join(folder, `${network.name}.onnx`);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, build(network));
  }
  return file;
}

/** A residual network of narrow layers with this many blocks. */
export function deepNetwork(blocks: number, folder = '.cache/bench'): string {
  const file = join(folder, `deep${blocks}.onnx`);
  if (!existsSync(file)) {
    const net = new Net('deep', 3);
    let x = net.relu(net.convBn(net.image('image', 3, 16, 16), 16));
    for (let block = 0; block < blocks; block++) x = net.residual(x, 16, 1, false);
    net.output(net.gemm(net.pool(x), 10), 'logits', ['N', 10]);
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, net.toBytes());
  }
  return file;
}
