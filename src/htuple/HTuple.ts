// HTuple: a control tuple of integers, reals, strings and handles. Homogeneous data lie in one plain or typed
// array; per-element type tags exist only when kinds are mixed.
//
// What JavaScript values become: an integer-valued safe number or a bigint is an integer (`new HTuple(3)`), any
// other number a real; an array of numbers is all integers if every element is one, otherwise all reals. Tuples in an
// array are concatenated, as HDevelop's [A, B] does. Force a
// kind with HTuple.integer(...) and HTuple.real(...). Integer typed arrays are integers, float ones reals.
// Accessors: I number, L bigint, D number (integers convert), S string, H handle; they never round.
import { giveBuffer } from './buffers.js';
import { HHandleBase } from './HHandleBase.js';
import { HTupleElement } from './HTupleElement.js';
import { integerAt, packIntegers, unpackIntegers, widenIntegers } from './integers.js';
import {
  HTupleAccessError,
  HTupleType,
  checkArrayBuffer,
  checkInteger,
  checkReal,
  checkValue,
  describe,
  elementType,
  typeName,
  type HElementType,
  type HTupleArray,
  type HTupleValue,
} from './types.js';

type Data = HTupleValue[] | BigInt64Array | Float64Array;

/** Everything that stands for a tuple in a call. */
export type HTupleLike = HTuple | HTupleValue | HTupleArray | readonly (HTupleValue | HTuple)[];

const NO_DATA: HTupleValue[] = [];

export class HTuple {
  #type: HTupleType = HTupleType.EMPTY;
  #data: Data = NO_DATA;
  /** Element types; only of a mixed tuple. */
  #types: HElementType[] | undefined;

  /** No argument: the empty tuple; one or several values, arrays or tuples: their concatenation. */
  constructor(...values: HTupleLike[]) {
    if (values.length === 1) {
      this.#assign(values[0]!);
    } else if (values.length > 1) {
      if (values.every((value) => typeof value === 'number')) this.#assignArray(values);
      else this.#join(values);
    }
  }

  /** The tuple itself if it is one, else a new one. */
  static from(value: HTupleLike): HTuple {
    return value instanceof HTuple ? value : new HTuple(value);
  }

  /** Integers, whatever the values look like; fractions, NaN and more than 64 bits are errors. */
  static integer(value: number | bigint | ArrayLike<number | bigint>): HTuple {
    if (value instanceof BigInt64Array) return new HTuple(value);
    const list = typeof value === 'object' ? Array.from(value) : [value];
    return HTuple.#make(HTupleType.LONG, list.map(checkInteger));
  }

  /** Reals, also from integer-valued numbers. */
  static real(value: number | ArrayLike<number>): HTuple {
    if (value instanceof Float64Array || value instanceof Float32Array) return new HTuple(value);
    const list = typeof value === 'object' ? Array.from(value) : [value];
    return HTuple.#make(HTupleType.DOUBLE, list.map(checkReal));
  }

  /** Takes over storage that nobody else will change: how results of the core come in without a second copy. */
  static adopt(type: HTupleType, data: Data, types?: HElementType[]): HTuple {
    const tuple = HTuple.#make(type, data);
    tuple.#types = types;
    return tuple;
  }

