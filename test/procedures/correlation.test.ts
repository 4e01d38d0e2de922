// Rank correlations against their definitions by all pairs, and against values worked out by hand.
import { expect } from 'chai';
import { Random } from '../../src/onnx/random.js';
import { kendall, meanRanks, spearman } from '../../src/procedures/index.js';

/** tau-b over all pairs. */
function kendallByPairs(a: readonly number[], b: readonly number[]): number {
  let balance = 0;
  let differA = 0;
  let differB = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = i + 1; j < a.length; j++) {
      const x = Math.sign(Number(a[i]! > a[j]!) - Number(a[i]! < a[j]!));
      const y = Math.sign(Number(b[i]! > b[j]!) - Number(b[i]! < b[j]!));
      balance += x * y;
      differA += x * x;
      differB += y * y;
    }
  }
  return balance / Math.sqrt(differA * differB);
}

/** The rank of a value: how many are smaller, and half of those that are equal. */
function spearmanByPairs(a: readonly number[], b: readonly number[]): number {
  const ranks = (list: readonly number[]): number[] =>
    list.map(
      (value) =>
        list.filter((other) => other < value).length + list.filter((other) => other === value).length / 2,
    );
  const x = ranks(a);
  const y = ranks(b);
  const mean = a.length / 2;
  const product = (p: readonly number[], q: readonly number[]): number =>
    p.reduce((sum, value, i) => sum + (value - mean) * (q[i]! - mean), 0);
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

describe('rank correlation', () => {
  it('equals the definitions on random lists with ties', () => {
    const random = new Random(5);
    for (let length = 2; length < 60; length++) {
      const bound = 2 + random.integer(2 * length);
      const a = Array.from({ length }, () => random.integer(bound));
      const b = Array.from({ length }, (_, i) => (random.uniform() < 0.5 ? a[i]! : random.integer(bound)));
      if (new Set(a).size === 1 || new Set(b).size === 1) continue;
      expect(kendall(a, b)).to.be.closeTo(kendallByPairs(a, b), 1e-12);
      expect(spearman(a, b)).to.be.closeTo(spearmanByPairs(a, b), 1e-12);
      expect(kendall(b, a)).to.be.closeTo(kendall(a, b), 1e-12);
    }
  });

  it('known values', () => {
    expect(meanRanks([30, 10, 20, 20])).to.deep.equal([4, 1, 2.5, 2.5]);
    expect(spearman([1, 2, 3], [10, 20, 30])).to.equal(1);
    expect(kendall([1, 2, 3], [3, 2, 1])).to.equal(-1);
    // One exchange of neighbours: 1 - 6 * 2 / (5 * 24), and (9 - 1) / 10.
    expect(spearman([1, 2, 3, 4, 5], [1, 2, 4, 3, 5])).to.be.closeTo(0.9, 1e-12);
    expect(kendall([1, 2, 3, 4, 5], [1, 2, 4, 3, 5])).to.be.closeTo(0.8, 1e-12);
    // Five pairs differ in a, six in b; four of them agree, one is reversed.
    expect(kendall([1, 1, 2, 3], [1, 2, 4, 3])).to.be.closeTo(3 / Math.sqrt(30), 1e-12);
  });

  it('infinite scores are the largest; a constant list ranks nothing', () => {
    expect(spearman([1, Infinity, 2], [1, 3, 2])).to.equal(1);
    expect(kendall([Infinity, Infinity, 0], [2, 1, 0])).to.be.closeTo(2 / Math.sqrt(6), 1e-12);
    expect(spearman([1, 1, 1], [1, 2, 3])).to.deep.equal(NaN);
    expect(kendall([1, 2, 3], [Infinity, Infinity, Infinity])).to.deep.equal(NaN);
    expect(kendall([1], [1])).to.deep.equal(NaN);
  });

  it('refuses lists of different length, and NaN', () => {
    expect(() => spearman([1], [1, 2])).to.throw(RangeError, '1 and 2');
    expect(() => kendall([1, NaN], [1, 2])).to.throw(RangeError, 'NaN');
  });
});
