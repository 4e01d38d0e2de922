// Rank correlation of two lists: Spearman's rho (mean ranks for ties) and Kendall's tau-b. NaN where a list is
// constant: it ranks nothing.

function checkLengths(a: readonly number[], b: readonly number[]): void {
  if (a.length !== b.length)
    throw new RangeError(`a correlation needs lists of one length, not ${a.length} and ${b.length}`);
  if (a.some(Number.isNaN) || b.some(Number.isNaN))
    throw new RangeError('a correlation needs numbers, not NaN');
}

const ascending = (values: readonly number[]): number[] =>
  values.map((_, i) => i).sort((i, j) => compare(values[i]!, values[j]!));

// Not a difference: infinity minus infinity is no number.
const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

/** Ranks from 1; equal values get the mean of their ranks. */
export function meanRanks(values: readonly number[]): number[] {
  const order = ascending(values);
  const ranks = new Array<number>(values.length);
  for (let begin = 0; begin < order.length;) {
    let end = begin + 1;
    while (end < order.length && values[order[end]!] === values[order[begin]!]) end++;
    for (let i = begin; i < end; i++) ranks[order[i]!] = (begin + 1 + end) / 2;
    begin = end;
  }
  return ranks;
}

/** Spearman's rho: the correlation of the ranks. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  checkLengths(a, b);
  const x = meanRanks(a);
  const y = meanRanks(b);
  const mean = (a.length + 1) / 2;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  x.forEach((rank, i) => {
    xy += (rank - mean) * (y[i]! - mean);
    xx += (rank - mean) ** 2;
    yy += (y[i]! - mean) ** 2;
  });
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : NaN;
}

/** Kendall's tau-b, in n log n: pairs in disorder are the exchanges of a merge sort (Knight 1966). */
export function kendall(a: readonly number[], b: readonly number[]): number {
  checkLengths(a, b);
  const order = a.map((_, i) => i).sort((i, j) => compare(a[i]!, a[j]!) || compare(b[i]!, b[j]!));
  const pairs = (a.length * (a.length - 1)) / 2;
  const tiedA = tiedPairs(order, (i, j) => a[i] === a[j]);
  const tiedBoth = tiedPairs(order, (i, j) => a[i] === a[j] && b[i] === b[j]);
  const sorted = order.map((i) => b[i]!);
  const exchanges = sortCounting(sorted);
  const tiedB = tiedPairs(sorted, (x, y) => x === y);
  const concordantMinusDiscordant = pairs - tiedA - tiedB + tiedBoth - 2 * exchanges;
  const size = Math.sqrt((pairs - tiedA) * (pairs - tiedB));
  return size > 0 ? concordantMinusDiscordant / size : NaN;
}

/** Pairs of equal elements in a list where equal ones are neighbours. */
function tiedPairs<T>(list: readonly T[], equal: (x: T, y: T) => boolean): number {
  let pairs = 0;
  let run = 0;
  for (let i = 1; i < list.length; i++) {
    run = equal(list[i - 1]!, list[i]!) ? run + 1 : 0;
    pairs += run;
  }
  return pairs;
}

/** Sorts in place and returns the number of pairs that were in disorder. */
function sortCounting(list: number[]): number {
  let exchanges = 0;
  let from = list;
  let to = new Array<number>(list.length);
  for (let width = 1; width < list.length; width *= 2) {
    for (let begin = 0; begin < list.length; begin += 2 * width) {
      const middle = Math.min(begin + width, list.length);
      const end = Math.min(begin + 2 * width, list.length);
      let left = begin;
      let right = middle;
      for (let k = begin; k < end; k++) {
        if (left < middle && (right >= end || from[left]! <= from[right]!)) to[k] = from[left++]!;
        else {
          exchanges += middle - left;
          to[k] = from[right++]!;
        }
      }
    }
    [from, to] = [to, from];
  }
  from.forEach((value, i) => (list[i] = value));
  return exchanges;
}
