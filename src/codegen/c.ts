// bindings/c/HalconC.h: prototypes of all C functions; HalconErrors.h: the error codes by name; csrc/generated/hproto.cpp: the functions, as chains of CCall.
import { classOf } from '../operators/semantic_types.js';
import { errorCodes } from '../operators/errors.js';
import type { Operator } from '../operators/index.js';
import { hasSimpleForm, plainSlots, type Slot } from './forms.js';
import { cSignatures, cSimpleParameters, cTupleParameters } from './signatures.js';
import { kBanner, lines } from './text.js';

/** Breaks a long line behind a comma. */
function wrapped(line: string, width = 118): string[] {
  if (line.length <= width) return [line];
  const cut = line.lastIndexOf(', ', width) + 1;
  return cut === 0 ? [line] : [line.slice(0, cut), ...wrapped(`    ${line.slice(cut + 1)}`, width)];
}

function prototypes(operator: Operator): string[] {
  return cSignatures(operator).flatMap((signature) => wrapped(`H_EXPORT ${signature};`));
}

function byChapter(operators: readonly Operator[]): [string, Operator[]][] {
  const chapters = new Map<string, Operator[]>();
  for (const operator of operators) {
    const chapter = chapters.get(operator.chapter) ?? [];
    chapter.push(operator);
    chapters.set(operator.chapter, chapter);
  }
  return [...chapters].sort(([a], [b]) => (a < b ? -1 : 1));
}

export function halconErrorsH(): string {
  return lines(
    `/* ${kBanner}`,
    ' *',
    ' * The error codes by name, for C and C++. */',
    '#ifndef HALCON_ERRORS_H',
    '#define HALCON_ERRORS_H',
    '',
    errorCodes()
      .filter(({ code, symbol }) => code >= 1000 && symbol !== '')
      .map(({ code, symbol }) => `#define ${symbol} ${code}`),
    '',
    '#endif',
  );
}

export function halconCH(operators: readonly Operator[]): string {
  return lines(
    `/* ${kBanner}`,
    ' *',
    ' * All operators for C programs: T_ functions take tuples, the others single values. Parameters are in the order',
    ' * input objects, output objects, input controls, output controls. Functions return 2 (H_MSG_TRUE) or an error',
    ' * code; with the check "give_error" active, which it is at first, an error ends the program with a message. */',
    '#ifndef HALCONC_H',
    '#define HALCONC_H',
    '',
    '#include "hcore.h"',
    '#include "htuple.h"',
    '#include "hwide.h"',
    '#include "hbyname.h"',
    '#include "hversion.h"',
    '#include "HalconErrors.h"',
    '',
    '#ifdef __cplusplus',
    'extern "C" {',
    '#endif',
    byChapter(operators).flatMap(([chapter, members]) => [
      '',
      `/* ---- ${chapter} */`,
      ...members.flatMap(prototypes),
    ]),
    '',
    '#ifdef __cplusplus',
    '}',
    '#endif',
    '#endif',
  );
}

function tupleStep({ parameter, output, iconic }: Slot): string {
  if (iconic) return `.${output ? 'object_out' : 'object'}(${parameter.name})`;
  return `.${output ? 'out' : 'in'}(${parameter.name})`;
}

function simpleStep(slot: Slot): string {
  const { parameter, output, iconic } = slot;
  const isHandle = !iconic && !output && classOf(parameter.semType) !== undefined;
  return isHandle ? `.in_handle(${parameter.name})` : tupleStep(slot);
}

function definition(name: string, operator: Operator, parameters: string[], steps: string[]): string[] {
  return [
    ...wrapped(`H_EXPORT Herror ${name}(${parameters.join(', ')}) {`),
    ...wrappedChain(`  return CCall("${operator.name}")${steps.join('')}.run();`),
    '}',
  ];
}

function wrappedChain(line: string, width = 118): string[] {
  if (line.length <= width) return [line];
  const cut = line.lastIndexOf('.', width);
  return [line.slice(0, cut), ...wrappedChain(`      ${line.slice(cut)}`, width)];
}

function definitions(operator: Operator): string[] {
  const slots = plainSlots(operator);
  const tuple = definition(`T_${operator.name}`, operator, cTupleParameters(operator), slots.map(tupleStep));
  if (!hasSimpleForm(operator)) return tuple;
  return [
    ...definition(operator.name, operator, cSimpleParameters(operator), slots.map(simpleStep)),
    ...tuple,
  ];
}

export function hprotoCpp(operators: readonly Operator[]): string {
  return lines(
    `// ${kBanner}`,
    '// The C functions of all operators; prototypes: bindings/c/HalconC.h.',
    '#include "api/c_call.h"',
    '',
    'using alcedo::CCall;',
    '',
    'extern "C" {',
    operators.flatMap(definitions),
    '}  // extern "C"',
  );
}
