// The HDevelop form of the documented page as TypeScript calls it; the forms are those of .NET. Prints the line.
import { HDict, HDlModel, HDlPrune, HOperatorSet } from '../../../src/index.js';

const model = new HDlModel(process.argv[2]!);
const check = (handle: { SemType(): string }, form: string): void => {
  if (handle.SemType() !== 'dl_pruning') throw new Error(`no pruning handle: ${form}`);
};
const handle = HOperatorSet.CreateDlPruning(model, 'oracle', []);
check(handle.H as HDlPrune, 'HOperatorSet');
check(model.CreateDlPruning('oracle', new HDict()), 'HDlModel');
check(new HDlPrune(model, 'oracle', new HDict()), 'HDlPrune');
const replaced = new HDlPrune();
replaced.CreateDlPruning(model, 'oracle', new HDict());
check(replaced, 'replaced');
console.log('create_dl_pruning( : : DLModelHandle, Mode, GenParam : DLPruningHandle)');
