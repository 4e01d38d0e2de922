// Constructor of tuple operators: mostly tuples in, one tuple out.
import { any, control, instance } from './build.js';
import type { ElementType, Operator, Parameter } from './types.js';

export type TupleEntry = Pick<Operator, 'name' | 'brief' | 'description'> & Partial<Operator>;

const kNumbers: readonly ElementType[] = ['integer', 'real'];

export const tuple = (name: string, description = 'Input tuple.') => any(name, description);
export const numbers = (name: string, description = 'Input tuple.') =>
  control(name, 'tuple', kNumbers, description, { multivalue: 'true' });
export const numbersOrStrings = (name: string, description = 'Input tuple.') =>
  control(name, 'tuple', ['integer', 'real', 'string'], description, { multivalue: 'true' });
export const integers = (name: string, description: string) =>
  control(name, 'tuple', ['integer'], description, { multivalue: 'true' });
export const strings = (name: string, description = 'Input tuple.') =>
  control(name, 'tuple', ['string'], description, { multivalue: 'true' });
/** One truth value: 1 or 0. */
export const truth = (name: string, description: string, extra: Partial<Parameter> = {}) =>
  control(name, 'integer', ['integer'], description, extra);

/** An operator that is a method of its first input. */
export function tupleOperator(
  name: string,
  brief: string,
  description: string,
  inputControls: readonly Parameter[],
  output: Parameter,
  extra: Partial<Operator> = {},
): TupleEntry {
  return {
    name,
    brief,
    description: [description],
    inputControls,
    outputControls: [output],
    classes: [instance('HTuple')],
    ...extra,
  };
}
