// HObject: the key of an iconic object (or tuple of them) in the core's database. Same lifetime rules as HHandle.
import { describe } from '../htuple/types.js';
import { HOperatorError } from './HOperatorError.js';
import { native } from './library.js';
import { kUninitialised } from './uninitialised.js';

const finaliser = new FinalizationRegistry<bigint>((key) => native().HReleaseObject(key));

export class HObject {
  #key = 0n;
  #disposed = false;

  /** Without an argument uninitialised; from an object: a new key of it. */
  constructor(source?: HObject | typeof kUninitialised) {
    if (source === undefined || source === kUninitialised) return;
    if (!(source instanceof HObject)) {
      throw new TypeError(`an iconic object of this library is expected, not ${describe(source)}`);
    }
    this.adoptKey(copyKey(source.Key));
  }

  /** Wraps a key that the caller owns. */
  static fromKey<T extends HObject>(this: new (source: typeof kUninitialised) => T, key: bigint): T {
    const object = new this(kUninitialised);
    object.adoptKey(key);
    return object;
  }

  /** An operator's result as this class; the result gives up its key. */
  static fromResult<T extends HObject>(this: new (source: typeof kUninitialised) => T, result: HObject): T {
    const object = new this(kUninitialised);
    object.adoptResult(result);
    return object;
  }

  get Key(): bigint {
    if (this.#disposed) throw new TypeError(`this ${this.constructor.name} was disposed of`);
    return this.#key;
  }

  IsInitialized(): boolean {
    return this.#key !== 0n;
  }

  Reference(): HObject {
    const copy = new (this.constructor as new (source: typeof kUninitialised) => HObject)(kUninitialised);
    copy.adoptKey(copyKey(this.Key));
    return copy;
  }

  /** The same object under a key of its own, like Reference(): pixels are never written to. */
  Clone(): this {
    return this.Reference() as this;
  }

  Dispose(): void {
    this.#release();
    this.#disposed = true;
  }

  [Symbol.dispose](): void {
    this.Dispose();
  }

  protected adoptKey(key: bigint): void {
    this.#release();
    this.#disposed = false;
    this.#key = key;
    if (key !== 0n) finaliser.register(this, key, this);
  }

  /**
   * Becomes an operator's result.
   * @internal
   */
  adoptResult(result: HObject): void {
    this.adoptKey(result.#surrender());
  }

  #surrender(): bigint {
    const key = this.Key;
    finaliser.unregister(this);
    this.#key = 0n;
    this.#disposed = true;
    return key;
  }

  #release(): void {
    if (this.#key === 0n) return;
    finaliser.unregister(this);
    native().HReleaseObject(this.#key);
    this.#key = 0n;
  }
}

function copyKey(key: bigint): bigint {
  if (key === 0n) return 0n;
  const copy = new BigUint64Array(1);
  const code = native().HCopyObject(key, copy);
  if (code !== 2) throw new HOperatorError(code, 'copy_obj', 0, native().HErrorText(code));
  return copy[0]!;
}
