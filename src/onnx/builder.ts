// OnnxBuilder: builds a network node by node, with seeded He-initialised weights, and writes it as ONNX.
import { writeModel, type Attribute, type NodeData, type TensorData, type ValueData } from './proto.js';
import { Random } from './random.js';

export const OPSET = 17;

export interface ConvOptions {
  kernel?: number;
  stride?: number;
  /** Default: keeps the size (kernel - 1) / 2. */
  pad?: number;
  groups?: number;
  bias?: boolean;
  name?: string;
}

/** A value of the network and its number of channels (or features). */
export interface Tap {
  value: string;
  channels: number;
}

export class OnnxBuilder {
  readonly #nodes: NodeData[] = [];
  readonly #initializers: TensorData[] = [];
  readonly #inputs: ValueData[] = [];
  readonly #outputs: ValueData[] = [];
  readonly #names = new Set<string>();
  readonly #random: Random;

  constructor(
    readonly name: string,
    seed = 42,
    /** Variance of a convolution's weights, times its fan-in. */
    private readonly gain = 2,
  ) {
    this.#random = new Random(seed);
  }

  /** An image input [N, channels, height, width] with a dynamic batch. */
  image(name: string, channels: number, height: number, width: number): Tap {
    return this.input(name, ['N', channels, height, width]);
  }

  input(name: string, dims: readonly (number | string)[]): Tap {
    this.#inputs.push({ name, dims });
    return { value: name, channels: Number(dims[1] ?? 0) };
  }

  /** Makes a value an output of the network, under this name. */
  output(tap: Tap, name: string, dims: readonly (number | string)[]): void {
    const rename = (names: readonly string[]): string[] =>
      names.map((one) => (one === tap.value ? name : one));
    this.#nodes.forEach((node, i) => {
      this.#nodes[i] = { ...node, inputs: rename(node.inputs), outputs: rename(node.outputs) };
    });
    this.#outputs.push({ name, dims });
  }

  constant(name: string, dims: readonly number[], data: Float32Array | BigInt64Array): string {
    const unique = this.#unique(name);
    this.#initializers.push({ name: unique, dims, data });
    return unique;
  }

  /** Any node with one output; returns the output's name. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute> = {},
    name?: string,
  ): string {
    const unique = this.#unique(name ?? opType.toLowerCase());
    const output = `${unique}_out`;
    this.#nodes.push({ name: unique, opType, inputs, outputs: [output], attributes });
    return output;
  }

  /** A node that keeps the number of channels. */
  apply(opType: string, tap: Tap, attributes: Record<string, Attribute> = {}, name?: string): Tap {
    return { value: this.node(opType, [tap.value], attributes, name), channels: tap.channels };
  }

  conv(tap: Tap, channels: number, options: ConvOptions = {}): Tap {
    const { kernel = 3, stride = 1, groups = 1, bias = false } = options;
    const pad = options.pad ?? (kernel - 1) >> 1;
    const name = this.#unique(options.name ?? 'conv');
    const dims = [channels, tap.channels / groups, kernel, kernel];
    const inputs = [tap.value, this.constant(`${name}.weight`, dims, this.#he(dims))];
    if (bias) inputs.push(this.constant(`${name}.bias`, [channels], new Float32Array(channels)));
    const output = `${name}_out`;
    this.#nodes.push({
      name,
      opType: 'Conv',
      inputs,
      outputs: [output],
      attributes: {
        kernel_shape: [kernel, kernel],
        strides: [stride, stride],
        pads: [pad, pad, pad, pad],
        dilations: [1, 1],
        group: groups,
      },
    });
    return { value: output, channels };
  }

  batchNorm(tap: Tap, scale = 1, name = 'bn'): Tap {
    const unique = this.#unique(name);
    const parameter = (kind: string, value: number): string =>
      this.constant(`${unique}.${kind}`, [tap.channels], new Float32Array(tap.channels).fill(value));
    const inputs = [
      tap.value,
      parameter('weight', scale),
      parameter('bias', 0),
      parameter('running_mean', 0),
      parameter('running_var', 1),
    ];
    const output = `${unique}_out`;
    this.#nodes.push({
      name: unique,
      opType: 'BatchNormalization',
      inputs,
      outputs: [output],
      attributes: { epsilon: { float: 1e-5 }, momentum: { float: 0.9 } },
    });
    return { value: output, channels: tap.channels };
  }

  relu(tap: Tap): Tap {
    return this.apply('Relu', tap);
  }

  add(a: Tap, b: Tap): Tap {
    return { value: this.node('Add', [a.value, b.value]), channels: a.channels };
  }

  concat(taps: readonly Tap[]): Tap {
    const value = this.node(
      'Concat',
      taps.map((tap) => tap.value),
      { axis: 1 },
    );
    return { value, channels: taps.reduce((sum, tap) => sum + tap.channels, 0) };
  }

  maxPool(tap: Tap, kernel: number, stride = kernel, pad = 0): Tap {
    return this.apply('MaxPool', tap, {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
    });
  }

  /** GlobalAveragePool and Flatten: [N, C]. */
  pool(tap: Tap): Tap {
    return this.apply('Flatten', this.apply('GlobalAveragePool', tap), { axis: 1 });
  }

  gemm(tap: Tap, features: number, name = 'fc'): Tap {
    const unique = this.#unique(name);
    const dims = [features, tap.channels];
    const weight = this.constant(`${unique}.weight`, dims, this.#he(dims, Math.min(this.gain, 1)));
    const bias = this.constant(`${unique}.bias`, [features], new Float32Array(features));
    const output = `${unique}_out`;
    this.#nodes.push({
      name: unique,
      opType: 'Gemm',
      inputs: [tap.value, weight, bias],
      outputs: [output],
      attributes: { alpha: { float: 1 }, beta: { float: 1 }, transA: 0, transB: 1 },
    });
    return { value: output, channels: features };
  }

  toBytes(): Uint8Array {
    return writeModel(
      {
        name: this.name,
        nodes: this.#nodes,
        initializers: this.#initializers,
        inputs: this.#inputs,
        outputs: this.#outputs,
      },
      OPSET,
    );
  }

  /** Normal with variance gain / fan-in (He et al. 2015). */
  #he(dims: readonly number[], gain = this.gain): Float32Array {
    const size = dims.reduce((product, dim) => product * dim, 1);
    const scale = Math.sqrt(gain / (size / dims[0]!));
    return Float32Array.from({ length: size }, () => this.#random.normal() * scale);
  }

  #unique(name: string): string {
    let unique = name;
    for (let i = 1; this.#names.has(unique); i++) unique = `${name}_${i}`;
    this.#names.add(unique);
    return unique;
  }
}
