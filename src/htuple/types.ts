// Type tags of tuples and elements, as in the C interface, and what JavaScript values become.
import { HHandleBase } from './HHandleBase.js';

export const HTupleType = {
  EMPTY: 0,
  INTEGER: 1,
  LONG: 1,
  DOUBLE: 2,
  STRING: 4,
  MIXED: 8,
  HANDLE: 16,
} as const;
export type HTupleType = 0 | 1 | 2 | 4 | 8 | 16;
export type HElementType = 1 | 2 | 4 | 16;

/** One element as JavaScript sees it: integers are numbers when safe, else bigints. */
export type HTupleValue = number | bigint | string | HHandleBase;

/** Typed arrays that a tuple accepts: integers of any width, and both float widths. */
export type HTupleArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** Misuse of a tuple: wrong kind of value, wrong element type, index out of range. */
export class HTupleAccessError extends TypeError {
  override readonly name = 'HTupleAccessError';
}

export const INT64_MIN = -(2n ** 63n);
export const INT64_MAX = 2n ** 63n - 1n;

export function typeName(type: number): string {
  switch (type) {
    case HTupleType.EMPTY:
      return 'empty';
    case HTupleType.LONG:
      return 'integer';
    case HTupleType.DOUBLE:
      return 'real';
    case HTupleType.STRING:
      return 'string';
    case HTupleType.HANDLE:
      return 'handle';
    default:
      return 'mixed';
  }
}

export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'object') return value.constructor?.name ?? 'object';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'string') return `string ${JSON.stringify(value.slice(0, 40))}`;
  return typeof value === 'symbol' ? String(value) : `${typeof value} ${String(value)}`;
}

/** The element type of one value: integer-valued safe numbers and bigints are integers, other numbers reals. */
export function elementType(value: unknown): HElementType {
  switch (typeof value) {
    case 'number':
      return Number.isSafeInteger(value) ? HTupleType.LONG : HTupleType.DOUBLE;
    case 'bigint':
      return HTupleType.LONG;
    case 'string':
      return HTupleType.STRING;
    default:
      if (value instanceof HHandleBase) return HTupleType.HANDLE;
      throw new HTupleAccessError(
        `a tuple holds integers, reals, strings and handles, not ${describe(value)}`,
      );
  }
}

/** An integer in its normal form, or an error: NaN, fractions, unsafe numbers and more than 64 bits are refused. */
export function checkInteger(value: unknown): number | bigint {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return value;
    throw new HTupleAccessError(`${value} is not an exact integer; use a bigint beyond 2^53`);
  }
  if (typeof value === 'bigint') {
    if (value < INT64_MIN || value > INT64_MAX) {
      throw new HTupleAccessError(`${value} does not fit into 64 bits`);
    }
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  throw new HTupleAccessError(`an integer is expected, not ${describe(value)}`);
}

export function checkReal(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new HTupleAccessError(`a real is expected, not ${describe(value)}`);
}

export function checkString(value: unknown): string {
  if (typeof value !== 'string') throw new HTupleAccessError(`a string is expected, not ${describe(value)}`);
  if (!(value as string & { isWellFormed(): boolean }).isWellFormed())
    throw new HTupleAccessError(
      `${describe(value)} has half of a surrogate pair, which no UTF-8 text can hold`,
    );
  if (value.includes('\0')) throw new HTupleAccessError('a string in a tuple cannot contain a NUL character');
  return value;
}

/** A value of a known element type in its normal form. */
export function checkValue(type: HElementType, value: HTupleValue): HTupleValue {
  if (type === HTupleType.LONG) return checkInteger(value);
  return type === HTupleType.STRING ? checkString(value) : value;
}

/** A SharedArrayBuffer can change under the core's feet, and byte helpers see it as empty: refused. */
export function checkArrayBuffer(array: ArrayBufferView): void {
  if (typeof SharedArrayBuffer !== 'undefined' && array.buffer instanceof SharedArrayBuffer) {
    throw new HTupleAccessError('typed arrays on a SharedArrayBuffer are not accepted; copy them first');
  }
}
