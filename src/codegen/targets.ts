// Every generated file: path from the repository root, and its text as a function of the table.
import { operators } from '../operators/index.js';
import { kHandwrittenClasses } from '../operators/semantic_types.js';
import { halconCH, halconErrorsH, hprotoCpp } from './c.js';
import { operatorsH, operatorTableCpp } from './core_table.js';
import { cppFiles } from './cpp.js';
import { csharpFiles } from './csharp.js';
import { readExamples } from './examples.js';
import { pythonFiles } from './python.js';
import { referencePages } from './reference.js';
import { classTs, generatedClasses } from './typescript_class.js';
import { indexTs, operatorSetTs } from './typescript_operator_set.js';

export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

export function generatedFiles(): GeneratedFile[] {
  const classes = generatedClasses(operators);
  return [
    { path: 'csrc/generated/operator_table.cpp', text: operatorTableCpp(operators) },
    { path: 'csrc/generated/hproto.cpp', text: hprotoCpp(operators) },
    { path: 'bindings/c/HalconC.h', text: halconCH(operators) },
    { path: 'bindings/c/HalconErrors.h', text: halconErrorsH() },
    { path: 'csrc/generated/operators.h', text: operatorsH(operators) },
    ...cppFiles(),
    ...csharpFiles(),
    ...pythonFiles(),
    ...referencePages(operators, readExamples()),
    { path: 'src/generated/HOperatorSet.ts', text: operatorSetTs(operators) },
    ...classes.map((name) => ({ path: `src/generated/${name}.ts`, text: classTs(operators, name) })),
    { path: 'src/generated/index.ts', text: indexTs(classes, kHandwrittenClasses) },
  ];
}
