// src/generated/HOperatorSet.ts: the procedural form of every operator, and src/generated/index.ts.
import type { Operator } from '../operators/index.js';
import { plainSlots, type Slot } from './forms.js';
import { camelParameter, pascalCase } from './naming.js';
import { kBanner, lines } from './text.js';
import { comment, operatorComment } from './tsdoc.js';
import { imports } from './typescript_class.js';
import { parameterList, rawOutput, returnType } from './typescript_types.js';

const inputType = (slot: Slot) => (slot.iconic ? 'HObject' : 'HTupleLike');
const outputType = (slot: Slot) => (slot.iconic ? 'HObject' : 'HTuple');

function signature(operator: Operator, asynchronous: boolean): string {
  const slots = plainSlots(operator);
  const type = returnType(
    slots.filter((slot) => slot.output),
    outputType,
  );
  const parameters = parameterList(
    slots.filter((slot) => !slot.output),
    inputType,
  );
  const name = `${pascalCase(operator.name)}${asynchronous ? 'Async' : ''}`;
  return `${name}(${parameters}): ${asynchronous ? `Promise<${type}>` : type}`;
}

export function typescriptProceduralSignatures(operator: Operator): string[] {
  const forms = operator.longRunning ? [false, true] : [false];
  return forms.map((asynchronous) => `static HOperatorSet.${signature(operator, asynchronous)}`);
}

function member(operator: Operator, asynchronous: boolean): string[] {
  const slots = plainSlots(operator);
  const inputs = slots.filter((slot) => !slot.output);
  const outputs = slots.filter((slot) => slot.output);
  const names = (iconic: boolean) =>
    inputs
      .filter((slot) => slot.iconic === iconic)
      .map((slot) => camelParameter(slot.parameter.name))
      .join(', ');
  const call =
    `${asynchronous ? 'await callOperatorAsync' : 'callOperator'}('${operator.name}', [${names(true)}], [${names(false)}], ` +
    `${operator.outputObjects.length}, ${operator.outputControls.length})`;
  const values = outputs.map((slot) => rawOutput(slot.iconic, slot.index));
  const body =
    outputs.length === 0
      ? [`${call};`]
      : [`const out = ${call};`, `return ${values.length === 1 ? values[0]! : `[${values.join(', ')}]`};`];
  const parameters = (list: readonly Slot[]) => list.map((slot) => slot.parameter);
  return [
    ...operatorComment(operator, parameters(inputs), parameters(outputs)),
    `  static ${asynchronous ? 'async ' : ''}${signature(operator, asynchronous)} {`,
    ...body.map((line) => `    ${line}`),
    '  }',
    '',
  ];
}

export function operatorSetTs(operators: readonly Operator[]): string {
  const members = operators.flatMap((operator) => [
    ...member(operator, false),
    ...(operator.longRunning ? member(operator, true) : []),
  ]);
  while (members.at(-1) === '') members.pop();
  const code = [
    ...comment(
      [
        'All operators in their procedural form. Inputs are iconic objects and tuples (a single value is a tuple of one ' +
          'element); one output is returned as it is, several as an array in documented order.',
        'The `…Async` forms run in a thread of their own and keep the event loop alive.',
      ],
      [],
      '',
    ),
    'export class HOperatorSet {',
    ...members,
    '}',
  ];
  return lines(`// ${kBanner}`, imports(code.join('\n'), 'HOperatorSet'), '', code);
}

export function indexTs(classes: readonly string[], merged: readonly string[]): string {
  return lines(
    `// ${kBanner}`,
    "export { HOperatorSet } from './HOperatorSet.js';",
    classes.filter((name) => !merged.includes(name)).map((name) => `export { ${name} } from './${name}.js';`),
    merged.filter((name) => classes.includes(name)).map((name) => `import './${name}.js';`),
  );
}
