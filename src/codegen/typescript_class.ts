// src/generated/<Class>.ts: the class forms of the operators, one file per class of the table.
//
// Classes with a semantic type of their own are generated as a whole. HHandle, HObject and HTuple are written by
// hand (src/runtime, src/htuple); their operators are added to them here by declaration merging.
import {
  kClasses,
  kGroupingClasses,
  kHandwrittenClasses,
  kObjectClasses,
} from '../operators/semantic_types.js';
import type { Operator } from '../operators/index.js';
import { generatedMethodsOf, type Method, type Slot } from './forms.js';
import { camelParameter, pascalCase } from './naming.js';
import { kBanner, lines } from './text.js';
import { comment, operatorComment } from './tsdoc.js';
import {
  inputType,
  outputValue,
  parameterList,
  rawOutput,
  returnType,
  splitSlots,
} from './typescript_types.js';

/** TypeScript has one method per operator and class: the first overload, the one that takes tuples. */
function methodsOfClass(operators: readonly Operator[], className: string): Method[] {
  const seen = new Set<string>();
  return operators.flatMap(generatedMethodsOf).filter((method) => {
    const key = `${method.kind}:${method.kind === 'constructor' ? '' : 'm'}${method.operator.name}`;
    if (method.className !== className || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function callArguments(method: Method, self: string): string {
  const { operator } = method;
  const expression = (parameter: { readonly name: string }) =>
    parameter.name === method.self?.parameter.name ? self : camelParameter(parameter.name);
  const objects = operator.inputObjects.map(expression).join(', ');
  const controls = operator.inputControls.map(expression).join(', ');
  const counts = `${operator.outputObjects.length}, ${operator.outputControls.length}`;
  return `'${operator.name}', [${objects}], [${controls}], ${counts}`;
}

function body(method: Method, asynchronous: boolean, self: string): string[] {
  const { outputs } = splitSlots(method);
  const call = `${asynchronous ? 'await callOperatorAsync' : 'callOperator'}(${callArguments(method, self)})`;
  if (method.kind === 'replace') {
    const rest = outputs.length > 0 ? [returnStatement(outputs)] : [];
    return [
      `const out = ${call};`,
      `${self}.adoptResult(${rawOutput(method.self!.iconic, method.self!.index)});`,
      ...rest,
    ];
  }
  if (outputs.length === 0) return [`${call};`];
  return [`const out = ${call};`, returnStatement(outputs)];
}

function returnStatement(outputs: readonly Slot[]): string {
  const values = outputs.map(outputValue);
  return `return ${values.length === 1 ? values[0]! : `[${values.join(', ')}]`};`;
}

const docOf = (method: Method) => {
  const { inputs, outputs } = splitSlots(method);
  return operatorComment(
    method.operator,
    inputs.map((slot) => slot.parameter),
    outputs.map((slot) => slot.parameter),
  );
};

function signature(method: Method, asynchronous: boolean): string {
  const { inputs, outputs } = splitSlots(method);
  const type = returnType(outputs);
  const name = `${pascalCase(method.operator.name)}${asynchronous ? 'Async' : ''}`;
  return `${name}(${parameterList(inputs)}): ${asynchronous ? `Promise<${type}>` : type}`;
}

function member(method: Method): string[] {
  return forms(method).flatMap((asynchronous) => [
    ...docOf(method),
    `  ${method.kind === 'static' ? 'static ' : ''}${asynchronous ? 'async ' : ''}${signature(method, asynchronous)} {`,
    ...body(method, asynchronous, 'this').map((line) => `    ${line}`),
    '  }',
    '',
  ]);
}

const forms = (method: Method) => (method.operator.longRunning ? [false, true] : [false]);

/** Overloads of the constructor, told apart by the number of arguments. */
function constructors(className: string, makers: readonly Method[], iconic: boolean): string[] {
  if (makers.length === 0) return [];
  const createsEmpty = makers.some((maker) => splitSlots(maker).inputs.length === 0);
  const source = iconic ? 'HObject' : 'HHandleBase | HTuple';
  const uninitialised = createsEmpty ? 'source' : 'source?';
  const branches = makers.map((maker) => {
    const { inputs } = splitSlots(maker);
    const copies = iconic ? 'args[0] instanceof HObject' : "typeof args[0] === 'object'";
    const condition = `args.length === ${inputs.length}${inputs.length === 1 ? ` && !(${copies}) && args[0] !== kUninitialised` : ''}`;
    const values = inputs.map((slot, i) => `args[${i}] as ${inputType(slot)}`).join(', ');
    return { condition, call: `this.${pascalCase(maker.operator.name)}(${values});` };
  });
  return [
    ...comment(
      [
        `Without an argument uninitialised; from another ${iconic ? 'object' : 'handle'}: one more reference of it.`,
      ].map((text) => (createsEmpty ? 'From another handle: one more reference of it.' : text)),
      [],
    ),
    `  constructor(${uninitialised}: ${source} | typeof kUninitialised);`,
    ...makers.flatMap((maker) => [
      ...docOfConstructor(maker),
      `  constructor(${parameterList(splitSlots(maker).inputs)});`,
    ]),
    '  constructor(...args: unknown[]) {',
    ...branches.map(({ condition }, i) => `    const maker${i} = ${condition};`),
    `    super(${branches.map((_, i) => `maker${i}`).join(' || ')} ? kUninitialised : (args[0] as ${className}));`,
    ...branches.map(({ call }, i) => `    if (maker${i}) ${call}`),
    '  }',
    '',
  ];
}

const docOfConstructor = (maker: Method) =>
  operatorComment(
    maker.operator,
    splitSlots(maker).inputs.map((slot) => slot.parameter),
    [],
  );

const kFrom: Readonly<Record<string, string>> = {
  HTuple: '../htuple/HTuple.js',
  HTupleLike: '../htuple/HTuple.js',
  HHandleBase: '../htuple/HHandleBase.js',
  HHandle: '../runtime/HHandle.js',
  HObject: '../runtime/HObject.js',
  kUninitialised: '../runtime/uninitialised.js',
  callOperator: '../runtime/call.js',
  callOperatorAsync: '../runtime/call.js',
};

/** Import lines for the names that the text uses, by module. */
export function imports(text: string, own: string, extra: readonly string[] = []): string[] {
  const code = text.replace(/\/\*\*[\s\S]*?\*\//g, '');
  const names = new Set([...Object.keys(kFrom), ...Object.values(kClasses)]);
  const used = [...names]
    .filter((name) => name !== own && new RegExp(`\\b${name}\\b`).test(code))
    .concat(extra);
  const modules = new Map<string, string[]>();
  for (const name of used) {
    const asValue = new RegExp(`(new|extends|instanceof) ${name}\\b|\\b${name}\\.from`);
    const path = kFrom[name] ?? `./${name}.js`;
    const value = /^(call|k[A-Z])/.test(name) || asValue.test(code);
    modules.set(path, [...(modules.get(path) ?? []), value ? name : `type ${name}`]);
  }
  return [...modules].sort().map(([path, list]) => {
    const allTypes = list.every((name) => name.startsWith('type '));
    const inner = allTypes ? list.map((name) => name.slice(5)) : list;
    return `import ${allTypes ? 'type ' : ''}{ ${inner.sort().join(', ')} } from '${path}';`;
  });
}

function wholeClass(className: string, methods: readonly Method[]): string[] {
  const iconic = kObjectClasses.includes(className);
  const semType = iconic ? undefined : Object.entries(kClasses).find(([, name]) => name === className)?.[0];
  const makers = methods.filter((method) => method.kind === 'constructor');
  const rest = methods.filter((method) => method.kind !== 'constructor');
  const base = kGroupingClasses.includes(className) ? '' : ` extends ${iconic ? 'HObject' : 'HHandle'}`;
  const members = [
    ...(semType !== undefined ? [`  static override readonly semType: string = '${semType}';`, ''] : []),
    ...constructors(className, makers, iconic),
    ...rest.flatMap(member),
  ];
  while (members.at(-1) === '') members.pop();
  return [`export class ${className}${base} {`, ...members, '}'];
}

/** Adds methods to a class that is written by hand. */
function mergedClass(className: string, methods: readonly Method[]): string[] {
  const instances = methods.filter((method) => method.kind === 'instance' || method.kind === 'replace');
  const statics = methods.filter((method) => method.kind === 'static');
  const declare = (list: readonly Method[]) =>
    list.flatMap((method) =>
      forms(method).flatMap((asynchronous) => [
        ...docOf(method).map((line) => `  ${line}`),
        `    ${signature(method, asynchronous)};`,
      ]),
    );
  const define = (target: string, list: readonly Method[]) =>
    list.flatMap((method) =>
      forms(method).flatMap((asynchronous) => [
        `${target}.${pascalCase(method.operator.name)}${asynchronous ? 'Async' : ''} = ${asynchronous ? 'async ' : ''}function (${[
          ...(method.kind === 'static' ? [] : [`this: ${className}`]),
          ...(splitSlots(method).inputs.length > 0 ? [parameterList(splitSlots(method).inputs)] : []),
        ].join(', ')}) {`,
        ...body(method, asynchronous, 'this').map((line) => `  ${line}`),
        '};',
        '',
      ]),
    );
  const parts = [
    `declare module '${kFrom[className]!}' {`,
    `  interface ${className} {`,
    ...declare(instances),
    '  }',
    ...(statics.length > 0 ? [`  namespace ${className} {`, ...staticDeclarations(statics), '  }'] : []),
    '}',
    '',
    ...define(`${className}.prototype`, instances),
    ...define(className, statics),
  ];
  while (parts.at(-1) === '') parts.pop();
  return parts;
}

const staticDeclarations = (methods: readonly Method[]) =>
  methods.flatMap((method) => {
    const { inputs, outputs } = splitSlots(method);
    return [
      ...docOf(method).map((line) => `  ${line}`),
      `    let ${pascalCase(method.operator.name)}: (${parameterList(inputs)}) => ${returnType(outputs)};`,
    ];
  });

/** The class forms of one operator as the reference page prints them. */
export function typescriptMethodSignatures(operator: Operator): string[] {
  const classes = [...new Set(operator.classes.map((form) => form.name))];
  return classes.flatMap((className) =>
    methodsOfClass([operator], className).flatMap((method) => {
      if (method.kind === 'constructor')
        return [`new ${className}(${parameterList(splitSlots(method).inputs)})`];
      const head = method.kind === 'static' ? 'static ' : '';
      return forms(method).map((asynchronous) => `${head}${className}.${signature(method, asynchronous)}`);
    }),
  );
}

/** All classes that have a form of an operator. */
export function generatedClasses(operators: readonly Operator[]): string[] {
  const named = operators.flatMap((operator) => operator.classes.map((form) => form.name));
  return [...new Set([...Object.values(kClasses), ...named])]
    .filter((name) => methodsOfClass(operators, name).length > 0)
    .sort();
}

export function classTs(operators: readonly Operator[], className: string): string {
  const methods = methodsOfClass(operators, className);
  const merged = kHandwrittenClasses.includes(className);
  const code = merged ? mergedClass(className, methods) : wholeClass(className, methods);
  const text = code.join('\n');
  const own = merged ? [className] : [];
  const importLines = imports(text, className).concat(
    own.map((name) => `import { ${name} } from '${kFrom[name]!}';`),
  );
  return lines(`// ${kBanner}`, importLines, '', code);
}
