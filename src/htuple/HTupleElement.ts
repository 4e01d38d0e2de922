// One element of a tuple: its type and the accessors I, L, D, S, H. No accessor rounds or parses.
import { HHandleBase } from './HHandleBase.js';
import { HTuple } from './HTuple.js';
import {
  HTupleAccessError,
  HTupleType,
  checkValue,
  elementType,
  typeName,
  type HElementType,
  type HTupleValue,
} from './types.js';

export class HTupleElement {
  constructor(
    readonly Type: HElementType,
    readonly value: HTupleValue,
  ) {}

  static from(value: HTupleValue | HTupleElement): HTupleElement {
    if (value instanceof HTupleElement) return value;
    const type = elementType(value);
    return new HTupleElement(type, checkValue(type, value));
  }

  get I(): number {
    if (this.Type !== HTupleType.LONG) throw this.#mismatch('an integer');
    if (typeof this.value === 'bigint') {
      throw new HTupleAccessError(`${this.value} is beyond 2^53; use L`);
    }
    return this.value as number;
  }

  get L(): bigint {
    if (this.Type !== HTupleType.LONG) throw this.#mismatch('an integer');
    return BigInt(this.value as number | bigint);
  }

  get D(): number {
    if (this.Type !== HTupleType.DOUBLE && this.Type !== HTupleType.LONG) throw this.#mismatch('a number');
    return Number(this.value);
  }

  get S(): string {
    if (this.Type !== HTupleType.STRING) throw this.#mismatch('a string');
    return this.value as string;
  }

  /** A new reference of the handle. */
  get H(): HHandleBase {
    if (this.Type !== HTupleType.HANDLE) throw this.#mismatch('a handle');
    return (this.value as HHandleBase).Reference();
  }

  ToTuple(): HTuple {
    return this.Type === HTupleType.DOUBLE ? HTuple.real(this.value as number) : new HTuple(this.value);
  }

  toString(): string {
    switch (this.Type) {
      case HTupleType.STRING:
        return `'${this.value as string}'`;
      case HTupleType.DOUBLE:
        return elementType(this.value) === HTupleType.LONG ? `${this.value}.0` : String(this.value);
      case HTupleType.HANDLE:
        return String(this.value);
      default:
        return String(this.value);
    }
  }

  #mismatch(wanted: string): HTupleAccessError {
    return new HTupleAccessError(`the element is of type ${typeName(this.Type)}, not ${wanted}`);
  }
}
