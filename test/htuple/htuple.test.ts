import { expect } from 'chai';
import { HOperatorSet } from '../../src/generated/HOperatorSet.js';
import { HHandleBase, HTuple, HTupleAccessError, HTupleType } from '../../src/htuple/index.js';

class FakeHandle extends HHandleBase {
  static alive = 0;
  #alive = true;

  constructor(readonly id: bigint) {
    super();
    FakeHandle.alive++;
  }

  get Handle(): bigint {
    if (!this.#alive) throw new TypeError('disposed');
    return this.id;
  }

  Reference(): FakeHandle {
    return new FakeHandle(this.Handle);
  }

  Dispose(): void {
    if (this.#alive) FakeHandle.alive--;
    this.#alive = false;
  }

  IsInitialized(): boolean {
    return this.#alive;
  }
}

describe('HTuple', () => {
  it('makes integers of integer-valued numbers and reals of others', () => {
    expect(new HTuple(3).Type).to.equal(HTupleType.LONG);
    expect(new HTuple(3.5).Type).to.equal(HTupleType.DOUBLE);
    expect(new HTuple(NaN).Type).to.equal(HTupleType.DOUBLE);
    expect(new HTuple(2 ** 53).Type).to.equal(HTupleType.DOUBLE);
    expect(HTuple.real(3).Type).to.equal(HTupleType.DOUBLE);
    expect(new HTuple([1, 2, 3]).Type).to.equal(HTupleType.LONG);
    expect(new HTuple([0.5, 1]).Type).to.equal(HTupleType.DOUBLE);
    expect(new HTuple(0.5, 1).ToDArr()).to.deep.equal(Float64Array.of(0.5, 1));
    expect(new HTuple([1, 'a', 2.5]).Type).to.equal(HTupleType.MIXED);
    expect(new HTuple().Type).to.equal(HTupleType.EMPTY);
    expect(new HTuple([]).Length).to.equal(0);
  });

  it('concatenates the tuples of an array', () => {
    const two = new HTuple([1, 2]);
    expect(new HTuple([two, 3, new HTuple()]).ToIArr()).to.deep.equal([1, 2, 3]);
    expect(new HTuple([two, 'a']).Type).to.equal(HTupleType.MIXED);
    expect(two.ToIArr()).to.deep.equal([1, 2]);
    const dicts = [HOperatorSet.CreateDict(), HOperatorSet.CreateDict()];
    expect(HOperatorSet.TupleSemTypeElem(dicts).ToSArr()).to.deep.equal(['dict', 'dict']);
    expect(HOperatorSet.TupleIsValidHandle(dicts).ToIArr()).to.deep.equal([1, 1]);
  });

  it('keeps 64-bit integers exact', () => {
    const values = [0n, 1n, -1n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n];
    const tuple = new HTuple(BigInt64Array.from(values));
    expect([...tuple.ToLArr()]).to.deep.equal(values);
    expect([...new HTuple(values).ToLArr()]).to.deep.equal(values);
    expect(tuple.at(3).L).to.equal(2n ** 53n + 1n);
    expect(() => tuple.at(3).I).to.throw(HTupleAccessError, '2^53');
    expect(() => tuple.ToIArr()).to.throw(HTupleAccessError, 'element 3');
    expect(new HTuple([-5, 2 ** 40, -(2 ** 40) - 1]).ToLArr()).to.deep.equal(
      BigInt64Array.of(-5n, 2n ** 40n, -(2n ** 40n) - 1n),
    );
    expect(new HTuple(BigInt64Array.of(-5n, 2n ** 40n)).ToIArr()).to.deep.equal([-5, 2 ** 40]);
    expect(() => new HTuple(2n ** 63n)).to.throw(HTupleAccessError, '64 bits');
    expect(() => new HTuple(BigUint64Array.of(2n ** 63n))).to.throw(HTupleAccessError, '64 bits');
  });

  it('takes typed arrays of every width, by value', () => {
    for (const kind of [Int8Array, Int16Array, Int32Array]) {
      expect(new HTuple(kind.of(-1, 5)).ToIArr()).to.deep.equal([-1, 5]);
    }
    for (const kind of [Uint8Array, Uint16Array, Uint8ClampedArray]) {
      expect(new HTuple(kind.of(1, 255)).ToIArr()).to.deep.equal([1, 255]);
    }
    expect(new HTuple(Uint32Array.of(4294967295)).I).to.equal(4294967295);
    expect(new HTuple(Float32Array.of(0.5)).D).to.equal(0.5);
    const source = Float64Array.of(1, 2);
    const tuple = new HTuple(source);
    source[0] = 9;
    expect(tuple.D).to.equal(1);
    tuple.ToDArr()[0] = 7;
    expect(tuple.D).to.equal(1);
  });

  it('refuses what it cannot hold', () => {
    expect(() => new HTuple(new Float64Array(new SharedArrayBuffer(8)))).to.throw(
      HTupleAccessError,
      'SharedArrayBuffer',
    );
    expect(() => new HTuple(new DataView(new ArrayBuffer(8)) as never)).to.throw(HTupleAccessError);
    expect(() => new HTuple(null as never)).to.throw(HTupleAccessError, 'null');
    expect(() => new HTuple(true as never)).to.throw(HTupleAccessError, 'boolean');
    expect(() => new HTuple({} as never)).to.throw(HTupleAccessError, 'Object');
    expect(() => new HTuple([1, undefined as never])).to.throw(HTupleAccessError, 'undefined');
    expect(() => new HTuple([1, , 2] as never)).to.throw(HTupleAccessError, 'undefined');
    expect(() => new HTuple('a\0b')).to.throw(HTupleAccessError, 'NUL');
    expect(() => HTuple.integer(NaN)).to.throw(HTupleAccessError, 'NaN');
    expect(() => HTuple.integer([1, 1.5])).to.throw(HTupleAccessError, '1.5');
    expect(() => HTuple.integer(Float64Array.of(-1.7))).to.throw(HTupleAccessError);
    expect(() => HTuple.real('1' as never)).to.throw(HTupleAccessError);
  });

  it('reads without rounding or parsing', () => {
    const tuple = new HTuple([7, 'text', 1.5]);
    expect(tuple.I).to.equal(7);
    expect(tuple.L).to.equal(7n);
    expect(tuple.D).to.equal(7);
    expect(tuple.at(1).S).to.equal('text');
    expect(tuple.at(-1).D).to.equal(1.5);
    expect(() => tuple.at(2).I).to.throw(HTupleAccessError, 'real');
    expect(() => tuple.at(1).D).to.throw(HTupleAccessError, 'string');
    expect(() => tuple.at(3)).to.throw(HTupleAccessError, 'index 3');
    expect(() => new HTuple().I).to.throw(HTupleAccessError, 'empty');
    expect(tuple.ToArray()).to.deep.equal([7, 'text', 1.5]);
    expect([...tuple]).to.deep.equal([7, 'text', 1.5]);
    expect(tuple.toString()).to.equal("[7, 'text', 1.5]");
    expect(HTuple.real(2).toString()).to.equal('2.0');
  });

  it('sets, appends and concatenates', () => {
    const tuple = new HTuple([1, 2]);
    tuple.set(1, 5).set(2, 6);
    expect(tuple.ToIArr()).to.deep.equal([1, 5, 6]);
    tuple.Append([7, 8]);
    expect(tuple.Type).to.equal(HTupleType.LONG);
    tuple.set(0, 'x');
    expect(tuple.Type).to.equal(HTupleType.MIXED);
    expect(tuple.ToArray()).to.deep.equal(['x', 5, 6, 7, 8]);
    const reals = HTuple.real([1, 2]).set(0, 3);
    expect(reals.Type).to.equal(HTupleType.DOUBLE);
    const big = new HTuple(new Float64Array(3)).TupleConcat([0.5], Float64Array.of(4));
    expect(big.ToDArr()).to.deep.equal(Float64Array.of(0, 0, 0, 0.5, 4));
    const integers = new HTuple(BigInt64Array.of(1n)).TupleConcat([-2]);
    expect(integers.ToIArr()).to.deep.equal([1, -2]);
    integers.set(0, -9);
    expect(integers.ToIArr()).to.deep.equal([-9, -2]);
    const joined = new HTuple([1]).TupleConcat('a', new HTuple());
    expect(joined.ToArray()).to.deep.equal([1, 'a']);
    const clone = joined.Clone();
    clone.set(0, 2);
    expect(joined.I).to.equal(1);
    expect(clone.Equals(new HTuple(2, 'a'))).to.equal(true);
    expect(clone.Equals(joined)).to.equal(false);
  });

  it('references handles of its own and releases them', () => {
    FakeHandle.alive = 0;
    const handle = new FakeHandle(16n);
    const tuple = new HTuple(handle);
    const mixed = new HTuple('name', handle);
    mixed.Append(handle);
    const element = tuple.H;
    handle.Dispose();
    expect(tuple.at(0).H.Handle).to.equal(16n);
    expect(element.Handle).to.equal(16n);
    tuple.set(0, 1);
    tuple.Dispose();
    mixed.Dispose();
    expect(tuple.Length).to.equal(0);
    element.Dispose();
    expect(FakeHandle.alive).to.equal(1); // the reference that at(0).H made
  });
});
