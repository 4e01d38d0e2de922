// How an operator becomes methods of classes, without any language: which parameter is `this`, what is returned,
// which type each parameter has. signatures.ts spells the result; the generators of the languages implement it.
//
// - A class in the input gives an instance method; a class in the output a method that replaces the instance and,
//   if the table says so, a constructor; else the method is static. Which classes: a list in the table.
// - Parameters that may hold several values give two overloads: tuples for all of them, single values for all.
import { classOf, kHandwrittenMethods, kObjectClasses } from '../operators/semantic_types.js';
import type { ClassForm, Operator, Parameter } from '../operators/index.js';

export type SlotType =
  | { readonly kind: 'class'; readonly name: string; readonly array: boolean }
  | { readonly kind: 'tuple' | 'integer' | 'real' | 'string' | 'pointer' };

/** One parameter in a method's parameter list. */
export interface Slot {
  readonly parameter: Parameter;
  readonly output: boolean;
  readonly iconic: boolean;
  /** Position among the parameters of its class (input objects, output objects, ...), from 0. */
  readonly index: number;
  readonly type: SlotType;
}

export type MethodKind = 'instance' | 'static' | 'replace' | 'constructor';

export interface Method {
  readonly operator: Operator;
  readonly className: string;
  readonly kind: MethodKind;
  /** The parameter that is `this`: an input (instance) or the output that replaces the instance. */
  readonly self?: Slot;
  /** Inputs and outputs in documented order, without `self` and the returned one. */
  readonly slots: readonly Slot[];
  readonly returned?: Slot;
}

export const isConstant = (method: Method) => method.kind === 'instance';

const isMixed = (parameter: Parameter) => parameter.types.length > 1;

function oneValue(parameter: Parameter): SlotType {
  const name = classOf(parameter.semType);
  if (name !== undefined) return { kind: 'class', name, array: false };
  if (parameter.semType === 'pointer') return { kind: 'pointer' };
  return { kind: parameter.defaultType === 'none' ? 'tuple' : parameter.defaultType };
}

function severalValues(parameter: Parameter): SlotType {
  const name = classOf(parameter.semType);
  if (name === undefined || name === 'HHandle') return { kind: 'tuple' };
  return { kind: 'class', name, array: !kObjectClasses.includes(name) };
}

/** `scalar`: the overload with single values. */
function slotType(parameter: Parameter, scalar: boolean): SlotType {
  if (parameter.multivalue === 'true') return severalValues(parameter);
  if (scalar) return oneValue(parameter);
  return parameter.multivalue === 'optional' || isMixed(parameter)
    ? severalValues(parameter)
    : oneValue(parameter);
}

/** All parameters of an operator as slots, in documented order. */
export function slotsOf(operator: Operator, scalar: boolean): Slot[] {
  const make = (parameters: readonly Parameter[], output: boolean, iconic: boolean) =>
    parameters.map((parameter, index) => ({
      parameter,
      output,
      iconic,
      index,
      type: slotType(parameter, scalar),
    }));
  return [
    ...make(operator.inputObjects, false, true),
    ...make(operator.outputObjects, true, true),
    ...make(operator.inputControls, false, false),
    ...make(operator.outputControls, true, false),
  ];
}

function belongsTo(slot: Slot, className: string): boolean {
  if (className === 'HTuple') return !slot.iconic && slot.type.kind === 'tuple';
  if (className === 'HHandle' && slot.parameter.semType === 'tuple') return true;
  return classOf(slot.parameter.semType) === className;
}

function method(operator: Operator, form: ClassForm, scalar: boolean, kind: MethodKind): Method {
  let slots = slotsOf(operator, scalar);
  const ofClass = (output: boolean) =>
    slots.find((slot) => slot.output === output && belongsTo(slot, form.name));
  const self = kind === 'static' ? undefined : ofClass(kind !== 'instance');
  if (kind !== 'static' && self === undefined) {
    throw new Error(`${operator.name}: no ${kind === 'instance' ? 'input' : 'output'} of class ${form.name}`);
  }
  slots = slots.filter((slot) => slot !== self);
  const returned =
    kind === 'instance' || kind === 'static'
      ? operator.returnsFirst
        ? slots.find((slot) => slot.output)
        : undefined
      : undefined;
  return {
    operator,
    className: form.name,
    kind,
    slots: slots.filter((slot) => slot !== returned),
    ...(self ? { self } : {}),
    ...(returned ? { returned } : {}),
  };
}

const typeKey = (slots: readonly Slot[]) => JSON.stringify(slots.map((slot) => [slot.output, slot.type]));

/** Is there a scalar overload beside the one with tuples? Only if its parameter list differs. */
function overloads(operator: Operator, form: ClassForm, kind: MethodKind): Method[] {
  const several = method(operator, form, false, kind);
  if (form.role === 'array') return [several];
  const single = method(operator, form, true, kind);
  return typeKey(several.slots) === typeKey(single.slots) ? [several] : [several, single];
}

/**
 * All class forms of an operator: per class of the table, constructors before methods. What a static form on arrays
 * takes, with the same parameters, does not replace one instance.
 */
export function methodsOf(operator: Operator): Method[] {
  const methods = operator.classes.flatMap((form) => {
    switch (form.role) {
      case 'instance':
        return overloads(operator, form, 'instance');
      case 'result':
        return [
          ...(form.constructs ? overloads(operator, form, 'constructor') : []),
          ...overloads(operator, form, 'replace'),
        ];
      default:
        return overloads(operator, form, 'static');
    }
  });
  const key = (method: Method) => `${method.className} ${typeKey(method.slots)}`;
  const onArrays = new Set(methods.filter(({ kind }) => kind === 'static').map(key));
  return methods.filter((method) => method.kind !== 'replace' || !onArrays.has(key(method)));
}

/** Those that a generator has to write: without what hand-written classes have already. */
export const generatedMethodsOf = (operator: Operator) =>
  methodsOf(operator).filter(
    (method) => !kHandwrittenMethods.includes(`${method.className}.${operator.name}`),
  );

/** Does the simple C form exist? Only if every control parameter can be a single value. */
export function hasSimpleForm(operator: Operator): boolean {
  return [...operator.inputControls, ...operator.outputControls].every(
    (parameter) => parameter.defaultType !== 'none',
  );
}

/** All parameters in documented order, as procedural interfaces see them. */
export const plainSlots = (operator: Operator) => slotsOf(operator, false);

/** May an output hold another number of values than one? (Python's `_s` form) */
export function hasSingleValueForm(operator: Operator): boolean {
  return operator.outputControls.some((parameter) => parameter.multivalue !== 'false');
}
