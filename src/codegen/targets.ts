// Every generated file: path from the repository root, and its text as a function of the table.
import { operators } from '../operators/index.js';
import { halconCH, hprotoCpp } from './c.js';
import { operatorsH, operatorTableCpp } from './core_table.js';
import { cppFiles } from './cpp.js';
import { csharpFiles } from './csharp.js';
import { pythonFiles } from './python.js';

export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

export function generatedFiles(): GeneratedFile[] {
  return [
    { path: 'csrc/generated/operator_table.cpp', text: operatorTableCpp(operators) },
    { path: 'csrc/generated/hproto.cpp', text: hprotoCpp(operators) },
    { path: 'bindings/c/HalconC.h', text: halconCH(operators) },
    { path: 'csrc/generated/operators.h', text: operatorsH(operators) },
    ...cppFiles(),
    ...csharpFiles(),
    ...pythonFiles(),
  ];
}
