// The cases of src/operators/tuple_cases.ts as programs in the five languages. The tests compile and run the programs; the
// reference pages show their regions. Procedural form and, where there is one, the method are called with the same values.
import { operators, type Operator, type Parameter } from '../operators/index.js';
import { kTupleCases } from '../operators/tuple_cases.js';
import { methodsOf, type Method } from './forms.js';
import { camelParameter, pascalCase } from './naming.js';
import { lines } from './text.js';

export type ExampleLanguage = 'C' | 'C++' | '.NET' | 'Python' | 'TypeScript';

interface Element {
  readonly type: 'integer' | 'real' | 'string' | 'dict';
  readonly text: string;
}

interface Case {
  readonly operator: Operator;
  readonly inputs: readonly (readonly Element[])[];
  /** Elements, or how many there are. */
  readonly expected: readonly Element[] | number;
  readonly note: string | undefined;
}

function element(token: string): Element {
  if (token === 'dict') return { type: 'dict', text: '' };
  if (token === 'nan') return { type: 'real', text: 'nan' };
  if (token.startsWith("'")) return { type: 'string', text: token.slice(1, -1) };
  return { type: token.includes('.') ? 'real' : 'integer', text: token };
}

/** "[1, 'a'], 2" -> two lists of elements. */
function values(text: string): Element[][] {
  const found: Element[][] = [];
  let open = false;
  for (const token of text.match(/\[|\]|'[^']*'|[-\w.]+/g) ?? []) {
    if (token === '[' || token === ']') {
      open = token === '[';
      if (open) found.push([]);
    } else if (open) {
      found.at(-1)!.push(element(token));
    } else {
      found.push([element(token)]);
    }
  }
  return found;
}

function parse(line: string): Case {
  const match = /^(\w+)\((.*)\) -> (.+?)(?: \/\/ (.*))?$/.exec(line);
  const operator = match && operators.find(({ name }) => name === match[1]);
  if (!match || !operator) throw new Error(`no case of a tuple operator: ${line}`);
  const inputs = values(match[2]!);
  const expected = match[3]!.startsWith('#') ? Number(match[3]!.slice(1)) : values(match[3]!)[0]!;
  if (inputs.length !== operator.inputControls.length) throw new Error(`wrong number of inputs: ${line}`);
  return { operator, inputs, expected, note: match[4] };
}

const quoted = (text: string) => JSON.stringify(text);
const output = ({ operator }: Case) => operator.outputControls[0]!;
const comment = (mark: string, { note }: Case) => (note === undefined ? [] : [`${mark} ${note}`]);
/** The method with tuples where it exists; `this` is the first input. */
const methodOf = ({ operator }: Case) =>
  methodsOf(operator).find((method) => method.className === 'HTuple' && method.kind !== 'constructor');

/** What a method takes: all inputs but `this`, as tuples or, where its type says so, as single values. */
const methodArguments = (
  one: Case,
  method: Method,
  tuple: (index: number) => string,
  scalar: (element: Element) => string,
) =>
  method.slots
    .map(({ index, type }) => (type.kind === 'tuple' ? tuple(index) : scalar(one.inputs[index]![0]!)))
    .join(', ');

/** How a language writes a dictionary, a NaN and a text; numbers are the same in all. */
const scalars =
  (dict: string, nan: string, string: (text: string) => string = quoted) =>
  ({ type, text }: Element): string => {
    if (type === 'dict') return dict;
    if (type === 'string') return string(text);
    return text === 'nan' ? nan : text;
  };

// ---- C

const kCLetter = { integer: 'i', real: 'd', string: 's', dict: 'h' } as const;
const kCType = { integer: 'LONG_PAR', real: 'DOUBLE_PAR', string: 'STRING_PAR', dict: 'HANDLE_PAR' } as const;
const cValue = scalars('get_h(dict, 0)', 'NAN');

function cInput({ name }: Parameter, elements: readonly Element[]): string[] {
  const [first] = elements;
  if (elements.length === 1) return [`create_tuple_${kCLetter[first!.type]}(&${name}, ${cValue(first!)});`];
  // Elements of one type go to an array of this type; else the tuple would be a mixed one.
  const pure = elements.every(({ type }) => type === first!.type);
  return [
    pure
      ? `create_tuple_type(&${name}, ${elements.length}, ${kCType[first!.type]});`
      : `create_tuple(&${name}, ${elements.length});`,
    ...elements.map((e, i) => `set_${kCLetter[e.type]}(${name}, ${cValue(e)}, ${i});`),
  ];
}

function cCheck(name: string, e: Element, i: number): string {
  const found = `get_${kCLetter[e.type]}(${name}, ${i})`;
  return e.type === 'string' ? `!strcmp(${found}, ${quoted(e.text)})` : `${found} == ${cValue(e)}`;
}

