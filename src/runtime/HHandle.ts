// HHandle: one reference of a native handle. Dispose() gives it back at once, the finaliser does it otherwise.
// Copies of a handle are made with Reference() or by the constructor; each is released on its own, so a handle that
// is disposed of while another one is in a running call stays alive until that call is over.
import { HHandleBase } from '../htuple/HHandleBase.js';
import { HTuple } from '../htuple/HTuple.js';
import { describe } from '../htuple/types.js';
import { HOperatorError } from './HOperatorError.js';
import { native } from './library.js';
import { kUninitialised } from './uninitialised.js';

const WRONG_HANDLE_TYPE = 2404;
const finaliser = new FinalizationRegistry<bigint>((address) => native().HReleaseHandle(address));

export class HHandle extends HHandleBase {
  /** Semantic type that the class accepts; '' accepts every handle. */
  static readonly semType: string = '';
  #address = 0n;
  #disposed = false;

  /** Without an argument uninitialised; from a handle (or a tuple with one): a new reference of it. */
  constructor(source?: HHandleBase | HTuple | typeof kUninitialised) {
    super();
    if (source === undefined || source === kUninitialised) return;
    if (source instanceof HTuple) {
      using handle = source.H as HHandle;
      this.adoptAddress(share(handle.Handle));
    } else if (source instanceof HHandle) {
      this.adoptAddress(share(source.Handle));
    } else {
      throw new TypeError(`a handle of this library is expected, not ${describe(source)}`);
    }
  }

  /** Wraps a reference that the caller owns; on an error (wrong type) it is released. */
  static fromAddress<T extends HHandle>(this: new (source: typeof kUninitialised) => T, address: bigint): T {
    const handle = new this(kUninitialised);
    handle.adoptAddress(address);
    return handle;
  }

  /** The one handle of an operator's result, as this class; the result's own reference is taken over. */
  static fromResult<T extends HHandle>(this: new (source: typeof kUninitialised) => T, result: HTuple): T {
    const handle = new this(kUninitialised);
    handle.adoptResult(result);
    return handle;
  }

  /** All handles of an operator's result, as this class. */
  static fromResults<T extends HHandle>(this: new (source: typeof kUninitialised) => T, result: HTuple): T[] {
    try {
      return Array.from(result, (value) => {
        const handle = new this(kUninitialised);
        handle.adoptAddress((value as HHandle).#surrender());
        return handle;
      });
    } finally {
      result.Dispose();
    }
  }

  get Handle(): bigint {
    if (this.#disposed) throw new TypeError(`this ${this.constructor.name} was disposed of`);
    return this.#address;
  }

  IsInitialized(): boolean {
    return this.#address !== 0n;
  }

  /** Semantic type of the handle itself, 'hnull' when uninitialised. */
  SemType(): string {
    return this.Handle === 0n ? 'hnull' : (native().HHandleSemType(this.Handle) ?? 'hnull');
  }

  Reference(): HHandle {
    const copy = new (this.constructor as new (source: typeof kUninitialised) => HHandle)(kUninitialised);
    copy.adoptAddress(share(this.Handle));
    return copy;
  }

  /** A copy of the content, for types that can be serialized; Reference() is another reference of the same. */
  Clone(): this {
    const copy = new (this.constructor as new (source: typeof kUninitialised) => this)(kUninitialised);
    using item = this.SerializeHandle();
    copy.DeserializeHandle(item);
    return copy;
  }

  Dispose(): void {
    this.#release();
    this.#disposed = true;
  }

  [Symbol.dispose](): void {
    this.Dispose();
  }

  override toString(): string {
    return this.#disposed ? 'H(disposed)' : `H${this.#address.toString(16).toUpperCase()}`;
  }

  /** Takes over a reference, in place of the one held so far. */
  protected adoptAddress(address: bigint): void {
    const wanted = (this.constructor as typeof HHandle).semType;
    if (address !== 0n && wanted !== '') {
      const found = native().HHandleSemType(address) ?? 'hnull';
      if (found !== wanted) {
        native().HReleaseHandle(address);
        throw new HOperatorError(
          WRONG_HANDLE_TYPE,
          this.constructor.name,
          0,
          `a handle of type ${wanted} is expected, found ${found}`,
        );
      }
    }
    this.#release();
    this.#disposed = false;
    this.#address = address;
    if (address !== 0n) finaliser.register(this, address, this);
  }

  /**
   * Becomes the handle of an operator's result (the documented constructors and `void` create methods).
   * @internal
   */
  adoptResult(result: HTuple): void {
    const { data } = result.storage;
    const handle = data.length === 1 ? data[0] : undefined;
    if (!(handle instanceof HHandle)) throw new TypeError(`one handle is expected, not ${result.toString()}`);
    this.adoptAddress(handle.#surrender());
    result.Dispose();
  }

  #surrender(): bigint {
    const address = this.Handle;
    if (address !== 0n) finaliser.unregister(this);
    this.#address = 0n;
    this.#disposed = true;
    return address;
  }

  #release(): void {
    if (this.#address === 0n) return;
    finaliser.unregister(this);
    native().HReleaseHandle(this.#address);
    this.#address = 0n;
  }
}

/** One more reference of an address. */
function share(address: bigint): bigint {
  if (address !== 0n) native().HCopyHandle(address);
  return address;
}
