// What can be pruned in a network? node --import=tsx examples/create_dl_pruning.ts model.onnx
import { HOperatorSet } from '../src/index.js';

const [file] = process.argv.slice(2);
if (!file) {
  console.error('usage: create_dl_pruning.ts model.onnx');
  process.exit(2);
}
const model = HOperatorSet.ReadDlModel(file);
const pruning = HOperatorSet.CreateDlPruning(model, 'oracle', []);
const get = (name: string) => HOperatorSet.GetDlPruningParam(pruning, name);
console.log(
  `${get('prunable_conv_num')} convolutions can be pruned, ${get('prunable_kernel_num')} kernels can leave:`,
);
for (const name of get('prunable_conv_layer_name').ToSArr()) console.log(`  ${name}`);
