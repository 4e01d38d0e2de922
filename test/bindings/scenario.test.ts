// The same program in five languages (scenario/README.md) gives the same text and the same ONNX file, byte by byte.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  compile,
  compileCsharp,
  hasMono,
  here,
  model,
  must,
  python,
  scratch,
  skip,
  typescript,
} from './tools.js';

const source = (name: string): string => join(here, 'scenario', name);

interface Result {
  readonly text: string;
  readonly onnx: Buffer;
}

describe('scenario', function () {
  this.timeout(600_000);
  let first: Result | undefined;

  function check(language: string, start: (args: string[]) => unknown): void {
    const files = [`scenario-${language}.txt`, `scenario-${language}.onnx`].map((name) =>
      join(scratch, name),
    );
    start([model, ...files]);
    const result = { text: readFileSync(files[0]!, 'utf8'), onnx: readFileSync(files[1]!) };
    first ??= result;
    expect(result.text).to.equal(first.text);
    expect(result.onnx.equals(first.onnx), 'the ONNX files are equal').to.equal(true);
  }

  it('C', () => {
    const program = compile(source('scenario.c'), 'c99');
    check('c', (args) => must(program, args));
    const names = new Set(
      first?.text
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    );
    expect([...names]).to.include.members(['type', 'prunable_kernel_num', 'pruned_kernel_num', 'total_loss']);
    expect(first?.text.match(/^total_loss \d+$/gm)).to.have.length(2);
    expect(Number(/^pruned_kernel_num (\d+)$/m.exec(first?.text ?? '')?.[1])).to.be.greaterThan(0);
  });

  it('C++', () => {
    const program = compile(source('scenario.cpp'), 'c++11');
    check('cpp', (args) => must(program, args));
  });

  it('C#', function () {
    if (!hasMono()) skip(this, 'mcs and mono are not installed');
    const program = compileCsharp(source('Scenario.cs'));
    check('cs', (args) => must('mono', [program, ...args]));
  });

  it('Python', () => {
    check('py', (args) => python([source('scenario.py'), ...args]));
  });

  it('TypeScript', () => {
    check('ts', (args) => typescript([source('scenario.ts'), ...args]));
  });
});
