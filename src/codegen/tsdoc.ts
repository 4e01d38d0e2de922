// Documentation comments of generated TypeScript members: the text that editors show on hover.
import type { Operator, Parameter } from '../operators/index.js';
import { camelParameter } from './naming.js';
import { hdevelopValue } from './text.js';

function wrap(text: string, width: number): string[] {
  const rows: string[] = [''];
  for (const word of text.split(' ')) {
    const row = rows.at(-1)!;
    if (row !== '' && row.length + 1 + word.length > width) rows.push(word);
    else rows[rows.length - 1] = row === '' ? word : `${row} ${word}`;
  }
  return rows;
}

function parameterText(parameter: Parameter): string {
  const notes = [
    parameter.default !== undefined ? `Default: ${hdevelopValue(parameter.default)}.` : '',
    parameter.values.length > 0
      ? `List of values: ${parameter.values.map((v) => hdevelopValue(v)).join(', ')}.`
      : '',
  ];
  return [parameter.description, ...notes].filter((note) => note !== '').join(' ');
}

/** Lines of the comment, `indent` in front of each. Braces and at-signs would be TSDoc markup. */
export function comment(paragraphs: readonly string[], tags: readonly string[], indent = '  '): string[] {
  const body = paragraphs.flatMap((paragraph, i) => [...(i > 0 ? [''] : []), ...wrap(paragraph, 104)]);
  const rows = [...body, ...(tags.length > 0 ? [''] : []), ...tags.flatMap((tag) => wrap(tag, 104))];
  const safe = rows.map((row) => row.replace(/[{}]/g, '\\$&').replaceAll('*/', '*\\/'));
  return [`${indent}/**`, ...safe.map((row) => `${indent} * ${row}`.trimEnd()), `${indent} */`];
}

/** The comment of a form of an operator with the given inputs and outputs. */
export function operatorComment(
  operator: Operator,
  inputs: readonly Parameter[],
  outputs: readonly Parameter[],
): string[] {
  const tags = inputs.map(
    (parameter) => `@param ${camelParameter(parameter.name)} - ${parameterText(parameter)}`,
  );
  if (outputs.length === 1) tags.push(`@returns ${outputs[0]!.description}`);
  if (outputs.length > 1) {
    tags.push(`@returns ${outputs.map((p) => `${camelParameter(p.name)}: ${p.description}`).join(' ')}`);
  }
  return comment([operator.brief, ...operator.description], tags);
}