  static #make(type: HTupleType, data: Data): HTuple {
    const tuple = new HTuple();
    if (data.length > 0) {
      tuple.#type = type;
      tuple.#data = data;
    }
    return tuple;
  }

  get Length(): number {
    return this.#data.length;
  }

  get Type(): HTupleType {
    return this.#type;
  }

  /** The storage, for marshalling: not a copy, not to be changed or kept. */
  get storage(): { type: HTupleType; data: Data; types: HElementType[] | undefined } {
    return { type: this.#type, data: this.#data, types: this.#types };
  }

  /** Type of one element. */
  TypeAt(index: number): HElementType {
    this.#check(index);
    return this.#types ? this.#types[index]! : (this.#type as HElementType);
  }

  /** One element with its accessors; negative indices count from the end. */
  at(index: number): HTupleElement {
    const i = index < 0 ? index + this.Length : index;
    return new HTupleElement(this.TypeAt(i), this.#value(i));
  }

  /** Overwrites an element, or appends at index Length. A different kind makes the tuple mixed. */
  set(index: number, value: HTupleValue | HTupleElement): this {
    if (index === this.Length) return this.Append(value);
    this.#check(index);
    const element = HTupleElement.from(value);
    const type = this.#type === HTupleType.DOUBLE && element.Type === HTupleType.LONG ? 2 : element.Type;
    if (this.#type !== HTupleType.MIXED && type !== this.#type) this.#mix();
    const stored = type === HTupleType.HANDLE ? element.H : type === 2 ? element.D : element.value;
    const old = this.#data[index];
    if (this.#data instanceof BigInt64Array) this.#data[index] = BigInt(stored as number | bigint);
    else (this.#data as HTupleValue[])[index] = stored;
    if (this.#types) this.#types[index] = type;
    if (old instanceof HHandleBase) old.Dispose();
    return this;
  }

  /** Appends in place. */
  Append(value: HTupleLike | HTupleElement): this {
    const tail = value instanceof HTupleElement ? value.ToTuple() : HTuple.from(value);
    const old = HTuple.adopt(this.#type, this.#data, this.#types);
    this.#concat([old, tail], tail === value ? [old] : [old, tail]);
    return this;
  }

  /** A new tuple: this one, then the others. */
  TupleConcat(...others: HTupleLike[]): HTuple {
    const tuple = new HTuple();
    tuple.#concat([this, ...others.map((other) => HTuple.from(other))]);
    return tuple;
  }

  Clone(): HTuple {
    return this.TupleConcat();
  }

  /** Releases handles and memory at once and leaves the empty tuple. */
  Dispose(): void {
    if (!Array.isArray(this.#data)) giveBuffer(this.#data);
    else if (this.#type === HTupleType.HANDLE || this.#type === HTupleType.MIXED) {
      for (const value of this.#data as HTupleValue[]) if (value instanceof HHandleBase) value.Dispose();
    }
    this.#type = HTupleType.EMPTY;
    this.#data = NO_DATA;
    this.#types = undefined;
  }

  [Symbol.dispose](): void {
    this.Dispose();
  }

  get I(): number {
    return this.#single().I;
  }
  get L(): bigint {
    return this.#single().L;
  }
  get D(): number {
    return this.#single().D;
  }
  get S(): string {
    return this.#single().S;
  }
  /** A new reference of the first element's handle. */
  get H(): HHandleBase {
    return this.#single().H;
  }

  /** The elements as JavaScript values; handles as new references. */
  ToArray(): HTupleValue[] {
    if (this.#data instanceof BigInt64Array) {
      const { numbers, unsafe } = unpackIntegers(this.#data);
      if (unsafe < 0) return numbers;
    }
    return Array.from({ length: this.Length }, (_, i) => {
      const value = this.#value(i);
      return value instanceof HHandleBase ? value.Reference() : value;
    });
  }

  /** Integers as numbers; an error if one of them is not exactly representable. */
  ToIArr(): number[] {
    if (this.#data instanceof BigInt64Array) {
      const { numbers, unsafe } = unpackIntegers(this.#data);
      if (unsafe < 0) return numbers;
      throw new HTupleAccessError(`element ${unsafe}, ${this.#data[unsafe]}, is beyond 2^53; use ToLArr`);
    }
    return this.#map((element) => element.I);
  }

  /** Integers, exact. */
  ToLArr(): BigInt64Array {
    if (this.#data instanceof BigInt64Array) return this.#data.slice();
    if (this.#type === HTupleType.LONG) return packIntegers(this.#data as number[]);
    return BigInt64Array.from(this.#map((element) => element.L));
  }

  /** Reals (integers convert). */
  ToDArr(): Float64Array {
    if (this.#data instanceof Float64Array) return this.#data.slice();
    if (this.#type === HTupleType.DOUBLE) return Float64Array.from(this.#data as number[]);
    return Float64Array.from(this.#map((element) => element.D));
  }

  ToSArr(): string[] {
    return this.#map((element) => element.S);
  }

  ToHArr(): HHandleBase[] {
    return this.#map((element) => element.H);
  }

  *[Symbol.iterator](): IterableIterator<HTupleValue> {
    for (let i = 0; i < this.Length; i++) yield this.#value(i);
  }

  /** Same length, types and values. */
  Equals(other: HTuple): boolean {
    if (this.Length !== other.Length) return false;
    for (let i = 0; i < this.Length; i++) {
      if (this.TypeAt(i) !== other.TypeAt(i)) return false;
      const [a, b] = [this.#value(i), other.#value(i)];
      const same = a instanceof HHandleBase ? a.Handle === (b as HHandleBase).Handle : Object.is(a, b);
      if (!same) return false;
    }
    return true;
  }

  toString(): string {
    const text = Array.from({ length: this.Length }, (_, i) => this.at(i).toString());
    return text.length === 1 ? text[0]! : `[${text.join(', ')}]`;
  }

  #assign(value: HTupleLike): void {
    if (value instanceof HTuple) {
      this.#concat([value]);
    } else if (Array.isArray(value)) {
      this.#assignArray(value);
    } else if (ArrayBuffer.isView(value)) {
      this.#assignTyped(value as HTupleArray);
    } else {
      const type = elementType(value);
      this.#data = [normalize(type, value as HTupleValue)];
      this.#type = type;
    }
  }

  #assignArray(list: readonly (HTupleValue | HTuple)[]): void {
    if (list.length === 0) return;
    if (list.some((value) => value instanceof HTuple)) return this.#join(list);
    const values = list as readonly HTupleValue[];
    const types = Array.from(values, elementType); // unlike map, it sees holes
    let type: HTupleType = types[0]!;
    if (types.some((other) => other !== type)) {
      const numbers = values.every((value) => typeof value === 'number');
      type = numbers ? HTupleType.DOUBLE : HTupleType.MIXED;
    }
    this.#type = type;
    if (type === HTupleType.DOUBLE) this.#data = values.slice();
    else this.#data = values.map((value, i) => normalize(types[i]!, value));
    if (type === HTupleType.MIXED) this.#types = types;
  }

  /** Becomes the concatenation of the values. */
  #join(values: readonly HTupleLike[]): void {
    const parts = values.map((value) => HTuple.from(value));
    this.#concat(
      parts,
      parts.filter((part, i) => part !== values[i]),
    );
  }

  #assignTyped(array: HTupleArray): void {
    checkArrayBuffer(array);
    if (array.length === undefined) throw new HTupleAccessError(`${describe(array)} has no element type`);
    if (array.length === 0) return;
    if (array instanceof Float64Array) {
      this.#data = array.slice();
    } else if (array instanceof Float32Array) {
      this.#data = Float64Array.from(array);
    } else if (array instanceof BigInt64Array) {
      this.#data = array.slice();
    } else if (array instanceof BigUint64Array) {
      array.forEach(checkInteger);
      this.#data = new BigInt64Array(array.slice().buffer);
    } else if (INTEGER_ARRAYS.some((kind) => array instanceof kind)) {
      this.#data = widenIntegers(array);
    } else {
      throw new HTupleAccessError(`${describe(array)} is no typed array that a tuple can hold`);
    }
    this.#type = this.#data instanceof Float64Array ? HTupleType.DOUBLE : HTupleType.LONG;
  }

  /** Becomes the concatenation of `parts`; the handles of `owned` parts are taken over, others referenced anew. */
  #concat(parts: HTuple[], owned: readonly HTuple[] = []): void {
    const filled = parts.filter((part) => part.Length > 0);
    const length = filled.reduce((sum, part) => sum + part.Length, 0);
    const type = filled[0]?.Type ?? HTupleType.EMPTY;
    const pure = type !== HTupleType.MIXED && filled.every((part) => part.Type === type);
    const typed = filled.some((part) => !Array.isArray(part.#data));
    this.#types = undefined;
    this.#type = pure ? type : HTupleType.MIXED;
    if (pure && typed) {
      const data = type === HTupleType.LONG ? new BigInt64Array(length) : new Float64Array(length);
      let offset = 0;
      for (const part of filled) {
        const source =
          type === HTupleType.LONG && Array.isArray(part.#data)
            ? packIntegers(part.#data as number[])
            : part.#data;
        data.set(source as never, offset);
        offset += part.Length;
      }
      this.#data = data;
      return;
    }
    const data: HTupleValue[] = [];
    const types: HElementType[] = [];
    for (const part of filled) {
      const taken = owned.includes(part);
      for (let i = 0; i < part.Length; i++) {
        const value = part.#value(i);
        data.push(value instanceof HHandleBase && !taken ? value.Reference() : value);
        if (!pure) types.push(part.TypeAt(i));
      }
    }
    this.#data = data;
    if (!pure) this.#types = types;
  }

  #mix(): void {
    const length = this.Length;
    this.#types = Array.from({ length }, (_, i) => this.TypeAt(i));
    this.#data = Array.from({ length }, (_, i) => this.#value(i));
    this.#type = HTupleType.MIXED;
  }

  #value(index: number): HTupleValue {
    return this.#data instanceof BigInt64Array ? integerAt(this.#data, index) : this.#data[index]!;
  }

  #map<T>(read: (element: HTupleElement) => T): T[] {
    return Array.from({ length: this.Length }, (_, i) => read(this.at(i)));
  }

  #single(): HTupleElement {
    if (this.Length === 0) throw new HTupleAccessError('the tuple is empty');
    return this.at(0);
  }

  #check(index: number): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.Length) {
      throw new HTupleAccessError(
        `index ${index} is outside of a tuple of ${this.Length} (${typeName(this.#type)})`,
      );
    }
  }
}

const INTEGER_ARRAYS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
] as const;

function normalize(type: HElementType, value: HTupleValue): HTupleValue {
  return value instanceof HHandleBase ? value.Reference() : checkValue(type, value);
}
