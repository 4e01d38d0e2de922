// A Keras layers model as tfjs packages carry it (model and weight shards as modules of text) written as ONNX: channels
// first, quantized weights as floats. Only the layers of the networks in fetch-models.mjs.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { BinaryWriter } from '@bufbuild/protobuf/wire';

// The modules are data: they run in a context that has nothing but `module`.
function exportsOf(file) {
  const context = { module: { exports: {} }, exports: {} };
  runInNewContext(readFileSync(file, 'utf8'), context, { timeout: 20000 });
  return context.module.exports;
}

function readWeights(folder, manifest) {
  const shards = readdirSync(folder).filter((name) => name.startsWith('group1-shard'));
  shards.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const bytes = Buffer.concat(shards.map((name) => Buffer.from(exportsOf(join(folder, name)), 'base64')));
  const weights = new Map();
  let at = 0;
  for (const { name, shape, quantization } of manifest.flatMap((group) => group.weights)) {
    if (quantization?.dtype !== 'uint8') throw new Error(`weights ${name} are not quantized to uint8`);
    const size = shape.reduce((product, dim) => product * dim, 1);
    const part = bytes.subarray(at, (at += size));
    const data = Float32Array.from(part, (byte) => byte * quantization.scale + quantization.min);
    weights.set(name, { shape, data });
  }
  if (at !== bytes.length) throw new Error(`${bytes.length} bytes of weights, ${at} are described`);
  return weights;
}

// result[j0, j1, ...] = tensor[..., index of axis perm[k] = jk, ...]
function transposed({ shape, data }, perm) {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, dim) => product * dim, 1));
  const dims = perm.map((axis) => shape[axis]);
  const steps = perm.map((axis) => strides[axis]);
  const result = new Float32Array(data.length);
  let to = 0;
  const copy = (axis, from) => {
    for (let i = 0; i < dims[axis]; ++i, from += steps[axis]) {
      if (axis + 1 < dims.length) copy(axis + 1, from);
      else result[to++] = data[from];
    }
  };
  copy(0, 0);
  return { shape: dims, data: result };
}

const message = (fill) => {
  const writer = new BinaryWriter();
  fill(writer);
  return writer.finish();
};
const text = (writer, field, value) => writer.tag(field, 2).string(value);
const part = (writer, field, bytes) => writer.tag(field, 2).bytes(bytes);
const number = (writer, field, value) => writer.tag(field, 0).int64(value);

const attribute = (name, value) =>
  message((w) => {
    text(w, 1, name);
    if (Array.isArray(value)) {
      for (const each of value) number(w, 8, each);
      number(w, 20, 7);
    } else if (typeof value === 'string') {
      part(w, 4, new TextEncoder().encode(value));
      number(w, 20, 3);
    } else if (Number.isInteger(value)) {
      number(w, 3, value);
      number(w, 20, 2);
    } else {
      w.tag(2, 5).float(value);
      number(w, 20, 1);
    }
  });
const tensor = (name, { shape, data }) =>
  message((w) => {
    for (const dim of shape) number(w, 1, dim);
    number(w, 2, data instanceof BigInt64Array ? 7 : 1);
    text(w, 8, name);
    part(w, 9, new Uint8Array(data.buffer));
  });
const valueInfo = (name, dims) =>
  message((w) => {
    text(w, 1, name);
    const dim = (size) => message((d) => (size === null ? text(d, 2, 'N') : number(d, 1, size)));
    const shape = message((s) => dims.forEach((size) => part(s, 1, dim(size))));
    part(
      w,
      2,
      message((t) =>
        part(
          t,
          1,
          message((type) => part(number(type, 1, 1), 2, shape)),
        ),
      ),
    );
  });

