// 64-bit integers in bulk, without one BigInt per element: a BigInt64Array is read and written through its
// 32-bit halves (little-endian, as on every platform that Node runs on).

const TWO32 = 4294967296;

/** Writes safe integers (or bigints) into 64-bit storage. */
export function packIntegers(values: ArrayLike<number | bigint>): BigInt64Array {
  const out = new BigInt64Array(values.length);
  const words = new Int32Array(out.buffer);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (typeof value === 'bigint') {
      out[i] = value;
    } else {
      words[2 * i] = value | 0;
      words[2 * i + 1] = Math.floor(value / TWO32);
    }
  }
  return out;
}

/** Integer typed arrays of any width as 64-bit storage (one copy). */
export function widenIntegers(array: ArrayLike<number>): BigInt64Array {
  const out = new BigInt64Array(array.length);
  const words = new Int32Array(out.buffer);
  for (let i = 0; i < array.length; i++) {
    const value = array[i]!;
    words[2 * i] = value | 0;
    words[2 * i + 1] = value < 0 ? -1 : 0;
  }
  return out;
}

/** One element: a number when safe, else a bigint. */
export function integerAt(array: BigInt64Array, index: number): number | bigint {
  const value = array[index]!;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** All elements as numbers; -1 in `unsafe` or the index of the first one that a number cannot hold exactly. */
export function unpackIntegers(array: BigInt64Array): { numbers: number[]; unsafe: number } {
  const words = new Int32Array(array.buffer, array.byteOffset, array.length * 2);
  const numbers = new Array<number>(array.length);
  let unsafe = -1;
  for (let i = 0; i < array.length; i++) {
    const value = words[2 * i + 1]! * TWO32 + (words[2 * i]! >>> 0);
    if (unsafe < 0 && !Number.isSafeInteger(value)) unsafe = i;
    numbers[i] = value;
  }
  return { numbers, unsafe };
}
