// Constructors of the table's records. They hold the usual values once, so that an entry states only what is
// particular to its operator.
import type {
  ClassForm,
  DefaultType,
  ElementType,
  ErrorCase,
  Operator,
  Parameter,
  Threading,
} from './types.js';

type ParameterExtra = Partial<Omit<Parameter, 'name' | 'description'>>;

function usualDefaultType(types: readonly ElementType[]): DefaultType {
  const first = types[0];
  return first === undefined || first === 'handle' ? 'none' : first;
}

/** A control parameter of any kind. */
export function control(
  name: string,
  semType: string,
  types: readonly ElementType[],
  description: string,
  extra: ParameterExtra = {},
): Parameter {
  const multivalue = extra.multivalue ?? 'false';
  return {
    name,
    semType,
    types,
    pixelTypes: [],
    multivalue,
    mixed: multivalue !== 'false' && types.length > 1,
    emptyAllowed: multivalue === 'true' || (Array.isArray(extra.default) && extra.default.length === 0),
    suggested: [],
    values: [],
    modified: false,
    defaultType: multivalue === 'true' ? 'none' : usualDefaultType(types),
    description,
    ...extra,
  };
}

export const handle = (name: string, semType: string, description: string, extra?: ParameterExtra) =>
  control(name, semType, ['handle'], description, extra);
export const dict = (name: string, description: string, extra?: ParameterExtra) =>
  control(name, 'dict', ['handle'], description, extra);
export const string = (name: string, description: string, extra?: ParameterExtra) =>
  control(name, 'string', ['string'], description, extra);
export const integer = (name: string, description: string, extra?: ParameterExtra) =>
  control(name, 'integer', ['integer'], description, extra);
export const real = (name: string, description: string, extra?: ParameterExtra) =>
  control(name, 'real', ['real', 'integer'], description, { defaultType: 'real', ...extra });
/** A tuple of any elements. */
export const any = (name: string, description: string, extra?: ParameterExtra) =>
  control(name, 'tuple', ['integer', 'real', 'string', 'handle'], description, {
    multivalue: 'true',
    ...extra,
  });

/** An iconic object (tuple). */
export function object(
  name: string,
  semType: string,
  description: string,
  extra: ParameterExtra = {},
): Parameter {
  return control(name, semType, [], description, { multivalue: 'optional', defaultType: 'none', ...extra });
}
export const image = (name: string, description: string, extra?: ParameterExtra) =>
  object(name, 'image', description, extra);

/** The usual pair of generic parameters; both may be empty. */
export function genericParameters(values: readonly string[] = []): Parameter[] {
  return [
    control('GenParamName', 'attribute.name', ['string'], 'Names of generic parameters.', {
      multivalue: 'optional',
      default: [],
      suggested: values,
    }),
    control(
      'GenParamValue',
      'attribute.value',
      ['string', 'real', 'integer'],
      'Values of generic parameters.',
      {
        multivalue: 'optional',
        default: [],
      },
    ),
  ];
}

export const instance = (name: string): ClassForm => ({ name, role: 'instance', constructs: false });
export const result = (name: string, constructs = false): ClassForm => ({ name, role: 'result', constructs });
export const constructor = (name: string): ClassForm => result(name, true);
export const statically = (name: string): ClassForm => ({ name, role: 'static', constructs: false });
export const array = (name: string): ClassForm => ({ name, role: 'array', constructs: false });

export const error = (code: number, when: string): ErrorCase => ({ code, when });

const kReentrant: Threading = { reentrant: true, scope: 'global', parallel: 'none' };
const kResult =
  'If the parameters are valid, the operator returns 2 (H_MSG_TRUE); otherwise an exception is raised.';

type OperatorEntry = Pick<Operator, 'name' | 'brief' | 'description'> & Partial<Operator>;

/** Makes the operators of one chapter; `usual` holds what they have in common. */
export function chapter(
  usual: Pick<Operator, 'chapter' | 'module'> & Partial<Operator>,
  entries: OperatorEntry[],
): Operator[] {
  return entries.map((entry) => ({
    keywords: [],
    threading: kReentrant,
    inputObjects: [],
    outputObjects: [],
    inputControls: [],
    outputControls: [],
    classes: [],
    returnsFirst: true,
    longRunning: false,
    predecessors: [],
    successors: [],
    alternatives: [],
    seeAlso: [],
    references: [],
    result: kResult,
    errors: [],
    ...usual,
    ...entry,
  }));
}
