// The only place for case rules: how operators, parameters and classes are spelled in each language.

/** create_dl_pruning -> CreateDlPruning (C++, C#, TypeScript). */
export function pascalCase(operator: string): string {
  return operator
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** Names that are keywords of C# or TypeScript once the first letter is lowered. */
const kReserved = new Set(
  (
    'base bool byte case char class const default delete double else event export false float for function if import in ' +
    'int interface is let lock long new null object operator out params ref return string switch this true typeof ' +
    'using var void while with yield'
  ).split(' '),
);

/** C# and TypeScript: GenParam -> genParam; DLModelHandle stays, because the second letter is a capital. */
export function camelParameter(name: string): string {
  if (/^[A-Z]{2}/.test(name)) return name;
  const lowered = name.charAt(0).toLowerCase() + name.slice(1);
  return kReserved.has(lowered) ? `${lowered}Val` : lowered;
}

const kPythonReserved = new Set([
  'class',
  'from',
  'global',
  'import',
  'in',
  'is',
  'lambda',
  'not',
  'or',
  'pass',
]);

/** Python: an underscore only between a lower-case letter and a capital: DLModelHandle -> dlmodel_handle. */
export function pythonParameter(name: string): string {
  const lowered = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  return kPythonReserved.has(lowered) ? `${lowered}_` : lowered;
}

/** C++: class of several instances. */
export const arrayClass = (name: string) => `${name}Array`;
