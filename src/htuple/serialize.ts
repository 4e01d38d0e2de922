// Tuples as bytes, and back: a 16-byte header (magic, version, type, number of elements), one type byte per
// element of a mixed tuple, then all integers, reals, string lengths and strings, each block padded to 8 bytes.
import { bufferSourceToUint8Array, concatBufferSources, splitBufferSource } from 'typed-array-utils';
import { HTuple } from './HTuple.js';
import { integerAt, packIntegers } from './integers.js';
import {
  HTupleAccessError,
  HTupleType,
  checkArrayBuffer,
  type HElementType,
  type HTupleValue,
} from './types.js';

const MAGIC = 0x4c504854; // the bytes T H P L
const VERSION = 1;
const HEADER_BYTES = 16;

export function serializeTuple(tuple: HTuple): Uint8Array {
  const { type, types } = tuple.storage;
  const integers: (number | bigint)[] = [];
  const reals: number[] = [];
  const strings: Uint8Array[] = [];
  const encoder = new TextEncoder();
  for (let i = 0; i < tuple.Length; i++) {
    const element = tuple.at(i);
    if (element.Type === HTupleType.HANDLE) {
      throw new HTupleAccessError('a tuple with handles has no byte form; serialise the handles themselves');
    }
    if (element.Type === HTupleType.LONG) integers.push(element.value as number | bigint);
    else if (element.Type === HTupleType.DOUBLE) reals.push(element.value as number);
    else strings.push(encoder.encode(element.value as string));
  }
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint32(0, MAGIC, true);
  header.setUint16(4, VERSION, true);
  header.setUint16(6, type, true);
  header.setBigUint64(8, BigInt(tuple.Length), true);
  const blocks = [
    header,
    pad(Uint8Array.from(types ?? [])),
    packIntegers(integers),
    Float64Array.from(reals),
    packIntegers(strings.map((bytes) => bytes.length)),
    pad(concatBufferSources(...(strings as BufferSource[]))),
  ];
  return concatBufferSources(...(blocks as BufferSource[]));
}

export function deserializeTuple(source: ArrayBufferView | ArrayBuffer): HTuple {
  if (ArrayBuffer.isView(source)) checkArrayBuffer(source);
  const bytes = bufferSourceToUint8Array(source as BufferSource);
  if (bytes.length < HEADER_BYTES) throw broken('shorter than its header');
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  if (header.getUint32(0, true) !== MAGIC) throw broken('not a serialised tuple');
  if (header.getUint16(4, true) !== VERSION) throw broken(`version ${header.getUint16(4, true)} is unknown`);
  const type = header.getUint16(6, true);
  const length = Number(header.getBigUint64(8, true));
  let rest: Uint8Array = bytes.subarray(HEADER_BYTES);
  const take = (size: number): Uint8Array => {
    if (size > rest.length) throw broken('cut off');
    if (size === 0) return new Uint8Array(0);
    const [head, tail] = splitBufferSource(rest as BufferSource, size) as [Uint8Array, Uint8Array];
    rest = tail;
    return head.slice();
  };
  if (length > bytes.length) throw broken('more elements than bytes');
  const types = type === HTupleType.MIXED ? Array.from(take(padded(length)).subarray(0, length)) : undefined;
  const known = types ?? new Array<number>(length).fill(type);
  const count = (wanted: number): number => known.filter((tag) => tag === wanted).length;
  if (count(1) + count(2) + count(4) !== length) throw broken('an element type is unknown');
  const integers = new BigInt64Array(take(count(1) * 8).buffer);
  const reals = new Float64Array(take(count(2) * 8).buffer);
  const lengths = new BigInt64Array(take(count(4) * 8).buffer);
  if (type === HTupleType.LONG) return HTuple.adopt(type, integers);
  if (type === HTupleType.DOUBLE) return HTuple.adopt(type, reals);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const strings = Array.from(lengths, (size) => decoder.decode(take(Number(size))));
  if (type === HTupleType.STRING) return HTuple.adopt(type, strings);
  if (!types) return new HTuple();
  const at = [0, 0, 0];
  const values = types.map((tag): HTupleValue => {
    if (tag === HTupleType.LONG) return integerAt(integers, at[0]!++);
    return tag === HTupleType.DOUBLE ? reals[at[1]!++]! : strings[at[2]!++]!;
  });
  return HTuple.adopt(HTupleType.MIXED, values, types as HElementType[]);
}

function padded(size: number): number {
  return Math.ceil(size / 8) * 8;
}

function pad(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(padded(bytes.length));
  out.set(bytes);
  return out;
}

function broken(reason: string): HTupleAccessError {
  return new HTupleAccessError(`these bytes are no tuple: ${reason}`);
}