export function kerasToOnnx(folder) {
  const { modelTopology, weightsManifest } = exportsOf(join(folder, 'model.min.js'));
  const weights = readWeights(folder, weightsManifest);
  const nodes = [];
  const constants = [];
  const value = new Map(); // layer: name of its result
  const constant = (name, content) => {
    constants.push(tensor(name, content));
    return name;
  };
  const node = (type, name, inputs, attributes = {}) => {
    const write = (w) => {
      for (const input of inputs) text(w, 1, input);
      text(w, 2, `${name}:0`);
      text(w, 3, name);
      text(w, 4, type);
      for (const [key, each] of Object.entries(attributes)) part(w, 5, attribute(key, each));
    };
    nodes.push(message(write));
    return `${name}:0`;
  };
  const activated = (x, name, kind) => {
    if (kind === undefined || kind === 'linear') return x;
    if (kind === 'relu') return node('Relu', `${name}/relu`, [x]);
    if (kind === 'softmax') return node('Softmax', `${name}/softmax`, [x], { axis: 1 });
    throw new Error(`${name} has the unknown activation ${kind}`);
  };
  const window = (config) => ({
    strides: config.strides,
    ...(config.padding === 'same' ? { auto_pad: 'SAME_UPPER' } : {}),
  });
  const bias = (name) =>
    weights.has(`${name}/bias`) ? [constant(`${name}/bias`, weights.get(`${name}/bias`))] : [];

  const layers = {
    InputLayer: (name) => node('Transpose', `${name}/nchw`, [name], { perm: [0, 3, 1, 2] }),
    ZeroPadding2D: (name, [x], { padding: [[top, bottom], [left, right]] }) => {
      const pads = BigInt64Array.from([0, 0, top, left, 0, 0, bottom, right].map(BigInt));
      return node('Pad', name, [x, constant(`${name}/pads`, { shape: [8], data: pads })]);
    },
    Conv2D: (name, [x], config) => {
      const kernel = constant(`${name}/kernel`, transposed(weights.get(`${name}/kernel`), [3, 2, 0, 1]));
      const shape = { kernel_shape: config.kernel_size, dilations: config.dilation_rate };
      const y = node('Conv', name, [x, kernel, ...bias(name)], { ...shape, ...window(config) });
      return activated(y, name, config.activation);
    },
    DepthwiseConv2D: (name, [x], config) => {
      const raw = transposed(weights.get(`${name}/depthwise_kernel`), [2, 3, 0, 1]);
      const [channels, multiplier, height, width] = raw.shape;
      const kernel = { shape: [channels * multiplier, 1, height, width], data: raw.data };
      const shape = { kernel_shape: config.kernel_size, group: channels };
      const inputs = [x, constant(`${name}/depthwise_kernel`, kernel), ...bias(name)];
      return activated(node('Conv', name, inputs, { ...shape, ...window(config) }), name, config.activation);
    },
    BatchNormalization: (name, [x], config) => {
      const mean = weights.get(`${name}/moving_mean`);
      const parts = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((key) => {
        const fallback = {
          shape: mean.shape,
          data: new Float32Array(mean.data.length).fill(key === 'gamma' ? 1 : 0),
        };
        return constant(`${name}/${key}`, weights.get(`${name}/${key}`) ?? fallback);
      });
      return node('BatchNormalization', name, [x, ...parts], { epsilon: config.epsilon });
    },
    ReLU: (name, [x], config) => {
      const limits = [0, config.max_value].map((limit, i) =>
        constant(`${name}/${i === 0 ? 'min' : 'max'}`, { shape: [], data: Float32Array.of(limit) }),
      );
      return node('Clip', name, [x, ...limits]);
    },
    Activation: (name, [x], config) => activated(x, name, config.activation),
    Add: (name, inputs) => node('Add', name, inputs),
    Concatenate: (name, inputs, { axis }) => {
      if (axis !== 3 && axis !== -1) throw new Error(`${name} joins axis ${axis}`);
      return node('Concat', name, inputs, { axis: 1 });
    },
    MaxPooling2D: (name, [x], config) =>
      node('MaxPool', name, [x], { kernel_shape: config.pool_size, ...window(config) }),
    AveragePooling2D: (name, [x], config) =>
      node('AveragePool', name, [x], { kernel_shape: config.pool_size, ...window(config) }),
    Flatten: (name, [x]) =>
      node('Flatten', name, [node('Transpose', `${name}/nhwc`, [x], { perm: [0, 2, 3, 1] })]),
    Dropout: (_, [x]) => x,
    Dense: (name, [x], config) => {
      const kernel = constant(`${name}/kernel`, weights.get(`${name}/kernel`));
      return activated(node('Gemm', name, [x, kernel, ...bias(name)]), name, config.activation);
    },
  };
  const { layers: list, output_layers: outputs } = modelTopology.model_config.config;
  for (const { name, class_name: kind, config, inbound_nodes: inbound } of list) {
    if (!layers[kind]) throw new Error(`layer ${name} is of the unknown kind ${kind}`);
    value.set(
      name,
      layers[kind](
        name,
        (inbound[0] ?? []).map(([from]) => value.get(from)),
        config,
      ),
    );
  }
  const [input] = list;
  const last = list.find((layer) => layer.name === outputs[0][0]);
  const graph = message((w) => {
    for (const each of nodes) part(w, 1, each);
    text(w, 2, modelTopology.model_config.config.name);
    for (const each of constants) part(w, 5, each);
    part(w, 11, valueInfo(input.name, input.config.batch_input_shape));
    part(w, 12, valueInfo(value.get(last.name), [null, last.config.units]));
  });
  return message((w) => {
    number(w, 1, 8);
    text(w, 2, 'nsfwjs');
    part(w, 7, graph);
    part(
      w,
      8,
      message((o) => number(text(o, 1, ''), 2, 13)),
    );
  });
}
