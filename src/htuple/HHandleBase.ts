// What a tuple knows of a handle: it can be referenced once more, released, and compared. The native part is in
// runtime/HHandle.ts; only instances of that class come into being.

export abstract class HHandleBase {
  /** Address of the native handle record, 0n when uninitialised. Throws once the handle was disposed of. */
  abstract get Handle(): bigint;
  /** A new reference of the same handle, with a lifetime of its own. */
  abstract Reference(): HHandleBase;
  abstract Dispose(): void;
  abstract IsInitialized(): boolean;
}
