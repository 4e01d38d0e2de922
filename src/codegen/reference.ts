// docs/reference: one Markdown page per operator, and the index by chapter. Examples are cut from tests.
import { errorCodes } from '../operators/errors.js';
import { classOf } from '../operators/semantic_types.js';
import { allParameters, type ErrorCase, type Operator, type Parameter } from '../operators/index.js';
import type { Examples } from './examples.js';
import { documentedSignatures } from './signatures.js';
import { hdevelopValue, kBanner, lines } from './text.js';
import { typescriptMethodSignatures } from './typescript_class.js';
import { typescriptProceduralSignatures } from './typescript_operator_set.js';

const kFence: Readonly<Record<string, string>> = {
  HDevelop: 'text',
  C: 'c',
  'C++': 'cpp',
  '.NET': 'csharp',
  Python: 'python',
  TypeScript: 'typescript',
};

function signatures(operator: Operator): string[] {
  const blocks = [
    ...documentedSignatures(operator),
    {
      language: 'TypeScript',
      signatures: [...typescriptProceduralSignatures(operator), ...typescriptMethodSignatures(operator)],
    },
  ];
  return blocks.flatMap((block) => [
    '',
    `**${block.language}**`,
    '',
    `\`\`\`${kFence[block.language]!}`,
    ...block.signatures,
    '```',
  ]);
}

const code = (text: string) => `\`${text}\``;
const cell = (text: string) => text.replaceAll('|', '\\|');
const values = (list: readonly (number | string)[]) =>
  list.map((value) => code(hdevelopValue(value))).join(', ');

const kMultivalue = { false: '', true: ' (-array)', optional: ' (single value or array)' } as const;

function typeText(parameter: Parameter): string {
  const name = classOf(parameter.semType);
  const elements = parameter.types.length > 0 ? ` → ${parameter.types.join(' / ')}` : '';
  return `${parameter.semType}${kMultivalue[parameter.multivalue]}${name ? `, ${name}` : ''}${elements}`;
}

function limits(parameter: Parameter): string {
  const { min, max } = parameter;
  if (min !== undefined && max !== undefined) return `Range: ${min} … ${max}.`;
  if (min !== undefined) return `At least ${min}.`;
  return max === undefined ? '' : `At most ${max}.`;
}