function c(one: Case): string[] {
  const { operator, inputs, expected } = one;
  const parameters = operator.inputControls;
  const result = output(one).name;
  const names = parameters.map(({ name }) => name);
  const dict = inputs.flat().some(({ type }) => type === 'dict') ? ['dict'] : [];
  const tuples = [...dict, ...names, result];
  return [
    `Htuple ${tuples.join(', ')};`,
    ...dict.map(() => 'T_create_dict(&dict);'),
    ...inputs.flatMap((elements, i) => cInput(parameters[i]!, elements)),
    ...(one.note === undefined ? [] : [`/* ${one.note} */`]),
    `T_${operator.name}(${[...names, `&${result}`].join(', ')});`,
    `assert(length_tuple(${result}) == ${typeof expected === 'number' ? expected : expected.length});`,
    ...(typeof expected === 'number' ? [] : expected.map((e, i) => `assert(${cCheck(result, e, i)});`)),
    ...tuples.map((name) => `destroy_tuple(${name});`),
  ];
}

// ---- C++

const cppScalar = scalars('HDict()', 'std::nan("")');
const cppTuple = (elements: readonly Element[]) =>
  elements.map((e, i) => (i === 0 ? `HTuple(${cppScalar(e)})` : `.Append(${cppScalar(e)})`)).join('');

function cpp(one: Case): string[] {
  const { operator, inputs, expected } = one;
  const names = operator.inputControls.map(({ name }) => name);
  const result = output(one).name;
  const method = methodOf(one);
  const self = method?.kind === 'instance' ? `${names[0]!}.` : 'HTuple::';
  const call =
    method &&
    `${self}${pascalCase(operator.name)}(${methodArguments(one, method, (i) => names[i]!, cppScalar)})`;
  const same =
    typeof expected === 'number'
      ? undefined
      : method?.returned?.type.kind === 'tuple'
        ? result
        : cppScalar(expected[0]!);
  return [
    ...inputs.map((elements, i) => `const HTuple ${names[i]!} = ${cppTuple(elements)};`),
    `HTuple ${result};`,
    ...comment('//', one),
    `${pascalCase(operator.name)}(${[...names, `&${result}`].join(', ')});`,
    typeof expected === 'number'
      ? `assert(${result}.Length() == ${expected});`
      : `assert(${result} == ${cppTuple(expected)});`,
    ...(call === undefined || same === undefined ? [] : [`assert(${call} == ${same});`]),
  ];
}

// ---- .NET

const csharpScalar = scalars('new HDict()', 'double.NaN');
const csharpTuple = (elements: readonly Element[]) => `new HTuple(${elements.map(csharpScalar).join(', ')})`;

function csharp(one: Case): string[] {
  const { operator, inputs, expected } = one;
  const names = operator.inputControls.map(({ name }) => camelParameter(name));
  const result = camelParameter(output(one).name);
  const method = methodOf(one);
  const self = method?.kind === 'instance' ? `${names[0]!}.` : 'HTuple.';
  const call =
    method &&
    `${self}${pascalCase(operator.name)}(${methodArguments(one, method, (i) => names[i]!, csharpScalar)})`;
  const whole = method?.returned?.type.kind === 'tuple';
  return [
    ...inputs.map((elements, i) => `var ${names[i]!} = ${csharpTuple(elements)};`),
    `HTuple ${result};`,
    ...comment('//', one),
    `HOperatorSet.${pascalCase(operator.name)}(${[...names, `out ${result}`].join(', ')});`,
    typeof expected === 'number'
      ? `Assert(${result}.Length == ${expected});`
      : `Assert(${result}.TupleEqual(${csharpTuple(expected)}) == 1);`,
    ...(call === undefined || typeof expected === 'number'
      ? []
      : [
          whole
            ? `Assert(${call}.TupleEqual(${result}) == 1);`
            : `Assert(${call} == ${csharpScalar(expected[0]!)});`,
        ]),
  ];
}

// ---- Python

const pythonScalar = scalars('ha.create_dict()', "float('nan')");
const pythonValue = (elements: readonly Element[], multivalue: string) =>
  multivalue === 'false' ? pythonScalar(elements[0]!) : `[${elements.map(pythonScalar).join(', ')}]`;

function python(one: Case): string[] {
  const { operator, inputs, expected } = one;
  const parameters = operator.inputControls;
  const given = inputs.map((elements, i) => pythonValue(elements, parameters[i]!.multivalue)).join(', ');
  const { multivalue } = output(one);
  const call = `ha.${operator.name}(${given})`;
  return [
    ...comment('#', one),
    typeof expected === 'number'
      ? `assert len(${call}) == ${expected}`
      : `assert ${call} == ${pythonValue(expected, multivalue)}`,
    ...(typeof expected !== 'number' && expected.length === 1 && multivalue !== 'false'
      ? [`assert ha.${operator.name}_s(${given}) == ${pythonScalar(expected[0]!)}`]
      : []),
  ];
}

// ---- TypeScript

const typescriptScalar = scalars('new HDict()', 'NaN', (text) => quoted(text).replaceAll('"', "'"));
const wholeReal = (e: Element) => e.type === 'real' && /\.0$/.test(e.text);

