// The few ONNX protobuf messages that a network needs, as writers. Field numbers are those of onnx.proto.
import { BinaryWriter } from '@bufbuild/protobuf/wire';

export type Attribute =
  number | string | readonly number[] | { float: number } | { floats: readonly number[] };

export interface TensorData {
  name: string;
  dims: readonly number[];
  data: Float32Array | BigInt64Array;
}

export interface NodeData {
  name: string;
  opType: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, Attribute>>;
}

export interface ValueData {
  name: string;
  /** Sizes; a string is the name of a dynamic dimension. */
  dims: readonly (number | string)[];
}

export interface GraphData {
  name: string;
  nodes: readonly NodeData[];
  initializers: readonly TensorData[];
  inputs: readonly ValueData[];
  outputs: readonly ValueData[];
}

const WIRE_VARINT = 0;
const WIRE_BYTES = 2;
const WIRE_32 = 5;
const FLOAT = 1;
const INT64 = 7;

const message = (writer: BinaryWriter, field: number, write: (inner: BinaryWriter) => void): void => {
  writer.tag(field, WIRE_BYTES).fork();
  write(writer);
  writer.join();
};
const text = (writer: BinaryWriter, field: number, value: string): void => {
  writer.tag(field, WIRE_BYTES).string(value);
};
const integer = (writer: BinaryWriter, field: number, value: number): void => {
  writer.tag(field, WIRE_VARINT).int64(value);
};

function writeAttribute(writer: BinaryWriter, name: string, value: Attribute): void {
  text(writer, 1, name);
  let type: number;
  if (typeof value === 'number') {
    integer(writer, 3, value);
    type = 2;
  } else if (typeof value === 'string') {
    text(writer, 4, value);
    type = 3;
  } else if ('float' in value) {
    writer.tag(2, WIRE_32).float(value.float);
    type = 1;
  } else if ('floats' in value) {
    for (const one of value.floats) writer.tag(7, WIRE_32).float(one);
    type = 6;
  } else {
    for (const one of value) integer(writer, 8, one);
    type = 7;
  }
  integer(writer, 20, type);
}

function writeNode(writer: BinaryWriter, node: NodeData): void {
  for (const input of node.inputs) text(writer, 1, input);
  for (const output of node.outputs) text(writer, 2, output);
  text(writer, 3, node.name);
  text(writer, 4, node.opType);
  for (const [name, value] of Object.entries(node.attributes)) {
    message(writer, 5, (inner) => writeAttribute(inner, name, value));
  }
}

function writeTensor(writer: BinaryWriter, tensor: TensorData): void {
  for (const dim of tensor.dims) integer(writer, 1, dim);
  integer(writer, 2, tensor.data instanceof Float32Array ? FLOAT : INT64);
  text(writer, 8, tensor.name);
  const { buffer, byteOffset, byteLength } = tensor.data;
  writer.tag(9, WIRE_BYTES).bytes(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength));
}

function writeValue(writer: BinaryWriter, value: ValueData): void {
  text(writer, 1, value.name);
  message(writer, 2, (type) =>
    message(type, 1, (tensor) => {
      integer(tensor, 1, FLOAT);
      message(tensor, 2, (shape) => {
        for (const dim of value.dims) {
          message(shape, 1, (one) => (typeof dim === 'number' ? integer(one, 1, dim) : text(one, 2, dim)));
        }
      });
    }),
  );
}

/** A whole ONNX file. */
export function writeModel(graph: GraphData, opset: number): Uint8Array {
  const writer = new BinaryWriter();
  integer(writer, 1, 8); // IR version 8 belongs to opset 15..18
  text(writer, 2, 'alcedo');
  message(writer, 7, (inner) => {
    for (const node of graph.nodes) message(inner, 1, (one) => writeNode(one, node));
    text(inner, 2, graph.name);
    for (const tensor of graph.initializers) message(inner, 5, (one) => writeTensor(one, tensor));
    for (const value of graph.inputs) message(inner, 11, (one) => writeValue(one, value));
    for (const value of graph.outputs) message(inner, 12, (one) => writeValue(one, value));
  });
  message(writer, 8, (inner) => {
    text(inner, 1, '');
    integer(inner, 2, opset);
  });
  return writer.finish();
}
