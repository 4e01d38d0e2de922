// CallFrame: scratch memory of one call, written and read through typed arrays, so that koffi converts nothing.
// Scalars and short arrays are laid into the scratch itself; long homogeneous arrays are passed by address, without
// a copy. Results are copied out once (one memcpy per array) and the core's memory is given back.
import { HHandleBase } from '../htuple/HHandleBase.js';
import { takeBuffer } from '../htuple/buffers.js';
import { HTuple, type HTupleLike } from '../htuple/HTuple.js';
import { integerAt, packIntegers } from '../htuple/integers.js';
import {
  HTupleAccessError,
  HTupleType,
  checkString,
  describe,
  type HElementType,
  type HTupleValue,
} from '../htuple/types.js';
import { HHandle } from './HHandle.js';
import { HObject } from './HObject.js';
import { HOperatorError } from './HOperatorError.js';
import * as at from './layout.js';
import { native } from './library.js';

const encoder = new TextEncoder();
const TWO32 = 4294967296;

export class CallFrame {
  readonly #bytes = Buffer.from(new ArrayBuffer(at.FRAME_BYTES));
  readonly #i32 = new Int32Array(this.#bytes.buffer);
  readonly #i64 = new BigInt64Array(this.#bytes.buffer);
  readonly #u64 = new BigUint64Array(this.#bytes.buffer);
  readonly #f64 = new Float64Array(this.#bytes.buffer);
  readonly #base = native().addressOf(this.#bytes);
  readonly #tupleAddress = Array.from(
    { length: at.MAX_CONTROLS },
    (_, i) => this.#base + BigInt(at.IN_TUPLES + i * at.TUPLE_BYTES),
  );
  readonly #outAddress = this.#base + BigInt(at.OUT_TUPLES);
  #arena = at.ARENA;
  #retained: unknown[] = [];
  #handles: bigint[] = [];
  #objects: HObject[] = [];
  /** Whether inputs must survive until an asynchronous call is over. */
  #isolate = false;

  /** The input that is being written, objects first; -1: none. */
  parameter = -1;
  readonly arguments = this.#base + BigInt(at.ARGUMENTS);
  readonly error = this.#base + BigInt(at.ERROR);

  constructor() {
    const pointers = [at.IN_OBJECTS, at.OUT_OBJECTS, at.IN_TUPLES, at.OUT_TUPLES];
    pointers.forEach((offset, i) => (this.#u64[(at.ARGUMENTS >> 3) + i] = this.#base + BigInt(offset)));
  }

  write(
    inObjects: readonly HObject[],
    inControls: readonly HTupleLike[],
    numOutObjects: number,
    numOutControls: number,
    isolate: boolean,
  ): void {
    if (Math.max(inControls.length, numOutControls) > at.MAX_CONTROLS)
      throw new RangeError('too many controls');
    if (Math.max(inObjects.length, numOutObjects) > at.MAX_OBJECTS) throw new RangeError('too many objects');
    this.#isolate = isolate;
    const counts = (at.ARGUMENTS + 32) >> 2;
    this.#i32[counts] = inObjects.length;
    this.#i32[counts + 1] = numOutObjects;
    this.#i32[counts + 2] = inControls.length;
    this.#i32[counts + 3] = numOutControls;
    this.#i32[at.ERROR_CODE >> 2] = 0;
    this.parameter = 0;
    for (let i = 0; i < inObjects.length; i++, this.parameter++) this.#writeObject(i, inObjects[i]!);
    for (let i = 0; i < inControls.length; i++, this.parameter++) this.#writeTuple(i, inControls[i]!);
    this.parameter = -1;
    if (numOutControls > 0) {
      const start = at.OUT_TUPLES >> 2;
      this.#i32.fill(0, start, start + (numOutControls * at.TUPLE_BYTES) / 4);
    }
    if (numOutObjects > 0) this.#u64.fill(0n, at.OUT_OBJECTS >> 3, (at.OUT_OBJECTS >> 3) + numOutObjects);
  }

  /** Results of a call that succeeded. */
  read(numOutObjects: number, numOutControls: number): { objects: HObject[]; controls: HTuple[] } {
    const objects: HObject[] = [];
    for (let i = 0; i < numOutObjects; i++)
      objects.push(HObject.fromKey(this.#u64[(at.OUT_OBJECTS >> 3) + i]!));
    const controls: HTuple[] = [];
    let owned = false;
    try {
      for (let i = 0; i < numOutControls; i++) {
        const offset = at.OUT_TUPLES + i * at.TUPLE_BYTES;
        const type = this.#i32[(offset + at.TUPLE_TYPE) >> 2]!;
        const inline = this.#u64[(offset + at.TUPLE_ELEM) >> 3] === this.#base + BigInt(offset);
        owned ||= !inline || (type & ~(HTupleType.LONG | HTupleType.DOUBLE)) !== 0;
        controls.push(this.#readTuple(offset, type));
      }
    } finally {
      if (owned) native().HDestroyTuples(this.#outAddress, numOutControls);
    }
    return { objects, controls };
  }

  readError(code: number, operator: string): HOperatorError {
    const text = this.#string(at.ERROR_TEXT, at.ERROR_END);
    return new HOperatorError(
      code,
      this.#string(at.ERROR_OPERATOR, at.ERROR_TEXT) || operator,
      this.#i32[at.ERROR_PARAMETER >> 2]!,
      this.#i32[at.ERROR_CODE >> 2] !== 0 && text !== '' ? text : native().HErrorText(code),
    );
  }

  /** Lets go of everything the call held. */
  reset(): void {
    this.#arena = at.ARENA;
    if (this.#retained.length > 0) this.#retained = [];
    if (this.#handles.length > 0) {
      for (const address of this.#handles) native().HReleaseHandle(address);
      this.#handles = [];
    }
    if (this.#objects.length > 0) {
      for (const object of this.#objects) object.Dispose();
      this.#objects = [];
    }
  }

  #writeObject(index: number, object: HObject): void {
    if (!(object instanceof HObject)) {
      throw new TypeError(`an iconic object of this library is expected, not ${describe(object)}`);
    }
    this.#u64[(at.IN_OBJECTS >> 3) + index] = object.Key;
    if (this.#isolate) this.#objects.push(object.Reference());
  }

  #writeTuple(index: number, value: HTupleLike): void {
    const offset = at.IN_TUPLES + index * at.TUPLE_BYTES;
    if (typeof value === 'number') {
      if (Number.isSafeInteger(value)) {
        this.#i32[offset >> 2] = value | 0;
        this.#i32[(offset >> 2) + 1] = Math.floor(value / TWO32);
        this.#header(index, HTupleType.LONG, 1, this.#tupleAddress[index]!);
      } else {
        this.#f64[offset >> 3] = value;
        this.#header(index, HTupleType.DOUBLE, 1, this.#tupleAddress[index]!);
      }
    } else if (typeof value === 'string') {
      this.#u64[offset >> 3] = this.#text(value);
      this.#header(index, HTupleType.STRING, 1, this.#tupleAddress[index]!);
    } else if (value instanceof HHandle) {
      this.#u64[offset >> 3] = this.#handle(value);
      this.#header(index, HTupleType.HANDLE, 1, this.#tupleAddress[index]!);
    } else if (isHandles(value)) {
      this.#array(
        index,
        HTupleType.HANDLE,
        BigUint64Array.from(value, (one) => this.#handle(one)),
      );
    } else if (
      value instanceof Float64Array &&
      !this.#isolate &&
      !(value.buffer instanceof SharedArrayBuffer)
    ) {
      this.#array(index, HTupleType.DOUBLE, value);
    } else if (
      value instanceof BigInt64Array &&
      !this.#isolate &&
      !(value.buffer instanceof SharedArrayBuffer)
    ) {
      this.#array(index, HTupleType.LONG, value);
    } else if (value instanceof HTuple) {
      this.#tuple(index, value);
    } else {
      const tuple = HTuple.from(value);
      this.#tuple(index, tuple);
      this.#retained.push(tuple);
    }
  }

  #tuple(index: number, tuple: HTuple): void {
    const { type, data, types } = tuple.storage;
    if (type === HTupleType.EMPTY) {
      this.#header(index, 0, 0, 0n);
    } else if (!Array.isArray(data)) {
      this.#array(index, type, this.#isolate ? data.slice() : data);
    } else if (type === HTupleType.LONG) {
      this.#array(index, type, packIntegers(data as number[]));
    } else if (type === HTupleType.DOUBLE) {
      this.#array(index, type, Float64Array.from(data as number[]));
    } else if (type === HTupleType.MIXED) {
      this.#array(index, type, this.#mixed(data, types!));
    } else {
      this.#array(
        index,
        type,
        BigUint64Array.from(data as string[], (value) => this.#pointer(value)),
      );
    }
  }

  #mixed(data: HTupleValue[], types: HElementType[]): BigUint64Array {
    const words = new BigUint64Array(data.length * 2);
    const signed = new BigInt64Array(words.buffer);
    const reals = new Float64Array(words.buffer);
    data.forEach((value, i) => {
      if (types[i] === HTupleType.LONG) signed[2 * i] = BigInt(value as number | bigint);
      else if (types[i] === HTupleType.DOUBLE) reals[2 * i] = value as number;
      else words[2 * i] = this.#pointer(value);
      words[2 * i + 1] = BigInt(types[i]!);
    });
    return words;
  }

  #pointer(value: HTupleValue): bigint {
    return value instanceof HHandleBase ? this.#handle(value) : this.#text(value as string);
  }

  #array(index: number, type: number, data: BigInt64Array | BigUint64Array | Float64Array): void {
    const num = type === HTupleType.MIXED ? data.length / 2 : data.length;
    if (num === 0) return this.#header(index, 0, 0, 0n);
    this.#retained.push(data);
    this.#header(index, type, num, native().addressOf(data));
  }

  #header(index: number, type: number, num: number, elem: bigint): void {
    const word = (at.IN_TUPLES + index * at.TUPLE_BYTES) >> 2;
    const i32 = this.#i32;
    i32[word + 2] = type;
    i32[word + 4] = num;
    i32[word + 5] = 0;
    i32[word + 6] = num;
    i32[word + 7] = 0;
    i32[word + 8] = 0;
    this.#u64[(word >> 1) + 5] = elem;
  }

  /** Address of the NUL-terminated UTF-8 text. */
  #text(value: string): bigint {
    checkString(value);
    if (value.length * 3 + 1 <= at.FRAME_BYTES - this.#arena) {
      const start = this.#arena;
      const { written } = encoder.encodeInto(value, this.#bytes.subarray(start));
      this.#bytes[start + written] = 0;
      this.#arena = (start + written + 8) & ~7;
      return this.#base + BigInt(start);
    }
    const buffer = Buffer.from(`${value}\0`);
    this.#retained.push(buffer);
    return native().addressOf(buffer);
  }

  #handle(handle: HHandleBase): bigint {
    const address = handle.Handle;
    if (this.#isolate && address !== 0n) {
      native().HCopyHandle(address);
      this.#handles.push(address);
    }
    return address;
  }

  #readTuple(offset: number, type: number): HTuple {
    const num = Number(this.#i64[(offset + at.TUPLE_NUM) >> 3]!);
    if (num === 0) return new HTuple();
    const address = this.#u64[(offset + at.TUPLE_ELEM) >> 3]!;
    if (type === HTupleType.LONG && num === 1) {
      return HTuple.adopt(type, [
        integerAt(
          this.#inline(offset, address)
            ? this.#i64.subarray(offset >> 3)
            : copy(new BigInt64Array(1), address),
          0,
        ),
      ]);
    }
    if (type === HTupleType.DOUBLE && num === 1) {
      return HTuple.adopt(type, [
        this.#inline(offset, address) ? this.#f64[offset >> 3]! : copy(new Float64Array(1), address)[0]!,
      ]);
    }
    switch (type) {
      case HTupleType.LONG:
        return HTuple.adopt(type, copy(new BigInt64Array(takeBuffer(num * 8)), address));
      case HTupleType.DOUBLE:
        return HTuple.adopt(type, copy(new Float64Array(takeBuffer(num * 8)), address));
      case HTupleType.STRING:
        return HTuple.adopt(type, Array.from(copy(new BigUint64Array(num), address), readString));
      case HTupleType.HANDLE:
        return HTuple.adopt(type, Array.from(copy(new BigUint64Array(num), address), readHandle));
      case HTupleType.MIXED:
        return readMixed(copy(new BigUint64Array(2 * num), address));
      default:
        throw new HTupleAccessError(`the library returned a tuple of unknown type ${type}`);
    }
  }

  #inline(offset: number, address: bigint): boolean {
    return address === this.#base + BigInt(offset);
  }

  #string(start: number, end: number): string {
    const stop = this.#bytes.indexOf(0, start);
    return this.#bytes.toString('utf8', start, stop < 0 ? end : Math.min(stop, end));
  }
}

