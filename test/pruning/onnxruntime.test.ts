// Pruned equals zeroed, judged by onnxruntime: the pruned file against the original file in which the weights that
// read a removed channel are zero. Which channels die where is worked out here, apart from the native analysis.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { expect } from 'chai';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { HDlModel } from '../../src/generated/HDlModel.js';
import { Random } from '../../src/onnx/random.js';

interface OnnxNode {
  name: string;
  type: string;
  inputs: string[];
  outputs: string[];
}

interface Weights {
  dims: number[];
  /** A view of the file's own bytes: what is written here is in the file. */
  bytes: Uint8Array;
}

interface OnnxFile {
  nodes: OnnxNode[];
  weights: Map<string, Weights>;
}

const fields = (
  bytes: Uint8Array,
  read: (field: number, reader: BinaryReader, wire: number) => boolean,
): void => {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (!read(field, reader, wire)) reader.skip(wire);
  }
};

function parseOnnx(file: Uint8Array): OnnxFile {
  const result: OnnxFile = { nodes: [], weights: new Map() };
  const parseNode = (bytes: Uint8Array): void => {
    const node: OnnxNode = { name: '', type: '', inputs: [], outputs: [] };
    fields(bytes, (field, reader) => {
      if (field === 1) node.inputs.push(reader.string());
      else if (field === 2) node.outputs.push(reader.string());
      else if (field === 3) node.name = reader.string();
      else if (field === 4) node.type = reader.string();
      else return false;
      return true;
    });
    result.nodes.push(node);
  };
  const parseTensor = (bytes: Uint8Array): void => {
    let name = '';
    const weights: Weights = { dims: [], bytes: new Uint8Array() };
    fields(bytes, (field, reader, wire) => {
      if (field === 1 && wire === 0) weights.dims.push(Number(reader.int64()));
      else if (field === 1) fields(reader.bytes(), () => false);
      else if (field === 8) name = reader.string();
      else if (field === 9) weights.bytes = reader.bytes();
      else return false;
      return true;
    });
    result.weights.set(name, weights);
  };
  fields(file, (field, reader) => {
    if (field !== 7) return false;
    fields(reader.bytes(), (inner, graph) => {
      if (inner === 1) parseNode(graph.bytes());
      else if (inner === 5) parseTensor(graph.bytes());
      else return false;
      return true;
    });
    return true;
  });
  return result;
}

/** Sets weights[:, channel] to zero. */
function zeroInput(weights: Weights, channel: number): void {
  const [outer, size, ...rest] = weights.dims as [number, number, ...number[]];
  const inner = 4 * rest.reduce((product, dim) => product * dim, 1);
  for (let o = 0; o < outer; o++) {
    const at = (o * size + channel) * inner;
    weights.bytes.fill(0, at, at + inner);
  }
}

/** Follows the removed channels through the network and zeroes what reads them. */
function zeroConsumers(file: OnnxFile, removed: ReadonlyMap<string, readonly number[]>): void {
  const channels = new Map<string, number>();
  const dead = new Map<string, Set<number>>();
  for (const node of file.nodes) {
    const first = dead.get(node.inputs[0]!) ?? new Set<number>();
    const weights = file.weights.get(node.inputs[1] ?? '');
    let own = first;
    let count = channels.get(node.inputs[0]!) ?? 0;
    if (node.type === 'Conv') {
      const depthwise = weights!.dims[1] === 1 && count === weights!.dims[0];
      if (!depthwise) for (const channel of first) zeroInput(weights!, channel);
      own = new Set(removed.get(node.name) ?? []);
      count = weights!.dims[0]!;
    } else if (node.type === 'Gemm') {
      for (const channel of first) zeroInput(weights!, channel);
      own = new Set();
      count = weights!.dims[0]!;
    } else if (node.type === 'Concat') {
      own = new Set();
      count = 0;
      for (const input of node.inputs) {
        for (const channel of dead.get(input) ?? []) own.add(count + channel);
        count += channels.get(input)!;
      }
    } else if (node.type === 'Flatten') {
      // The spatial positions that are left: from the dense layer behind.
      const next = file.nodes.find((other) => other.inputs[0] === node.outputs[0])!;
      const columns = file.weights.get(next.inputs[1]!)!.dims[1]!;
      const space = columns / count;
      own = new Set(
        [...first].flatMap((channel) => Array.from({ length: space }, (_, i) => channel * space + i)),
      );
      count = columns;
    } else if (node.type === 'Add') {
      expect([...own].sort()).to.deep.equal([...(dead.get(node.inputs[1]!) ?? [])].sort());
    }
    for (const output of node.outputs) {
      channels.set(output, count);
      dead.set(output, own);
    }
  }
}

async function run(bytes: Uint8Array, input: Tensor): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const results = await session.run({ [session.inputNames[0]!]: input });
  return results[session.outputNames[0]!]!.data as Float32Array;
}

interface Report {
  pruned_kernels: number;
  layers: { name: string; kernels_before: number; kernels_after: number; removed: number[] }[];
}

describe('pruned equals zeroed in onnxruntime', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alcedo-pruning-'));
  after(() => rmSync(folder, { recursive: true }));

  for (const name of ['vgg', 'vgg_bn', 'resnet', 'mobilenet_v2', 'densenet']) {
    it(name, async () => {
      const path = `test/fixtures/reference/${name}/model.onnx`;
      const size = name === 'densenet' ? 64 : 32;
      const random = new Random(3);
      const input = new Tensor(
        'float32',
        Float32Array.from({ length: 2 * 3 * size * size }, () => random.normal()),
        [2, 3, size, size],
      );
      using model = new HDlModel(path);
      using pruning = model.CreateDlPruning('oracle', []);
      pruning.SetDlPruningParam('criterion', 'weight_l2');
      const original = await run(new Uint8Array(readFileSync(path)), input);
      for (const percentage of [10, 50, 90, 100]) {
        pruning.SetDlPruningParam('percentage', percentage);
        using pruned = model.GenDlPrunedModel(pruning);
        const small = join(folder, `${name}.onnx`);
        pruned.WriteDlModel(small);
        const report = JSON.parse(pruning.GetDlPruningParam('report').S) as Report;
        expect(report.pruned_kernels).to.be.greaterThan(0);

        const zeroed = new Uint8Array(readFileSync(path));
        zeroConsumers(parseOnnx(zeroed), new Map(report.layers.map((layer) => [layer.name, layer.removed])));
        const want = await run(zeroed, input);
        const got = await run(new Uint8Array(readFileSync(small)), input);
        const range = want.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
        const worst = want.reduce((most, value, i) => Math.max(most, Math.abs(value - got[i]!)), 0);
        expect(got.length).to.equal(want.length);
        expect(worst / range, `${percentage} %`).to.be.lessThan(1e-5);
        expect([...got], 'something was removed').to.not.deep.equal([...original]);
        expect(readFileSync(small).length).to.be.lessThan(zeroed.length);
      }
    });
  }
});
