// bindings/cpp/halconcpp/generated: classes.h and <class>_methods.h declare, operators.h defines the members and the
// free functions. Classes of semantic_types.ts without a hand-written base are generated as a whole.
import { operators, type Operator } from '../operators/index.js';
import {
  kClasses,
  kClonedClasses,
  kHandwrittenClasses,
  kObjectClasses,
} from '../operators/semantic_types.js';
import { isConstant, generatedMethodsOf, slotsOf, type Method, type Slot } from './forms.js';
import { arrayClass } from './naming.js';
import {
  cppMethodName,
  cppParameters,
  cppProceduralSignature,
  cppReturnType,
  cppStringOverloads,
  type CppString,
} from './signatures.js';
import { kBanner, lines } from './text.js';

const kFolder = 'bindings/cpp/halconcpp/generated';
const methods = operators.flatMap(generatedMethodsOf);
const classNames = [
  ...new Set([...Object.values(kClasses), ...methods.map(({ className }) => className)]),
].sort();
const generatedClasses = classNames.filter((name) => !kHandwrittenClasses.includes(name));
const semTypeOf = (className: string) => Object.keys(kClasses).find((type) => kClasses[type] === className);
const isHandleClass = (name: string) => semTypeOf(name) !== undefined && !kObjectClasses.includes(name);

// ---- What a member does: one chain, detail::Call("name").In(...).Run(objects, controls).Store(...).Get<...>(...)

function input(slot: Slot, isSelf: boolean, strings: CppString): string {
  const name = isSelf ? '*this' : slot.parameter.name;
  if (slot.iconic) return `.InObject(${name})`;
  if (isSelf) return '.In(*this)';
  if (slot.type.kind === 'string' && strings === 'wchar_t') return `.In(HString(${name}))`;
  const optional = slot.type.kind === 'class' && !slot.type.array && slot.parameter.emptyAllowed;
  return optional ? `.InOptional(${name})` : `.In(${name})`;
}

const store = (slot: Slot) =>
  `.${slot.iconic ? 'StoreObject' : 'Store'}(${slot.index}, ${slot.parameter.name})`;
const fetch = (slot: Slot, type: string) => `.${slot.iconic ? 'GetObject' : 'Get'}<${type}>(${slot.index})`;

function chain(
  operator: Operator,
  slots: readonly Slot[],
  self: Slot | undefined,
  strings: CppString,
): string {
  // Inputs in the operator's order: `this` has its place among them.
  const inputs = slotsOf(operator, false)
    .filter((slot) => !slot.output)
    .map((slot) => {
      const isSelf = slot.parameter === self?.parameter;
      return input(slots.find((one) => one.parameter === slot.parameter) ?? slot, isSelf, strings);
    });
  const run = `.Run(${operator.outputObjects.length}, ${operator.outputControls.length})`;
  return `detail::Call("${operator.name}")${inputs.join('')}${run}${slots
    .filter((slot) => slot.output)
    .map(store)
    .join('')}`;
}

// ---- Members

interface Overload {
  readonly declaration: string;
  readonly definition: readonly string[];
  readonly windowsOnly: boolean;
}

function overload(method: Method, strings: CppString): Overload {
  const { className, kind, self, returned } = method;
  const parameters = cppParameters(method, strings).join(', ');
  const call = chain(method.operator, method.slots, kind === 'instance' ? self : undefined, strings);
  const windowsOnly = strings === 'wchar_t';
  if (kind === 'constructor' && self !== undefined) {
    const base = self.iconic ? 'HObject' : 'HHandle';
    const head = `${className}(${parameters})`;
    const definition = [`inline ${className}::${head} : ${base}(${call}${fetch(self, base)}) {}`];
    return { declaration: `${parameters ? 'explicit ' : ''}${head};`, definition, windowsOnly };
  }
  const name = cppMethodName(method);
  const type = cppReturnType(method);
  const constant = isConstant(method) ? ' const' : '';
  const result =
    kind === 'replace' && self !== undefined
      ? `*this = ${call}${fetch(self, className)}`
      : returned !== undefined
        ? `return ${call}${fetch(returned, type)}`
        : call;
  return {
    declaration: `${kind === 'static' ? 'static ' : ''}${type} ${name}(${parameters})${constant};`,
    definition: [`inline ${type} ${className}::${name}(${parameters})${constant} {`, `  ${result};`, '}'],
    windowsOnly,
  };
}

