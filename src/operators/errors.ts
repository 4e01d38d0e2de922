// Error codes: symbols of all documented numbers (data/error_symbols.tsv) and our short texts (error_texts.ts).
import { readFileSync } from 'node:fs';
import { kErrorTexts } from './error_texts.js';

export interface ErrorCode {
  readonly code: number;
  readonly symbol: string;
  readonly text: string;
}

function ordinal(n: number): string {
  return `control parameter ${n}`;
}

function standardText(code: number): string {
  if (code > 1200 && code <= 1220) return `Wrong type of ${ordinal(code - 1200)}`;
  if (code > 1300 && code <= 1320) return `Wrong value of ${ordinal(code - 1300)}`;
  if (code > 1400 && code <= 1420) return `Wrong number of values of ${ordinal(code - 1400)}`;
  if (code > 1500 && code <= 1509) return `Wrong number of objects of object parameter ${code - 1500}`;
  return subjects.find(([last]) => code <= last)?.[1] ?? 'Unknown error';
}

/** Last code of a range, and what may be said about any code in it. */
const subjects: readonly (readonly [number, string])[] = [
  [1999, 'Parameter error'],
  [2099, 'Licence error'],
  [2399, 'Internal error'],
  [2499, 'Tuple or handle error'],
  [2599, 'Extension package error'],
  [2999, 'Scheduling or container error'],
  [3999, 'Image processing error'],
  [4099, 'Iconic database error'],
  [4499, 'Compute device error'],
  [4599, 'Visualization error'],
  [5199, 'Window or file error'],
  [5299, 'File error'],
  [5399, 'Image acquisition error'],
  [5599, 'Image file format error'],
  [5799, 'Socket error'],
  [5999, 'Image source error'],
  [6499, 'Memory error'],
  [6999, 'Process error'],
  [7499, 'Language interface error'],
  [7999, 'Deep learning error'],
  [8999, 'Error in an operator of a special subject'],
  [9999, 'Error in an operator'],
];

/** All codes in ascending order; where a number has several symbols, the first. */
export function errorCodes(): ErrorCode[] {
  const rows = readFileSync(new URL('./data/error_symbols.tsv', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const codes = new Map<number, ErrorCode>();
  for (const row of rows) {
    const [number, symbol] = row.split('\t');
    const code = Number(number);
    if (!codes.has(code))
      codes.set(code, { code, symbol: symbol!, text: kErrorTexts[code] ?? standardText(code) });
  }
  return [...codes.values()].sort((a, b) => a.code - b.code);
}
