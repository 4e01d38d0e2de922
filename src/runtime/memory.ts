// Raw memory for the operators that take or give pointers (gen_image1, get_image_pointer1, ...).
import { HTupleAccessError, checkArrayBuffer } from '../htuple/types.js';
import { native } from './library.js';

let held: ArrayBufferView | undefined;

/** Calls `use` with the address of a typed array's data; the array stays alive and in place until `use` returns. */
export function withPointer<T>(array: ArrayBufferView, use: (pointer: bigint) => T): T {
  checkArrayBuffer(array);
  if (array.byteLength === 0) throw new HTupleAccessError('an empty array has no address');
  const outer = held;
  held = array;
  try {
    return use(native().addressOf(held));
  } finally {
    held = outer;
  }
}

/** Copies `target.byteLength` bytes from a pointer that an operator returned. */
export function copyFromPointer<T extends ArrayBufferView>(pointer: bigint | number, target: T): T {
  checkArrayBuffer(target);
  const address = BigInt(pointer);
  if (address === 0n) throw new HTupleAccessError('the pointer is null');
  if (target.byteLength > 0) native().copyFrom(target, address, target.byteLength);
  return target;
}
