import { expect } from 'chai';
import {
  HHandle,
  HObject,
  HOperatorError,
  HTuple,
  HTupleAccessError,
  callOperator,
  callOperatorAsync,
} from '../../src/index.js';
import { describe as described } from '../../src/htuple/types.js';

const createDict = (): HHandle => HHandle.fromResult(callOperator('create_dict', [], [], 0, 1).controls[0]!);
const setTuple = (dict: HHandle, key: string, value: never): unknown =>
  callOperator('set_dict_tuple', [], [dict, key, value], 0, 0);
const getTuple = (dict: HHandle, key: string): HTuple =>
  callOperator('get_dict_tuple', [], [dict, key], 0, 1).controls[0]!;

function operatorError(call: () => unknown): HOperatorError {
  try {
    call();
  } catch (error) {
    if (error instanceof HOperatorError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}

describe('calls', () => {
  it('reuse the memory of a long result after Dispose, and only then', () => {
    const constant = (value: number): HTuple =>
      callOperator('tuple_gen_const', [], [20_000, value], 0, 1).controls[0]!;
    const kept = constant(0.5);
    const copy = kept.ToDArr();
    const gone = constant(1.5);
    const memory = gone.storage.data;
    gone.Dispose();
    gone.Dispose();
    const [next, another] = [constant(2.5), constant(3.5)];
    expect((next.storage.data as Float64Array).buffer).to.equal((memory as Float64Array).buffer);
    expect((another.storage.data as Float64Array).buffer).to.not.equal((memory as Float64Array).buffer);
    expect([kept, next, another].map((tuple) => tuple.at(19_999).D)).to.deep.equal([0.5, 2.5, 3.5]);
    kept.Dispose();
    constant(4.5);
    expect(copy[0]).to.equal(0.5);
    expect(gone.Length).to.equal(0);
  });

  it('carry every kind of tuple there and back', () => {
    const dict = createDict();
    const values: Record<string, HTuple> = {
      integer: new HTuple(-7),
      big: new HTuple(2n ** 62n + 1n),
      real: new HTuple(0.1),
      'integral real': HTuple.real(5),
      nan: new HTuple(NaN),
      text: new HTuple('grüße 日本'),
      empty: new HTuple(),
      'empty text': new HTuple(''),
      integers: new HTuple([1, -2, 2 ** 40]),
      reals: new HTuple(new Float64Array(1000).fill(0.25)),
      longs: new HTuple(new BigInt64Array(1000).fill(-5n)),
      texts: new HTuple(['a', '', 'x'.repeat(20000)]),
      mixed: new HTuple([1, 2.5, 'three', 2n ** 60n]),
      'long text': new HTuple('y'.repeat(100000)),
    };
    for (const [key, value] of Object.entries(values)) {
      setTuple(dict, key, value as never);
      const back = getTuple(dict, key);
      expect(back.Type, key).to.equal(value.Type);
      expect(back.Equals(value), key).to.equal(true);
    }
    dict.Dispose();
  });

  it('take plain values and typed arrays', () => {
    const dict = createDict();
    for (const value of [
      3,
      2n ** 61n,
      1.5,
      'text',
      [1, 2],
      Float64Array.of(1, 2),
      Int32Array.of(-1),
      BigInt64Array.of(9n),
      [],
    ]) {
      setTuple(dict, 'key', value as never);
      expect(getTuple(dict, 'key').Equals(new HTuple(value as never))).to.equal(true);
    }
  });

  it('refuse values that no tuple holds', () => {
    const dict = createDict();
    for (const value of [
      null,
      undefined,
      true,
      {},
      Symbol('s'),
      new Float64Array(new SharedArrayBuffer(8)),
      'a\0b',
      '\ud800',
      2n ** 63n,
      [1, [2]],
      [undefined],
      new Array(2),
    ]) {
      expect(() => setTuple(dict, 'key', value as never)).to.throw(
        HTupleAccessError,
        /^set_dict_tuple, Tuple: /,
        described(value),
      );
    }
    const gone = createDict();
    gone.Dispose();
    expect(() => getTuple(gone, 'key')).to.throw(TypeError, /^get_dict_tuple, DictHandle: .*disposed/);
    expect(() => callOperator('no_such_operator', [], [], 0, 0)).to.throw(TypeError, 'no_such_operator');
    expect(() => callOperator('set_dict_object', [dict as never], [dict, 'key'], 0, 0)).to.throw(
      TypeError,
      'set_dict_object, Object: an iconic object of this library is expected',
    );
  });

  it('report errors with code, operator and parameter', () => {
    const dict = createDict();
    const missing = operatorError(() => getTuple(dict, 'nothing'));
    expect(missing.operatorName).to.equal('get_dict_tuple');
    expect(missing.errorCode).to.equal(2894);
    expect(missing.message).to.contain('nothing').and.to.contain('in operator get_dict_tuple');
    const type = operatorError(() => callOperator('get_dict_tuple', [], [1.5, 'key'], 0, 1));
    expect(type.errorCode).to.equal(1201);
    expect(type.parameter).to.equal(1);
    expect(
      operatorError(() => callOperator('get_dict_tuple', [], [new HHandle(), 'key'], 0, 1)).errorCode,
    ).to.equal(2453);
  });

  it('run asynchronously, with the event loop alive and inputs kept', async () => {
    const dict = createDict();
    setTuple(dict, 'key', new Float64Array(100000).fill(1) as never);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const calls = Array.from({ length: 50 }, () =>
      callOperatorAsync('get_dict_tuple', [], [dict, 'key'], 0, 1),
    );
    dict.Dispose(); // the running calls hold references of their own
    for (const { controls } of await Promise.all(calls)) expect(controls[0]!.Length).to.equal(100000);
    clearInterval(timer);
    const failed = await callOperatorAsync('get_dict_tuple', [], [1, 'key'], 0, 1).catch(
      (error: unknown) => error,
    );
    expect(failed).to.be.instanceOf(HOperatorError);
    expect((failed as HOperatorError).errorCode).to.equal(1201);
    expect(ticks).to.be.greaterThan(0);
  });

  it('carry a million reals there and back', () => {
    const dict = createDict();
    const data = Float64Array.from({ length: 1e6 }, (_, i) => i / 3);
    setTuple(dict, 'big', data as never);
    expect(Buffer.from(getTuple(dict, 'big').ToDArr().buffer).equals(Buffer.from(data.buffer))).to.equal(
      true,
    );
  });
});

describe('HHandle', () => {
  it('is released by Dispose and unusable afterwards', () => {
    const dict = createDict();
    expect(dict.IsInitialized()).to.equal(true);
    expect(dict.SemType()).to.equal('dict');
    const other = new HHandle(dict);
    dict.Dispose();
    dict.Dispose();
    expect(dict.IsInitialized()).to.equal(false);
    expect(() => dict.Handle).to.throw(TypeError, 'disposed');
    expect(() => getTuple(dict, 'key')).to.throw(TypeError, 'disposed');
    expect(other.SemType()).to.equal('dict');
    expect(new HHandle().IsInitialized()).to.equal(false);
    expect(new HHandle().SemType()).to.equal('hnull');
  });

  it('disposes at the end of a using block', () => {
    let escaped: HHandle;
    {
      using dict = createDict();
      escaped = dict;
      expect(dict.IsInitialized()).to.equal(true);
    }
    expect(escaped.IsInitialized()).to.equal(false);
  });

  it('checks the semantic type of classes', () => {
    class Model extends HHandle {
      static override readonly semType = 'dl_model';
    }
    const dict = createDict();
    expect(operatorError(() => new Model(dict)).errorCode).to.equal(2404);
    expect(() => new HHandle(42 as never)).to.throw(TypeError, 'number 42');
    expect(() => new HHandle({ Handle: 42n } as never)).to.throw(TypeError, 'Object');
    expect(() => callOperator('get_dict_tuple', [], [{ Handle: 42n } as never, 'k'], 0, 1)).to.throw(
      HTupleAccessError,
    );
  });

  it('travels in tuples, with references of their own', () => {
    const outer = createDict();
    const inner = createDict();
    setTuple(inner, 'value', 5 as never);
    setTuple(outer, 'inner', new HTuple('name', inner) as never);
    setTuple(outer, 'inners', [inner, inner] as never);
    inner.Dispose();
    const back = getTuple(outer, 'inner');
    const again = back.at(1).H as HHandle;
    back.Dispose();
    expect(getTuple(again, 'value').I).to.equal(5);
    const [first] = HHandle.fromResults(getTuple(outer, 'inners'));
    expect(getTuple(first!, 'value').I).to.equal(5);
  });
});

describe('HObject', () => {
  it('holds a key until it is disposed of', () => {
    const image = callOperator('gen_image_const', [], ['byte', 4, 3], 1, 0).objects[0]!;
    const copy = new HObject(image);
    image.Dispose();
    expect(() => image.Key).to.throw(TypeError, 'disposed');
    const { controls } = callOperator('get_image_size', [copy], [], 0, 2);
    expect(controls.map((tuple) => tuple.I)).to.deep.equal([4, 3]);
    expect(new HObject().IsInitialized()).to.equal(false);
    expect(operatorError(() => callOperator('get_image_size', [new HObject()], [], 0, 2)).errorCode).to.equal(
      4056,
    );
  });
});
