import { expect } from 'chai';
import { HTuple, deserializeTuple, serializeTuple } from '../../src/htuple/index.js';

const tuples: Record<string, HTuple> = {
  empty: new HTuple(),
  integers: new HTuple([1, -2, 2n ** 60n]),
  'many integers': new HTuple(new BigInt64Array(1000).fill(-3n)),
  reals: HTuple.real([1, -0, NaN, Infinity, 1e-300]),
  strings: new HTuple(['', 'é', '日本語', 'a'.repeat(5000)]),
  mixed: new HTuple([1, 'two', 3.5, 2n ** 62n, 'five']),
};

describe('tuple serialisation', () => {
  for (const [name, tuple] of Object.entries(tuples)) {
    it(`round trip: ${name}`, () => {
      const back = deserializeTuple(serializeTuple(tuple));
      expect(back.Type).to.equal(tuple.Type);
      expect(back.Equals(tuple)).to.equal(true);
    });

    it(`cut off anywhere is an error: ${name}`, () => {
      const bytes = serializeTuple(tuple);
      for (let size = 0; size < Math.min(bytes.length, 200); size += 3) {
        if (size < bytes.length) expect(() => deserializeTuple(bytes.slice(0, size))).to.throw(TypeError);
      }
    });
  }

  it('works on unaligned parts of a buffer', () => {
    const bytes = serializeTuple(tuples['mixed']!);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(deserializeTuple(shifted.subarray(3)).Equals(tuples['mixed']!)).to.equal(true);
  });

  it('refuses other bytes, unknown versions and shared memory', () => {
    expect(() => deserializeTuple(new Uint8Array(64))).to.throw(TypeError, 'not a serialised tuple');
    const bytes = serializeTuple(new HTuple(1));
    bytes[4] = 99;
    expect(() => deserializeTuple(bytes)).to.throw(TypeError, 'version 99');
    const huge = serializeTuple(new HTuple(1));
    new DataView(huge.buffer, huge.byteOffset).setBigUint64(8, 2n ** 50n, true);
    expect(() => deserializeTuple(huge)).to.throw(TypeError, 'more elements');
    expect(() => deserializeTuple(new Uint8Array(new SharedArrayBuffer(32)))).to.throw(
      TypeError,
      'SharedArrayBuffer',
    );
  });
});
