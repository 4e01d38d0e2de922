// bindings/python/halcon: operators.py (one function per operator, and its `_s` form), operators.pyi (the same with
// documentation, for editors and type checkers) and errors.py (the error codes).
import { errorCodes } from '../operators/errors.js';
import { operators, type Operator, type Parameter } from '../operators/index.js';
import { hasSingleValueForm } from './forms.js';
import { pythonParameter } from './naming.js';
import { pythonSignatures } from './signatures.js';
import { kBanner, lines } from './text.js';

const kFolder = 'bindings/python/halcon';

const tuple = (items: readonly string[]) => (items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`);
const names = (parameters: readonly Parameter[]) =>
  tuple(parameters.map(({ name }) => pythonParameter(name)));

/** One character per output control: '1' exactly one value, '*' a list. */
const outputs = (operator: Operator, single: boolean) =>
  operator.outputControls.map(({ multivalue }) => (single || multivalue === 'false' ? '1' : '*')).join('');

function functions(operator: Operator): string[] {
  const arguments_ = `"${operator.name}", ${names(operator.inputObjects)}, ${names(operator.inputControls)}`;
  return pythonSignatures(operator).flatMap((signature, i) => [
    '',
    '',
    `${signature}:`,
    `    return call(${arguments_}, ${operator.outputObjects.length}, "${outputs(operator, i > 0)}")`,
  ]);
}

function documented(operator: Operator): string[] {
  const inputs = [...operator.inputObjects, ...operator.inputControls];
  const results = [...operator.outputObjects, ...operator.outputControls];
  const text = (parameter: Parameter) =>
    `    ${pythonParameter(parameter.name)}: ${parameter.description.replace(/\\/g, '\\\\')}`;
  return pythonSignatures(operator).flatMap((signature) => [
    '',
    `${signature}:`,
    `    """${operator.brief}`,
    ...(inputs.length > 0 ? ['', ...inputs.map(text)] : []),
    ...(results.length > 0
      ? ['', '    Returns:', ...results.map((parameter) => `    ${text(parameter)}`)]
      : []),
    '    """',
  ]);
}

const kImports = ['from typing import Sequence, Tuple, Union', ''];
const kTypes = 'from .types import HHandle, HObject, HTupleElementType, MaybeSequence';

export function pythonFiles(): { path: string; text: string }[] {
  const all = operators.flatMap(({ name, ...rest }) =>
    hasSingleValueForm({ name, ...rest }) ? [name, `${name}_s`] : [name],
  );
  const exported = ['__all__ = [', ...all.map((name) => `    "${name}",`), ']'];
  return [
    {
      path: `${kFolder}/operators.py`,
      text: lines(
        `# ${kBanner}`,
        kImports,
        'from ._call import call',
        kTypes,
        '',
        exported,
        operators.flatMap(functions),
      ),
    },
    {
      path: `${kFolder}/operators.pyi`,
      text: lines(`# ${kBanner}`, kImports, kTypes, '', exported, operators.flatMap(documented)),
    },
    {
      path: `${kFolder}/errors.py`,
      text: lines(
        `# ${kBanner}`,
        '"""Error codes by their symbols."""',
        '',
        errorCodes().map(({ symbol, code }) => `${symbol} = ${code}`),
      ),
    },
  ];
}
