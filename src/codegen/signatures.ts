// Signature lines as the reference page prints them, per language; the generators of C++, C# and Python use the
// same functions for types and parameter lists, so page and code cannot differ.
import type { ElementType, Operator, Parameter } from '../operators/index.js';
import {
  hasSimpleForm,
  hasSingleValueForm,
  isConstant,
  methodsOf,
  plainSlots,
  type Method,
  type Slot,
} from './forms.js';
import { arrayClass, camelParameter, pascalCase, pythonParameter } from './naming.js';

const names = (parameters: readonly Parameter[]) => parameters.map((parameter) => parameter.name).join(', ');

/** create_dl_pruning( : : DLModelHandle, Mode, GenParam : DLPruningHandle) */
export function hdevelopSignature(operator: Operator): string {
  const groups = [
    operator.inputObjects,
    operator.outputObjects,
    operator.inputControls,
    operator.outputControls,
  ];
  const [first, ...rest] = groups.map(names);
  return `${operator.name}(${first}${rest.map((group) => ` :${group ? ` ${group}` : ''}`).join('')})`.replace(
    /:\)$/,
    ': )',
  );
}

// ---- C

export function cTupleParameters(operator: Operator): string[] {
  return plainSlots(operator).map(({ parameter, output, iconic }) => {
    const type = iconic ? 'Hobject' : 'Htuple';
    return output ? `${type}* ${parameter.name}` : `const ${type} ${parameter.name}`;
  });
}

const kCInput = { integer: 'const Hlong', real: 'const double', string: 'const char*', none: '' } as const;
const kCOutput = { integer: 'Hlong*', real: 'double*', string: 'char*', none: '' } as const;

export function cSimpleParameters(operator: Operator): string[] {
  return plainSlots(operator).map(({ parameter, output, iconic }) => {
    if (iconic) return output ? `Hobject* ${parameter.name}` : `const Hobject ${parameter.name}`;
    return `${(output ? kCOutput : kCInput)[parameter.defaultType]} ${parameter.name}`;
  });
}

/** The T_ form and, where it exists, the simple form. */
export function cSignatures(operator: Operator): string[] {
  const line = (name: string, parameters: string[]) => `Herror ${name}(${parameters.join(', ') || 'void'})`;
  const tuple = line(`T_${operator.name}`, cTupleParameters(operator));
  return hasSimpleForm(operator) ? [line(operator.name, cSimpleParameters(operator)), tuple] : [tuple];
}

// ---- C++

export function cppProceduralParameters(operator: Operator): string[] {
  return plainSlots(operator).map(({ parameter, output, iconic }) => {
    const type = iconic ? 'HObject' : 'HTuple';
    return output ? `${type}* ${parameter.name}` : `const ${type}& ${parameter.name}`;
  });
}

export const cppProceduralSignature = (operator: Operator) =>
  `void ${pascalCase(operator.name)}(${cppProceduralParameters(operator).join(', ')})`;

/** How scalar input strings are spelled in an overload; all of them change together. */
export type CppString = 'HString' | 'char' | 'wchar_t';

/** Type of a value that is returned or pointed to. */
export function cppType(slot: Slot): string {
  switch (slot.type.kind) {
    case 'class':
      return slot.type.array ? arrayClass(slot.type.name) : slot.type.name;
    case 'tuple':
      return 'HTuple';
    case 'integer':
      return 'Hlong';
    case 'real':
      return 'double';
    case 'string':
      return 'HString';
    case 'pointer':
      return 'void*';
  }
}

function cppParameter(slot: Slot, strings: CppString): string {
  const type = cppType(slot);
  const name = slot.parameter.name;
  if (slot.output) return `${type}* ${name}`;
  if (slot.type.kind === 'string' && strings !== 'HString') return `const ${strings}* ${name}`;
  const byValue = slot.type.kind === 'integer' || slot.type.kind === 'real' || slot.type.kind === 'pointer';
  return byValue ? `${type} ${name}` : `const ${type}& ${name}`;
}

export const cppParameters = (method: Method, strings: CppString) =>
  method.slots.map((slot) => cppParameter(slot, strings));

/** The string overloads that a method has. */
export function cppStringOverloads(method: Method): CppString[] {
  const hasString = method.slots.some((slot) => !slot.output && slot.type.kind === 'string');
  return hasString ? ['HString', 'char', 'wchar_t'] : ['HString'];
}

export const cppMethodName = (method: Method) =>
  method.kind === 'constructor' ? method.className : pascalCase(method.operator.name);
export const cppReturnType = (method: Method) => (method.returned ? cppType(method.returned) : 'void');