function copy<T extends ArrayBufferView>(target: T, address: bigint): T {
  native().copyFrom(target, address, target.byteLength);
  return target;
}

function readString(address: bigint): string {
  return address === 0n ? '' : native().stringAt(address);
}

function readHandle(address: bigint): HHandle {
  if (address !== 0n) native().HCopyHandle(address);
  return HHandle.fromAddress(address);
}

function readMixed(words: BigUint64Array): HTuple {
  const signed = new BigInt64Array(words.buffer);
  const reals = new Float64Array(words.buffer);
  const types: HElementType[] = [];
  const values: HTupleValue[] = [];
  for (let i = 0; i < words.length; i += 2) {
    const type = Number(words[i + 1]! & 0xffffffffn) as HElementType;
    types.push(type);
    if (type === HTupleType.LONG) values.push(integerAt(signed, i));
    else if (type === HTupleType.DOUBLE) values.push(reals[i]!);
    else if (type === HTupleType.STRING) values.push(readString(words[i]!));
    else values.push(readHandle(words[i]!));
  }
  return HTuple.adopt(HTupleType.MIXED, values, types);
}

/** Not `every`, which passes over the holes of an array. */
function isHandles(value: unknown): value is HHandle[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  for (let i = 0; i < value.length; i++) if (!(value[i] instanceof HHandle)) return false;
  return true;
}
