// csrc/generated/operator_table.cpp and operators.h: the table as the core reads it (csrc/api/operator_table.h).
import { errorCodes } from '../operators/errors.js';
import type { ElementType, Operator, Parameter } from '../operators/index.js';
import { cString, hdevelopValue, kBanner, lines } from './text.js';

const kMask: Readonly<Record<ElementType, string>> = {
  integer: 'LONG_PAR',
  real: 'DOUBLE_PAR',
  string: 'STRING_PAR',
  handle: 'HANDLE_PAR',
};
const kMultivalue = { false: 'no', true: 'yes', optional: 'optional' } as const;

const list = (texts: readonly string[]) => cString(texts.join(','));

function valuesName(operator: Operator, parameter: Parameter): string {
  return `k_${operator.name}_${parameter.name}_values`;
}

function parameterRow(operator: Operator, parameter: Parameter, cls: string): string {
  const closed = parameter.values.some((value) => typeof value === 'string');
  const fields = [
    cString(parameter.name),
    `ParameterClass::${cls}`,
    cString(parameter.semType),
    parameter.types.map((type) => kMask[type]).join(' | ') || '0',
    `Multivalue::${kMultivalue[parameter.multivalue]}`,
    parameter.emptyAllowed,
    closed ? valuesName(operator, parameter) : 'nullptr',
    parameter.min !== undefined,
    parameter.max !== undefined,
    parameter.min ?? 0,
    parameter.max ?? 0,
    parameter.modified,
    cString(parameter.defaultType),
    cString(parameter.default === undefined ? '' : hdevelopValue(parameter.default)),
    cString(parameter.description),
    list(parameter.suggested.map(String)),
    list(parameter.pixelTypes),
    parameter.mixed,
  ];
  return `    {${fields.join(', ')}},`;
}

function closedLists(operator: Operator): string[] {
  return [...operator.inputControls, ...operator.outputControls].flatMap((parameter) => {
    const strings = parameter.values.filter((value) => typeof value === 'string');
    if (strings.length === 0) return [];
    return `const char* const ${valuesName(operator, parameter)}[] = {${strings.map(cString).join(', ')}, nullptr};`;
  });
}

function parameterArray(operator: Operator): string[] {
  const rows = [
    ...operator.inputObjects.map((p) => parameterRow(operator, p, 'input_object')),
    ...operator.outputObjects.map((p) => parameterRow(operator, p, 'output_object')),
    ...operator.inputControls.map((p) => parameterRow(operator, p, 'input_control')),
    ...operator.outputControls.map((p) => parameterRow(operator, p, 'output_control')),
  ];
  if (rows.length === 0) return [];
  return [`const ParameterSpec k_${operator.name}[] = {`, ...rows, '};'];
}

function operatorRow(operator: Operator): string {
  const counts = [
    operator.inputObjects.length,
    operator.outputObjects.length,
    operator.inputControls.length,
    operator.outputControls.length,
  ];
  const total = counts.reduce((sum, count) => sum + count, 0);
  const fields = [
    cString(operator.name),
    `operators::${operator.name}`,
    total > 0 ? `k_${operator.name}` : 'nullptr',
    total,
    ...counts,
    cString(operator.brief),
    cString(operator.chapter),
    cString(operator.module),
    list(operator.keywords),
    list(operator.predecessors),
    list(operator.successors),
    list(operator.seeAlso),
    list(operator.alternatives),
    cString(operator.references.join('\n')),
    cString(operator.description.join('\n\n')),
    cString(operator.result),
    operator.threading.reentrant,
    cString(operator.threading.scope),
    cString(operator.threading.parallel),
  ];
  return `    {${fields.join(', ')}},`;
}

export function operatorTableCpp(operators: readonly Operator[]): string {
  const errors = errorCodes();
  return lines(
    `// ${kBanner}`,
    '#include "api/operator_table.h"',
    '#include "generated/operators.h"',
    '#include "hcore.h"',
    '',
    'namespace alcedo {',
    'namespace {',
    operators.flatMap(closedLists),
    operators.flatMap(parameterArray),
    '}  // namespace',
    '',
    'const OperatorSpec kOperators[] = {',
    operators.map(operatorRow),
    '};',
    `const int32_t kNumOperators = ${operators.length};`,
    '',
    'const ErrorText kErrorTexts[] = {',
    errors.map((error) => `    {${error.code}, ${cString(error.symbol)}, ${cString(error.text)}},`),
    '};',
    `const int32_t kNumErrorTexts = ${errors.length};`,
    '}  // namespace alcedo',
  );
}

export function operatorsH(operators: readonly Operator[]): string {
  return lines(
    `// ${kBanner}`,
    '// The functions of csrc/operators; without one of them the library does not link.',
    '#pragma once',
    '',
    'namespace alcedo {',
    'class Args;',
    'namespace operators {',
    operators.map((operator) => `void ${operator.name}(Args& args);`),
    '}  // namespace operators',
    '}  // namespace alcedo',
  );
}
