// The examples of the reference pages: regions of the programs in test/bindings/examples and of those made of the cases of
// tuple operators, which the tests compile and run. A region stands between a comment "example: operators" and a comment
// "end".
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tupleProgram, type ExampleLanguage } from './tuple_examples.js';

export interface Example {
  readonly language: ExampleLanguage;
  readonly lines: readonly string[];
}

/** By operator: at most one example per language, in the order of the signatures. */
export type Examples = ReadonlyMap<string, readonly Example[]>;

const folder = fileURLToPath(new URL('../../test/bindings/examples', import.meta.url));
const kFiles = [
  ['C', 'examples.c'],
  ['C++', 'examples.cpp'],
  ['.NET', 'Examples.cs'],
  ['Python', 'examples.py'],
  ['TypeScript', 'examples.ts'],
] as const;

const kBegin = /^\s*(?:\/\/|\/\*|#) example: ([\w ]+?)(?: \*\/)?$/;
const kEnd = /^\s*(?:\/\/|\/\*|#) end(?: \*\/)?$/;

function withoutIndent(lines: readonly string[]): string[] {
  const indents = lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)![0].length);
  return lines.map((line) => line.slice(Math.min(...indents)).trimEnd());
}

/** The regions of one program: [operators, lines]. */
export function regions(text: string): [string[], string[]][] {
  const found: [string[], string[]][] = [];
  let open: [string[], string[]] | undefined;
  for (const line of text.split('\n')) {
    const begin = kBegin.exec(line);
    if (begin) {
      if (open) throw new Error(`the example of ${open[0].join(' ')} has no end`);
      open = [begin[1]!.split(' '), []];
    } else if (kEnd.test(line)) {
      if (!open) throw new Error('an example ends that has not begun');
      found.push([open[0], withoutIndent(open[1])]);
      open = undefined;
    } else {
      open?.[1].push(line);
    }
  }
  if (open) throw new Error(`the example of ${open[0].join(' ')} has no end`);
  return found;
}

export function readExamples(): Examples {
  const examples = new Map<string, Example[]>();
  for (const [language, file] of kFiles) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [operators, lines] of [...regions(text), ...regions(tupleProgram(language).text)]) {
      for (const operator of operators) {
        const list = examples.get(operator) ?? [];
        examples.set(operator, list);
        if (!list.some((one) => one.language === language)) list.push({ language, lines });
      }
    }
  }
  return examples;
}
