// Memory of long results. The first write to fresh pages costs several times what the copy itself costs, so Dispose()
// of a tuple leaves its buffer here for the next result of that size.
const kSmallest = 65536;
const kMost = 4;
const kept: ArrayBuffer[] = [];

/** A buffer with undefined content. */
export function takeBuffer(bytes: number): ArrayBuffer {
  const found = bytes >= kSmallest ? kept.findIndex((buffer) => buffer.byteLength === bytes) : -1;
  if (found >= 0) return kept.splice(found, 1)[0]!;
  return Buffer.allocUnsafeSlow(bytes).buffer as ArrayBuffer;
}

/** Nobody may use the array any more. */
export function giveBuffer({ buffer, byteLength }: BigInt64Array | Float64Array): void {
  if (byteLength < kSmallest || byteLength !== buffer.byteLength || !(buffer instanceof ArrayBuffer)) return;
  kept.push(buffer);
  if (kept.length > kMost) kept.shift();
}
