// validate(): all findings about the whole table at once, as texts "operator: what is wrong".
import {
  kClasses,
  kGroupingClasses,
  kHandwrittenClasses,
  isSemanticType,
  classOf,
} from './semantic_types.js';
import type { Operator, Parameter, Scalar } from './types.js';

/** Operators of the documentation that entries may name although they are not in the table. */
export const kExternalOperators: readonly string[] = [];

const kMaxControls = 20;
const kMaxObjects = 9;

type Report = (text: string) => void;

function fitsType(value: Scalar, parameter: Parameter): boolean {
  if (typeof value === 'string') return parameter.types.includes('string');
  if (parameter.types.includes('real')) return true;
  return parameter.types.includes('integer') && Number.isInteger(value);
}

function checkValue(value: Scalar, what: string, parameter: Parameter, report: Report): void {
  if (!fitsType(value, parameter))
    report(`${what} ${String(value)} has none of the types ${parameter.types.join(', ')}`);
  if (typeof value === 'number') {
    if (parameter.min !== undefined && value < parameter.min) report(`${what} ${value} is below the minimum`);
    if (parameter.max !== undefined && value > parameter.max) report(`${what} ${value} is above the maximum`);
  } else if (what !== 'value' && parameter.values.length > 0 && !parameter.values.includes(value)) {
    report(`${what} '${value}' is not in the list of values`);
  }
}

function checkDefaults(parameter: Parameter, report: Report): void {
  const { min, max } = parameter;
  for (const value of parameter.values) checkValue(value, 'value', parameter, report);
  for (const value of parameter.suggested) checkValue(value, 'suggested value', parameter, report);
  if (min !== undefined && max !== undefined && min > max) report('the minimum is above the maximum');
  const standard = parameter.default;
  if (standard === undefined) return;
  const elements = typeof standard === 'object' ? standard : [standard];
  if (elements.length === 0 && !parameter.emptyAllowed)
    report('the default is empty, but that is not allowed');
  if (elements.length > 1 && parameter.multivalue === 'false') report('the default has several values');
  for (const value of elements) checkValue(value, 'default', parameter, report);
}

function checkDefaultType(parameter: Parameter, report: Report): void {
  const { defaultType, types } = parameter;
  if (defaultType === 'none' || types.includes(defaultType)) return;
  // Handles travel as integers in the simple C form.
  if (defaultType === 'integer' && types.includes('handle')) return;
  report(`the simple type ${defaultType} is none of the types ${types.join(', ')}`);
}

function checkParameter(parameter: Parameter, iconic: boolean, input: boolean, report: Report): void {
  if (!/^[A-Z][A-Za-z0-9]*$/.test(parameter.name)) report('the name is not in the documented form');
  if (!isSemanticType(parameter.semType)) report(`unknown semantic type '${parameter.semType}'`);
  if (parameter.description.trim() === '') report('there is no description');
  if (iconic !== (parameter.types.length === 0))
    report(iconic ? 'an object has element types' : 'there are no types');
  if (iconic) return;
  if (new Set(parameter.types).size !== parameter.types.length) report('a type is listed twice');
  const typed = classOf(parameter.semType) !== undefined;
  if (typed && !parameter.types.includes('handle')) report(`'${parameter.semType}' is no handle`);
  if (parameter.mixed && parameter.types.length < 2) report('mixed needs several types');
  if (parameter.modified && !input) report('an output cannot be modified');
  checkDefaults(parameter, report);
  checkDefaultType(parameter, report);
}

function checkClasses(operator: Operator, report: Report): void {
  const known = [...Object.values(kClasses), ...kGroupingClasses, ...kHandwrittenClasses];
  const inputs = [...operator.inputObjects, ...operator.inputControls];
  const outputs = [...operator.outputObjects, ...operator.outputControls];
  const holds = (list: readonly Parameter[], name: string) =>
    name === 'HTuple'
      ? list.length > 0
      : list.some((p) => classOf(p.semType) === name || p.semType === 'tuple');
  for (const form of operator.classes) {
    if (!known.includes(form.name)) report(`unknown class ${form.name}`);
    if (form.role === 'instance' && !holds(inputs, form.name)) report(`no input of class ${form.name}`);
    if (form.role === 'result' && !holds(outputs, form.name)) report(`no output of class ${form.name}`);
    if (form.constructs && form.role !== 'result') report(`${form.name}: only a result can be constructed`);
    const several = [...inputs, ...outputs].some(
      (p) => classOf(p.semType) === form.name && p.multivalue !== 'false',
    );
    if (form.role === 'array' && !several) report(`no parameter of class ${form.name} holds several values`);
  }
}

function checkLinks(operator: Operator, names: ReadonlySet<string>, report: Report): void {
  const groups = [operator.predecessors, operator.successors, operator.alternatives, operator.seeAlso];
  for (const name of groups.flat()) {
    if (!names.has(name) && !kExternalOperators.includes(name)) report(`names an unknown operator '${name}'`);
    if (name === operator.name) report('names itself');
  }
}

function checkOperator(
  operator: Operator,
  names: ReadonlySet<string>,
  codes: ReadonlySet<number>,
  report: Report,
): void {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(operator.name)) report('the name is not in snake case');
  if (operator.brief.trim() === '' || operator.description.length === 0) report('there is no description');
  if (operator.chapter === '' || operator.module === '') report('chapter or module is missing');
  const groups = [
    operator.inputObjects,
    operator.outputObjects,
    operator.inputControls,
    operator.outputControls,
  ];
  const limits = [kMaxObjects, kMaxObjects, kMaxControls, kMaxControls];
  groups.forEach((parameters, i) => {
    if (parameters.length > limits[i]!) report(`more than ${limits[i]!} parameters of one class`);
    for (const parameter of parameters) {
      checkParameter(parameter, i < 2, i % 2 === 0, (text) => report(`${parameter.name}: ${text}`));
    }
  });
  const parameters = groups.flat().map((parameter) => parameter.name);
  for (const name of new Set(parameters.filter((name, i) => parameters.indexOf(name) !== i))) {
    report(`parameter ${name} appears twice`);
  }
  for (const { code } of operator.errors) if (!codes.has(code)) report(`unknown error code ${code}`);
  checkClasses(operator, report);
  checkLinks(operator, names, report);
}

/** `codes`: the known error codes. An empty result means that the table is sound. */
export function validate(operators: readonly Operator[], codes: ReadonlySet<number>): string[] {
  const findings: string[] = [];
  const names = new Set(operators.map((operator) => operator.name));
  const seen = new Set<string>();
  for (const operator of operators) {
    const report = (text: string) => findings.push(`${operator.name}: ${text}`);
    if (seen.has(operator.name)) report('appears twice');
    seen.add(operator.name);
    checkOperator(operator, names, codes, report);
  }
  return findings;
}