function notes(parameter: Parameter): string {
  const parts = [
    parameter.description,
    parameter.default === undefined ? '' : `Default: ${code(hdevelopValue(parameter.default))}.`,
    parameter.values.length > 0 ? `List of values: ${values(parameter.values)}.` : '',
    parameter.suggested.length > 0 ? `Suggested values: ${values(parameter.suggested)}.` : '',
    limits(parameter),
    parameter.emptyAllowed && parameter.multivalue !== 'true' ? 'May be empty.' : '',
    parameter.modified ? 'Its state is modified.' : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function parameterTable(operator: Operator): string[] {
  const rows = (parameters: readonly Parameter[], cls: string) =>
    parameters.map((p) => `| ${code(p.name)} | ${cls} | ${cell(typeText(p))} | ${cell(notes(p))} |`);
  if (allParameters(operator).length === 0) return ['The operator has no parameters.'];
  return [
    '| parameter | class | type | |',
    '| --- | --- | --- | --- |',
    ...rows(operator.inputObjects, 'input_object'),
    ...rows(operator.outputObjects, 'output_object'),
    ...rows(operator.inputControls, 'input_control'),
    ...rows(operator.outputControls, 'output_control'),
  ];
}

/** Errors that follow from the declarations of the parameters. */
function declaredErrors(operator: Operator): ErrorCase[] {
  const handles = operator.inputControls.filter((p) => p.types[0] === 'handle' && p.types.length === 1);
  const cases = operator.inputControls.flatMap((parameter, i) => {
    const n = i + 1;
    const name = code(parameter.name);
    return [
      ...(parameter.types.length < 4 ? [{ code: 1200 + n, when: `${name} has a wrong type` }] : []),
      ...(parameter.values.length > 0 || parameter.min !== undefined || parameter.max !== undefined
        ? [{ code: 1300 + n, when: `${name} has a value that is not allowed` }]
        : []),
      ...(parameter.multivalue === 'false' || !parameter.emptyAllowed
        ? [{ code: 1400 + n, when: `${name} has a wrong number of values` }]
        : []),
    ];
  });
  if (handles.length === 0) return cases;
  return [
    ...cases,
    { code: 2404, when: 'a handle has another type' },
    { code: 2453, when: 'a handle is null' },
    { code: 2454, when: 'a handle was cleared' },
  ];
}

function errorTable(operator: Operator, symbols: ReadonlyMap<number, string>): string[] {
  const cases = [...declaredErrors(operator), ...operator.errors].sort((a, b) => a.code - b.code);
  if (cases.length === 0) return [];
  return [
    '',
    '| error | symbol | when |',
    '| --- | --- | --- |',
    ...cases.map((one) => `| ${one.code} | ${code(symbols.get(one.code) ?? '')} | ${cell(one.when)} |`),
  ];
}

function links(title: string, names: readonly string[], known: ReadonlySet<string>): string[] {
  if (names.length === 0) return [];
  const list = names.map((name) => (known.has(name) ? `[${name}](${name}.md)` : name));
  return ['', `## ${title}`, '', list.join(', ')];
}

function threading({ threading: t }: Operator): string[] {
  return [
    `- Multithreading type: ${t.reentrant ? 'reentrant (runs in parallel with itself and other operators)' : 'exclusive'}.`,
    `- Multithreading scope: ${t.scope === 'global' ? 'global (may be called from any thread)' : 'local (only from the thread that made the handle)'}.`,
    `- ${t.parallel === 'none' ? 'Processed without automatic parallelization over tuples.' : 'Parallelized internally.'}`,
  ];
}

/** Notes that follow from handles among the parameters. */
function handleNotes(operator: Operator): string[] {
  const returned = operator.outputControls.some((p) => classOf(p.semType) !== undefined);
  const modified = operator.inputControls.filter((p) => p.modified).map((p) => code(p.name));
  return [
    ...(returned
      ? [
          '- This operator returns a handle. The state of an instance of this handle type may be changed by operators ' +
            'that take the handle as an input parameter.',
        ]
      : []),
    ...(modified.length > 0
      ? [
          `- This operator modifies the state of ${modified.join(', ')}: calls with the same handle wait for each other.`,
        ]
      : []),
  ];
}

function exampleBlocks(operator: Operator, examples: Examples): string[] {
  const blocks = examples.get(operator.name) ?? [];
  if (blocks.length === 0) return [];
  return [
    '',
    '## Example',
    ...blocks.flatMap(({ language, lines }) => [
      '',
      `**${language}**`,
      '',
      `\`\`\`${kFence[language]!}`,
      ...lines,
      '```',
    ]),
  ];
}

export function referencePage(
  operator: Operator,
  known: ReadonlySet<string>,
  symbols: ReadonlyMap<number, string>,
  examples: Examples,
): string {
  return lines(
    `<!-- ${kBanner} -->`,
    `# ${operator.name}`,
    '',
    operator.brief,
    '',
    '## Signatures',
    signatures(operator),
    '',
    '## Description',
    operator.description.flatMap((paragraph) => ['', paragraph]),
    '',
    '## Execution information',
    '',
    threading(operator),
    handleNotes(operator),
    '',
    '## Parameters',
    '',
    parameterTable(operator),
    '',
    '## Result',
    '',
    operator.result,
    errorTable(operator, symbols),
    exampleBlocks(operator, examples),
    links('Possible predecessors', operator.predecessors, known),
    links('Possible successors', operator.successors, known),
    links('Alternatives', operator.alternatives, known),
    links('See also', operator.seeAlso, known),
    operator.references.length > 0 ? ['', '## References', '', ...operator.references] : [],
    '',
    '## Module',
    '',
    `${operator.module}. Keywords: ${operator.keywords.join(', ') || 'none'}.`,
  );
}

function indexPage(operators: readonly Operator[]): string {
  const chapters = [...new Set(operators.map((operator) => operator.chapter))].sort();
  return lines(
    `<!-- ${kBanner} -->`,
    '# Operator reference',
    '',
    `${operators.length} operators, by chapter.`,
    chapters.flatMap((chapter) => [
      '',
      `## ${chapter}`,
      '',
      '| operator | |',
      '| --- | --- |',
      ...operators
        .filter((operator) => operator.chapter === chapter)
        .map((operator) => `| [${operator.name}](${operator.name}.md) | ${operator.brief} |`),
    ]),
  );
}

export function referencePages(
  operators: readonly Operator[],
  examples: Examples,
): { path: string; text: string }[] {
  const known = new Set(operators.map((operator) => operator.name));
  const symbols = new Map(errorCodes().map((error) => [error.code, error.symbol]));
  return [
    { path: 'docs/reference/README.md', text: indexPage(operators) },
    ...operators.map((operator) => ({
      path: `docs/reference/${operator.name}.md`,
      text: referencePage(operator, known, symbols, examples),
    })),
  ];
}