export function cppMethodSignatures(method: Method): string[] {
  return cppStringOverloads(method).map((strings) => {
    const head = `${method.kind === 'static' ? 'static ' : ''}${cppReturnType(method)}`;
    const tail = `${isConstant(method) ? ' const' : ''}${strings === 'wchar_t' ? '   ( Windows only)' : ''}`;
    const parameters = cppParameters(method, strings).join(', ');
    return `${head} ${method.className}::${cppMethodName(method)}(${parameters})${tail}`;
  });
}

// ---- .NET

export function csharpProceduralParameters(operator: Operator): string[] {
  return plainSlots(operator).map(({ parameter, output, iconic }) => {
    return `${output ? 'out ' : ''}${iconic ? 'HObject' : 'HTuple'} ${camelParameter(parameter.name)}`;
  });
}

export const csharpProceduralSignature = (operator: Operator) =>
  `static void HOperatorSet.${pascalCase(operator.name)}(${csharpProceduralParameters(operator).join(', ')})`;

export function csharpType(slot: Slot): string {
  switch (slot.type.kind) {
    case 'class':
      return slot.type.array ? `${slot.type.name}[]` : slot.type.name;
    case 'tuple':
      return 'HTuple';
    case 'integer':
      return 'int';
    case 'real':
      return 'double';
    case 'string':
      return 'string';
    case 'pointer':
      return 'IntPtr';
  }
}

export const csharpParameters = (method: Method) =>
  method.slots.map(
    (slot) => `${slot.output ? 'out ' : ''}${csharpType(slot)} ${camelParameter(slot.parameter.name)}`,
  );
export const csharpReturnType = (method: Method) => (method.returned ? csharpType(method.returned) : 'void');

export function csharpMethodSignature(method: Method): string {
  const parameters = csharpParameters(method).join(', ');
  if (method.kind === 'constructor') return `public ${method.className}(${parameters})`;
  const head = `${method.kind === 'static' ? 'static ' : ''}${csharpReturnType(method)}`;
  return `${head} ${method.className}.${pascalCase(method.operator.name)}(${parameters})`;
}

// ---- Python

const kPython: Readonly<Record<ElementType, string>> = {
  integer: 'int',
  real: 'float',
  string: 'str',
  handle: 'HHandle',
};

function pythonElement(parameter: Parameter): string {
  const types = parameter.types.map((type) => kPython[type]);
  if (types.length === 4) return 'HTupleElementType';
  return types.length === 1 ? types[0]! : `Union[${types.join(', ')}]`;
}

export function pythonInputType(parameter: Parameter, iconic: boolean): string {
  if (iconic) return 'HObject';
  const element = pythonElement(parameter);
  if (parameter.multivalue === 'false') return element;
  return parameter.multivalue === 'optional' ? `MaybeSequence[${element}]` : `Sequence[${element}]`;
}

/** `single`: the `_s` form. */
export function pythonOutputType(parameter: Parameter, iconic: boolean, single: boolean): string {
  if (iconic) return 'HObject';
  const element = pythonElement(parameter);
  return single || parameter.multivalue === 'false' ? element : `Sequence[${element}]`;
}

export function pythonReturnType(operator: Operator, single: boolean): string {
  const outputs = plainSlots(operator)
    .filter((slot) => slot.output)
    .map((slot) => pythonOutputType(slot.parameter, slot.iconic, single));
  if (outputs.length === 0) return 'None';
  return outputs.length === 1 ? outputs[0]! : `Tuple[${outputs.join(', ')}]`;
}

export const pythonParameters = (operator: Operator) =>
  plainSlots(operator)
    .filter((slot) => !slot.output)
    .map(
      (slot) => `${pythonParameter(slot.parameter.name)}: ${pythonInputType(slot.parameter, slot.iconic)}`,
    );

/** The function and, where an output may hold several values, its `_s` form. */
export function pythonSignatures(operator: Operator): string[] {
  const parameters = pythonParameters(operator).join(', ');
  const line = (suffix: string) =>
    `def ${operator.name}${suffix}(${parameters}) -> ${pythonReturnType(operator, suffix !== '')}`;
  return hasSingleValueForm(operator) ? [line(''), line('_s')] : [line('')];
}

// ---- The page

export interface SignatureBlock {
  readonly language: 'HDevelop' | 'C' | 'C++' | '.NET' | 'Python';
  readonly signatures: readonly string[];
}

/** All documented signatures of an operator, in the order of the reference page. */
export function documentedSignatures(operator: Operator): SignatureBlock[] {
  const methods = methodsOf(operator);
  return [
    { language: 'HDevelop', signatures: [hdevelopSignature(operator)] },
    { language: 'C', signatures: cSignatures(operator) },
    {
      language: 'C++',
      signatures: [cppProceduralSignature(operator), ...methods.flatMap(cppMethodSignatures)],
    },
    {
      language: '.NET',
      signatures: [csharpProceduralSignature(operator), ...methods.map(csharpMethodSignature)],
    },
    { language: 'Python', signatures: pythonSignatures(operator) },
  ];
}
