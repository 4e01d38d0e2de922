// bindings/csharp/HalconDotNet/generated: HOperatorSet.cs (static methods on tuples) and Classes.cs (members of the
// classes; those without a hand-written base as a whole).
import { operators, type Operator } from '../operators/index.js';
import {
  kClasses,
  kClonedClasses,
  kHandwrittenClasses,
  kObjectClasses,
} from '../operators/semantic_types.js';
import { generatedMethodsOf, slotsOf, type Method, type Slot } from './forms.js';
import { camelParameter, pascalCase } from './naming.js';
import { csharpParameters, csharpProceduralParameters, csharpReturnType } from './signatures.js';
import { kBanner, lines } from './text.js';

const kFolder = 'bindings/csharp/HalconDotNet/generated';
/** A number that may be integer or real: beside the documented `double` there is `int`, since C# would not choose. */
const isNumber = ({ type, output, parameter }: Slot): boolean =>
  type.kind === 'real' && !output && parameter.types.includes('integer');

function withIntegers(method: Method): Method[] {
  if (!method.slots.some(isNumber)) return [method];
  const slots = method.slots.map((slot): Slot =>
    isNumber(slot) ? { ...slot, type: { kind: 'integer' } } : slot,
  );
  return [method, { ...method, slots }];
}

const methods = operators.flatMap(generatedMethodsOf).flatMap(withIntegers);
const classNames = [
  ...new Set([...Object.values(kClasses), ...methods.map(({ className }) => className)]),
].sort();
const semTypeOf = (className: string) => Object.keys(kClasses).find((type) => kClasses[type] === className);
const isHandleClass = (name: string) => semTypeOf(name) !== undefined && !kObjectClasses.includes(name);

/** new HCall("name").In(...).Run(objects, controls) */
function run(operator: Operator, self?: Slot): string {
  const inputs = slotsOf(operator, false)
    .filter((slot) => !slot.output)
    .map((slot) => {
      const name = slot.parameter === self?.parameter ? 'this' : camelParameter(slot.parameter.name);
      return `.${slot.iconic ? 'InObject' : 'In'}(${name})`;
    });
  const counts = `${operator.outputObjects.length}, ${operator.outputControls.length}`;
  return `new HCall("${operator.name}")${inputs.join('')}.Run(${counts})`;
}

/** An output of `call` as its type. */
function fetch(slot: Slot, call: string): string {
  const { type, index } = slot;
  switch (type.kind) {
    case 'class':
      if (type.array) return `${call}.Handles(${index}, handle => new ${type.name}(handle))`;
      return `new ${type.name}(${call}, ${index})`;
    case 'integer':
      return `${call}.Int(${index})`;
    case 'real':
      return `${call}.Double(${index})`;
    case 'string':
      return `${call}.String(${index})`;
    case 'pointer':
      return `${call}.Pointer(${index})`;
    default:
      return `${call}.Tuple(${index})`;
  }
}

/** What a member does, as one chain: the call, the out parameters, the result. */
function body(call: string, outputs: readonly Slot[], returned?: Slot): string {
  const stores = outputs.map((slot) => {
    return `.Store(out ${camelParameter(slot.parameter.name)}, call => ${fetch(slot, 'call')})`;
  });
  const chain = `${call}${stores.join('')}`;
  return returned ? fetch(returned, chain) : chain;
}

const summary = (operator: Operator) =>
  `/// <summary>${operator.brief.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</summary>`;
const indent = (text: readonly string[], width: number) =>
  text.map((line) => (line ? ' '.repeat(width) + line : line));
const arrow = (head: string, expression: string) => [`${head} =>`, `    ${expression};`];

function member(method: Method): string[] {
  const { operator, className, kind, self } = method;
  const parameters = csharpParameters(method).join(', ');
  if (kind === 'constructor' && self !== undefined) {
    const head = `public ${className}(${parameters})`;
    return [summary(operator), head, `    : this(${run(operator)}, ${self.index}) { }`];
  }
  const name = pascalCase(operator.name);
  if (kind === 'replace' && self !== undefined) {
    const take = self.iconic ? 'TakeObject' : 'TakeHandle';
    const head = `public void ${name}(${parameters})`;
    return [summary(operator), ...arrow(head, `Adopt(${run(operator)}.${take}(${self.index}))`)];
  }
  const head = `public ${kind === 'static' ? 'static ' : ''}${csharpReturnType(method)} ${name}(${parameters})`;
  const outputs = method.slots.filter((slot) => slot.output);
  return [
    summary(operator),
    ...arrow(head, body(run(operator, kind === 'instance' ? self : undefined), outputs, method.returned)),
  ];
}

/** `new HTuple(dict)`: both HHandle and HTuple would take a handle of a class, so C# would not choose. */
const handleConstructors = () =>
  Object.values(kClasses)
    .filter((name) => isHandleClass(name) && name !== 'HHandle')
    .map((name) => `public HTuple(${name} value) : this((HHandle)value) { }`);

function classText(name: string): string[] {
  const own = methods.filter(({ className }) => className === name);
  const members = [...(name === 'HTuple' ? handleConstructors() : []), ...own.flatMap(member)];
  const semType = semTypeOf(name);
  if (kHandwrittenClasses.includes(name))
    return [`public partial class ${name}`, '{', ...indent(members, 4), '}', ''];
  if (semType === undefined) return [`public static class ${name}`, '{', ...indent(members, 4), '}', ''];
  const creates = own.some((method) => method.kind === 'constructor' && method.slots.length === 0);
  const base = isHandleClass(name) ? 'HHandle' : 'HObject';
  const frame = [
    ...(creates ? [] : ['/// <summary>Uninitialised.</summary>', `public ${name}() { }`]),
    ...(isHandleClass(name)
      ? [
          `public ${name}(IntPtr handle) : base(handle) { }`,
          `public ${name}(HHandle handle) : base(handle) { }`,
          `protected override string AcceptedSemType => "${semType}";`,
        ]
      : [
          `public ${name}(IntPtr key, bool copy = true) : base(key, copy) { }`,
          `public ${name}(HObject other) : base(other) { }`,
        ]),
    `internal ${name}(HCall call, int output) : base(call, output) { }`,
    ...(kClonedClasses.includes(name)
      ? [`public new ${name} Clone() { using (var copy = base.Clone()) return new ${name}(copy); }`]
      : []),
  ];
  return [`public class ${name} : ${base}`, '{', ...indent([...frame, ...members], 4), '}', ''];
}

function procedure(operator: Operator): string[] {
  const head = `public static void ${pascalCase(operator.name)}(${csharpProceduralParameters(operator).join(', ')})`;
  const outputs = slotsOf(operator, false)
    .filter((slot) => slot.output)
    .map((slot): Slot => ({
      ...slot,
      type: slot.iconic ? { kind: 'class', name: 'HObject', array: false } : { kind: 'tuple' },
    }));
  return [summary(operator), ...arrow(head, body(run(operator), outputs))];
}

function file(name: string, content: readonly string[]): { path: string; text: string } {
  const text = lines(
    `// ${kBanner}`,
    ['using System;', '', 'namespace HalconDotNet', '{'],
    indent(content, 4),
    '}',
  );
  return { path: `${kFolder}/${name}.cs`, text };
}

export function csharpFiles(): { path: string; text: string }[] {
  return [
    file('HOperatorSet', [
      '/// <summary>Every operator as a static method on tuples and objects.</summary>',
      'public static class HOperatorSet',
      '{',
      ...indent(operators.flatMap(procedure), 4),
      '}',
    ]),
    file('Classes', classNames.flatMap(classText)),
  ];
}