/** A whole number is an integer unless it is called real. */
function typescriptValue(elements: readonly Element[]): string {
  const parts = elements.map((e) => (wholeReal(e) ? `HTuple.real(${e.text})` : typescriptScalar(e)));
  if (parts.length === 1) return parts[0]!;
  return elements.some(wholeReal) || new Set(elements.map(({ type }) => type)).size > 1
    ? `new HTuple(${parts.join(', ')})`
    : `[${parts.join(', ')}]`;
}

function typescript(one: Case): string[] {
  const { operator, inputs, expected } = one;
  const name = pascalCase(operator.name);
  const result = `HOperatorSet.${name}(${inputs.map(typescriptValue).join(', ')})`;
  const method = methodOf(one);
  const self =
    method?.kind === 'instance'
      ? `new HTuple(${inputs[0]!.map((e) => typescriptValue([e])).join(', ')})`
      : 'HTuple';
  const call =
    method &&
    `${self}.${name}(${methodArguments(one, method, (i) => typescriptValue(inputs[i]!), typescriptScalar)})`;
  const whole = method?.returned?.type.kind === 'tuple';
  const check = (text: string) =>
    typeof expected === 'number'
      ? `assert.equal(${text}.Length, ${expected});`
      : `assert.deepEqual(${text}.ToArray(), [${expected.map(typescriptScalar).join(', ')}]);`;
  return [
    ...comment('//', one),
    check(result),
    ...(call === undefined
      ? []
      : [
          whole || typeof expected === 'number'
            ? check(call)
            : `assert.equal(${call}, ${typescriptScalar(expected[0]!)});`,
        ]),
  ];
}

// ---- Programs

interface Program {
  readonly file: string;
  readonly head: readonly string[];
  readonly open: (name: string) => string;
  readonly close: string;
  readonly mark: (text: string) => string;
  readonly body: (one: Case) => string[];
  readonly call: (name: string) => string;
  readonly main: readonly string[];
  readonly tail: readonly string[];
}

const kDone = 'all examples ran';
const slashes = (text: string) => `// ${text}`;

const kPrograms: Readonly<Record<ExampleLanguage, Program>> = {
  C: {
    file: 'tuples.c',
    head: [
      '#undef NDEBUG',
      '#include <assert.h>',
      '#include <math.h>',
      '#include <stdio.h>',
      '#include <string.h>',
      '#include "HalconC.h"',
    ],
    open: (name) => `static void example_${name}(void) {`,
    close: '}',
    mark: (text) => `/* ${text} */`,
    body: c,
    call: (name) => `example_${name}();`,
    main: ['int main(void) {'],
    tail: [`puts("${kDone}");`, 'return 0;', '}'],
  },
  'C++': {
    file: 'tuples.cpp',
    head: [
      '#undef NDEBUG',
      '#include <cassert>',
      '#include <cmath>',
      '#include <cstdio>',
      '#include "HalconCpp.h"',
      'using namespace HalconCpp;',
    ],
    open: (name) => `static void example_${name}() {`,
    close: '}',
    mark: slashes,
    body: cpp,
    call: (name) => `example_${name}();`,
    main: ['int main() {'],
    tail: [`std::puts("${kDone}");`, '}'],
  },
  '.NET': {
    file: 'Tuples.cs',
    head: [
      'using System;',
      'using HalconDotNet;',
      'static class Tuples {',
      'static void Assert(bool condition) { if (!condition) throw new Exception("an example is wrong"); }',
    ],
    open: (name) => `static void example_${name}() {`,
    close: '}',
    mark: slashes,
    body: csharp,
    call: (name) => `example_${name}();`,
    main: ['static void Main() {'],
    tail: [`Console.WriteLine("${kDone}");`, '} }'],
  },
  Python: {
    file: 'tuples.py',
    head: ['import halcon as ha'],
    open: (name) => `def example_${name}():`,
    close: '',
    mark: (text) => `# ${text}`,
    body: python,
    call: (name) => `example_${name}()`,
    main: [],
    tail: [`print("${kDone}")`],
  },
  TypeScript: {
    file: 'tuples.mts',
    head: [
      "import assert from 'node:assert/strict';",
      "import { HDict, HOperatorSet, HTuple } from '@/src/index.js';",
    ],
    open: (name) => `function example_${name}(): void {`,
    close: '}',
    mark: slashes,
    body: typescript,
    call: (name) => `example_${name}();`,
    main: [],
    tail: [`console.log('${kDone}');`],
  },
};

export const exampleLanguages = Object.keys(kPrograms) as ExampleLanguage[];

/** A whole program with every case, each between the marks of an example; the TypeScript one imports below `root`. */
export function tupleProgram(language: ExampleLanguage, root = '@'): { file: string; text: string } {
  const { file, head, open, close, mark, body, call, main, tail } = kPrograms[language];
  const cases = kTupleCases.map(parse);
  const text = lines(
    head,
    cases.flatMap((one) => [
      open(one.operator.name),
      ...[mark(`example: ${one.operator.name}`), ...body(one), mark('end')].map((line) => `  ${line}`),
      close,
    ]),
    main,
    cases.map((one) => call(one.operator.name)),
    tail,
  );
  return { file, text: text.replace("from '@/", `from '${root}/`) };
}
