// Types and conversions of the TypeScript forms.
//
// TypeScript has no output parameters: no output gives void, one output its value, several outputs a tuple in
// documented order. A parameter that may hold several values is an HTuple as output and anything like a tuple as
// input (also a single value); so one method does what overloads do in .NET.
import { type Method, type Slot } from './forms.js';
import { camelParameter } from './naming.js';

export function inputType(slot: Slot): string {
  const { type, parameter } = slot;
  switch (type.kind) {
    case 'class': {
      const names = [type.array ? `readonly ${type.name}[]` : type.name];
      if (type.array && parameter.multivalue === 'optional') names.unshift(type.name);
      if (!slot.iconic && !type.array && parameter.emptyAllowed) names.push('readonly []');
      return names.join(' | ');
    }
    case 'tuple':
      return 'HTupleLike';
    case 'pointer':
      return 'bigint | number';
    case 'string':
      return 'string';
    default:
      return 'number';
  }
}

export function outputType({ type }: Slot): string {
  switch (type.kind) {
    case 'class':
      return type.array ? `${type.name}[]` : type.name;
    case 'tuple':
      return 'HTuple';
    case 'pointer':
      return 'bigint';
    case 'string':
      return 'string';
    default:
      return 'number';
  }
}

const kAccessor = { pointer: '.L', string: '.S', integer: '.I', real: '.D', tuple: '' } as const;

/** A call's result is in `out`, a name that no parameter has. */
export const rawOutput = (iconic: boolean, index: number) =>
  `out.${iconic ? 'objects' : 'controls'}[${index}]!`;

/** Expression of an output, from the result of callOperator. */
export function outputValue({ type, iconic, index }: Slot): string {
  const raw = rawOutput(iconic, index);
  if (type.kind !== 'class') return `${raw}${kAccessor[type.kind]}`;
  return `${type.name}.${type.array ? 'fromResults' : 'fromResult'}(${raw})`;
}

/** Inputs and outputs of a method, `this` excluded. */
export function splitSlots(method: Method): { inputs: Slot[]; outputs: Slot[] } {
  const inputs = method.slots.filter((slot) => !slot.output);
  const rest = method.slots.filter((slot) => slot.output);
  return { inputs, outputs: method.returned ? [method.returned, ...rest] : rest };
}

export const parameterList = (slots: readonly Slot[], type: (slot: Slot) => string = inputType) =>
  slots.map((slot) => `${camelParameter(slot.parameter.name)}: ${type(slot)}`).join(', ');

export function returnType(outputs: readonly Slot[], type: (slot: Slot) => string = outputType): string {
  if (outputs.length === 0) return 'void';
  if (outputs.length === 1) return type(outputs[0]!);
  return `[${parameterList(outputs, type)}]`;
}
