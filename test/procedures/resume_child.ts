// Prunes the toy network and dies by SIGKILL in the middle of its second round. Arguments: model, state folder.
import { HDlModel, HOperatorSet } from '../../src/index.js';
import { pruneDlModel } from '../../src/procedures/index.js';
import { resumeParam } from './resume_param.js';
import { toyData } from './toy.js';

const [file, stateDir] = process.argv.slice(2);
HOperatorSet.SetSystem('autotune', 'false');
const model = new HDlModel(file!);
await pruneDlModel(await toyData(model), model, resumeParam(), {
  stateDir,
  onRound: () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), 30),
});