const overloadsOf = (className: string): Overload[] =>
  methods
    .filter((method) => method.className === className)
    .flatMap((method) => cppStringOverloads(method).map((strings) => overload(method, strings)));

/** What exists on Windows only comes last, between the preprocessor's lines. */
function guarded(overloads: readonly Overload[], text: (one: Overload) => readonly string[]): string[] {
  const windows = overloads.filter(({ windowsOnly }) => windowsOnly).flatMap(text);
  return [
    ...overloads.filter(({ windowsOnly }) => !windowsOnly).flatMap(text),
    ...(windows.length > 0 ? ['#ifdef _WIN32', ...windows, '#endif'] : []),
  ];
}

const declarations = (name: string) => guarded(overloadsOf(name), ({ declaration }) => [`  ${declaration}`]);

// ---- Classes

/** Generated classes with further members of their own, in a file of their own. */
const kWithMembers: readonly string[] = ['HSerializedItem'];

function classText(name: string): string[] {
  if (semTypeOf(name) === undefined) return [`class ${name} {`, ' public:', ...declarations(name), '};', ''];
  const base = isHandleClass(name) ? 'HHandle' : 'HObject';
  const creates = overloadsOf(name).some(({ declaration }) => declaration === `${name}();`);
  const own = isHandleClass(name)
    ? [
        `  explicit ${name}(Hlong Handle) : HHandle(Handle) { AssertType(); }`,
        `  ${name}(const HHandle& Handle) : HHandle(Handle) { AssertType(); }`,
        `  void AssertType() const { AssertSemType("${semTypeOf(name)}", "${name}"); }`,
      ]
    : [
        `  explicit ${name}(Hkey Key, bool Copy = true) : HObject(Key, Copy) {}`,
        `  ${name}(const HObject& Object) : HObject(Object) {}`,
      ];
  return [
    `class ${name} : public ${base} {`,
    ' public:',
    ...(creates ? [] : [`  ${name}() {}`]),
    ...own,
    ...(kClonedClasses.includes(name) ? [`  ${name} Clone() const { return ${base}::Clone(); }`] : []),
    ...(kWithMembers.includes(name) ? [`#include "../${name}_members.h"`] : []),
    ...declarations(name),
    '};',
    '',
  ];
}

function freeFunction(operator: Operator): string[] {
  const slots = slotsOf(operator, false).map((slot): Slot => ({
    ...slot,
    type: slot.iconic ? { kind: 'class', name: 'HObject', array: false } : { kind: 'tuple' },
  }));
  return [
    `/// ${operator.brief}`,
    `inline ${cppProceduralSignature(operator)} {`,
    `  ${chain(operator, slots, undefined, 'HString')};`,
    '}',
  ];
}

// ---- Files

function header(name: string, body: readonly string[]): { path: string; text: string } {
  const guard = `HALCONCPP_GENERATED_${name.toUpperCase()}_H`;
  const text = lines(
    `// ${kBanner}`,
    [`#ifndef ${guard}`, `#define ${guard}`, '', 'namespace HalconCpp {', ''],
    body,
    ['', '}  // namespace HalconCpp', '#endif'],
  );
  return { path: `${kFolder}/${name}.h`, text };
}

export function cppFiles(): { path: string; text: string }[] {
  const forward = [
    ...generatedClasses.map((name) => `class ${name};`),
    'template <class Tool>',
    'class HHandleArray;',
    ...generatedClasses
      .filter(isHandleClass)
      .map((name) => `typedef HHandleArray<${name}> ${arrayClass(name)};`),
  ];
  const definitions = classNames.flatMap((name) =>
    guarded(overloadsOf(name), ({ definition }) => definition),
  );
  return [
    header('forward', forward),
    header('classes', generatedClasses.flatMap(classText)),
    header('operators', [...definitions, '', ...operators.flatMap(freeFunction)]),
    ...kHandwrittenClasses.map((name) => ({
      path: `${kFolder}/${name}_methods.h`,
      text: lines(`// ${kBanner}`, `// Members of ${name}: included inside the class.`, declarations(name)),
    })),
  ];
}
