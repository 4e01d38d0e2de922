// The rules of a well-formed ONNX file, checked on its bytes: order, names, sizes, and that every shape which is declared
// is the shape that onnxruntime computes.
import { readFileSync } from 'node:fs';
import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { expect } from 'chai';
import { InferenceSession, type Tensor } from 'onnxruntime-node';

type Field = (field: number, reader: BinaryReader, wire: number) => boolean;

function read(bytes: Uint8Array, field: Field): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    if (!field(number, reader, wire)) reader.skip(wire);
  }
}

interface Info {
  name: string;
  /** Of a tensor; null where a size is open. */
  dims?: (number | null)[];
  bytes: Uint8Array;
}

interface Graph {
  nodes: { name: string; type: string; inputs: string[]; outputs: string[]; bodies: Graph[] }[];
  initializers: { name: string; dims: number[]; type: number; bytes: number }[];
  inputs: Info[];
  outputs: Info[];
  values: Info[];
}

function readInfo(bytes: Uint8Array): Info {
  const info: Info = { name: '', bytes };
  const dim = (content: Uint8Array): void => {
    let size: number | null = null;
    read(content, (field, reader) => field === 1 && ((size = Number(reader.int64())), true));
    info.dims!.push(size);
  };
  const shape = (content: Uint8Array): void => {
    info.dims = [];
    read(content, (field, reader) => field === 1 && (dim(reader.bytes()), true));
  };
  const tensor = (content: Uint8Array): void =>
    read(content, (field, reader) => field === 2 && (shape(reader.bytes()), true));
  const type = (content: Uint8Array): void =>
    read(content, (field, reader) => field === 1 && (tensor(reader.bytes()), true));
  read(bytes, (field, reader) => {
    if (field === 1) info.name = reader.string();
    else if (field === 2) type(reader.bytes());
    else return false;
    return true;
  });
  return info;
}

function readGraph(bytes: Uint8Array): Graph {
  const graph: Graph = { nodes: [], initializers: [], inputs: [], outputs: [], values: [] };
  const node = (content: Uint8Array): void => {
    const result: Graph['nodes'][number] = { name: '', type: '', inputs: [], outputs: [], bodies: [] };
    read(content, (field, reader) => {
      if (field === 1) result.inputs.push(reader.string());
      else if (field === 2) result.outputs.push(reader.string());
      else if (field === 3) result.name = reader.string();
      else if (field === 4) result.type = reader.string();
      else if (field === 5) {
        read(
          reader.bytes(),
          (inner, attribute) => inner === 6 && (result.bodies.push(readGraph(attribute.bytes())), true),
        );
      } else return false;
      return true;
    });
    graph.nodes.push(result);
  };
  const initializer = (content: Uint8Array): void => {
    const result = { name: '', dims: [] as number[], type: 0, bytes: -1 };
    read(content, (field, reader, wire) => {
      if (field === 1 && wire === 0) result.dims.push(Number(reader.int64()));
      else if (field === 1) read(reader.bytes(), () => false);
      else if (field === 2) result.type = reader.int32();
      else if (field === 8) result.name = reader.string();
      else if (field === 9) result.bytes = reader.bytes().length;
      else return false;
      return true;
    });
    graph.initializers.push(result);
  };
  read(bytes, (field, reader) => {
    if (field === 1) node(reader.bytes());
    else if (field === 5) initializer(reader.bytes());
    else if (field === 11) graph.inputs.push(readInfo(reader.bytes()));
    else if (field === 12) graph.outputs.push(readInfo(reader.bytes()));
    else if (field === 13) graph.values.push(readInfo(reader.bytes()));
    else return false;
    return true;
  });
  return graph;
}

// By ONNX's number of the type: float, uint8, int8, uint16, int16, int32, int64, bool, float16, double, ...
const sizes: Record<number, number> = {
  1: 4,
  2: 1,
  3: 1,
  4: 2,
  5: 2,
  6: 4,
  7: 8,
  9: 1,
  10: 2,
  11: 8,
  12: 4,
  13: 8,
  16: 2,
};

function checkGraph(graph: Graph, outer: ReadonlySet<string>): void {
  const known = new Set(outer);
  const names = new Set<string>();
  const define = (name: string, what: string): void => {
    expect(names.has(name), `${what} '${name}' is defined twice`).to.equal(false);
    names.add(name);
    known.add(name);
  };
  for (const { name, dims, type, bytes } of graph.initializers) {
    define(name, 'initializer');
    const size = dims.reduce((product, dim) => product * dim, sizes[type] ?? NaN);
    expect(bytes, `bytes of '${name}', ${dims.join(' x ')} of type ${type}`).to.equal(size);
  }
  for (const { name } of graph.inputs) if (!names.has(name)) define(name, 'input');
  for (const { name, type, inputs, outputs, bodies } of graph.nodes) {
    for (const input of inputs) {
      if (input)
        expect(known.has(input), `'${input}', read by ${type} '${name}', is not defined before`).to.equal(
          true,
        );
    }
    for (const body of bodies) checkGraph(body, known);
    for (const output of outputs) if (output) define(output, `result of ${type} '${name}',`);
  }
  for (const { name } of graph.outputs)
    expect(known.has(name), `output '${name}' is not defined`).to.equal(true);
  for (const { name } of graph.values)
    expect(known.has(name), `'${name}' has a shape but no origin`).to.equal(true);
}

/** How many declared shapes were compared with what a run of the file gives. */
export async function checkStructure(path: string, feeds: Record<string, Tensor>): Promise<number> {
  const file = new Uint8Array(readFileSync(path));
  const opsets = new Map<string, number>();
  let graph: Graph | undefined;
  read(file, (field, reader) => {
    if (field === 7) graph = readGraph(reader.bytes());
    else if (field === 8) {
      let domain = '';
      read(reader.bytes(), (inner, opset) => {
        if (inner === 1) domain = opset.string();
        else if (inner === 2) opsets.set(domain, Number(opset.int64()));
        else return false;
        return true;
      });
    } else return false;
    return true;
  });
  expect(opsets.get(''), 'opset').to.be.within(7, 26);
  const { nodes, outputs, values } = graph!;
  checkGraph(graph!, new Set());
  const ids = nodes.map((node) => node.name).filter(Boolean);
  expect(new Set(ids).size, 'distinct names of nodes').to.equal(ids.length);

  // More outputs for the same graph: fields of a message that comes twice are put together.
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const declared = values.filter(
    ({ name, dims }) => dims && made.has(name) && !outputs.some((o) => o.name === name),
  );
  const more = new BinaryWriter();
  for (const { bytes } of declared) more.tag(12, 2).bytes(bytes);
  const tail = new BinaryWriter().tag(7, 2).bytes(more.finish()).finish();
  const session = await InferenceSession.create(Buffer.concat([file, tail]), {
    logSeverityLevel: 3,
    intraOpNumThreads: 1,
  });
  const results = await session.run(feeds);
  await session.release();
  const all = [...declared, ...outputs.filter(({ dims }) => dims)];
  for (const { name, dims } of all) {
    const found = results[name]!.dims;
    expect(found.length, `rank of '${name}'`).to.equal(dims!.length);
    dims!.forEach((dim, i) => {
      if (dim !== null) expect(found[i], `size ${i} of '${name}'`).to.equal(dim);
    });
  }
  return all.length;
}
