// One line of the benchmark's result, and how it is written: bench/latest.json and a Markdown table.
export interface Row {
  /** Kind of work: 'train', 'score', 'infer', 'layer', ... */
  what: string;
  net: string;
  batch: number;
  /** The peer, or the limit, that ours is compared with. */
  against: string;
  /** theirs / ours (higher: we are faster), median over the rounds; null where nothing is compared. */
  ratio: number | null;
  ratio_min?: number;
  ratio_max?: number;
  ours_ms: number;
  theirs_ms?: number;
  ours_mib?: number;
  theirs_mib?: number;
  /** Rounds (pairs) behind the figures. */
  n: number;
  /** What else was measured, in words: versions, GFLOP/s, Spearman, a share ... */
  note?: string;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** The figures of a row from pairs [ours, theirs] of milliseconds. */
export function fromPairs(
  pairs: readonly (readonly [number, number])[],
): Pick<Row, 'ratio' | 'ratio_min' | 'ratio_max' | 'ours_ms' | 'theirs_ms' | 'n'> {
  const ratios = pairs.map(([ours, theirs]) => theirs / ours);
  return {
    ratio: median(ratios),
    ratio_min: Math.min(...ratios),
    ratio_max: Math.max(...ratios),
    ours_ms: median(pairs.map(([ours]) => ours)),
    theirs_ms: median(pairs.map(([, theirs]) => theirs)),
    n: pairs.length,
  };
}

export const head = [
  '| what | network | batch | against | ratio (higher: we are faster) | ours ms | theirs ms | ours MiB | theirs MiB | n | note |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
];

export function line(row: Row): string {
  const number = (value: number | undefined | null, digits: number): string =>
    value === undefined || value === null ? '' : value.toFixed(digits);
  const ms = (value: number | undefined): string =>
    value === undefined ? '' : value < 1 ? value.toPrecision(3) : value.toFixed(1);
  const spread =
    row.ratio_min === undefined ? '' : ` (${number(row.ratio_min, 2)}–${number(row.ratio_max, 2)})`;
  const ratio = row.ratio === null ? '–' : `**${number(row.ratio, 2)}**${spread}`;
  const cells = [
    row.what,
    row.net,
    row.batch,
    row.against,
    ratio,
    ms(row.ours_ms),
    ms(row.theirs_ms),
    number(row.ours_mib, 0),
    number(row.theirs_mib, 0),
    row.n,
    row.note ?? '',
  ];
  return `| ${cells.join(' | ')} |`;
}
