// The documented pruning operators by hand, without the procedures: score, generate, retrain, write.
// node --import=tsx examples/prune.ts model.onnx folder-of-classes small.onnx
import { HDlModel, HDlPrune, HOperatorError } from '../src/index.js';
import {
  createDlPreprocessParamFromModel,
  ensureSplit,
  genDlSamples,
  preprocessDlDataset,
  readDlDatasetClassification,
} from '../src/procedures/index.js';

const [modelFile, folder, outFile] = process.argv.slice(2);
if (!modelFile || !folder || !outFile) {
  console.error('usage: prune.ts model.onnx folder-of-classes small.onnx');
  process.exit(2);
}

try {
  using model = new HDlModel(modelFile);
  const dataset = readDlDatasetClassification(folder);
  ensureSplit(dataset);
  const data = await preprocessDlDataset(dataset, createDlPreprocessParamFromModel(model));
  const train = data.indices('train');
  const batchSize = Math.min(32, train.length);
  model.SetDlModelParam('batch_size', batchSize);

  // Score: every batch adds to what the handle has collected.
  using pruning = new HDlPrune(model, 'oracle', []);
  for (let begin = 0; begin + batchSize <= Math.min(train.length, 512); begin += batchSize) {
    const samples = genDlSamples(data, train.slice(begin, begin + batchSize));
    model.AddDlPruningBatch(pruning, samples);
    for (const sample of samples) sample.Dispose();
  }

  // Prune: the result is a new model, the old one is left as it is.
  pruning.SetDlPruningParam('percentage', 30);
  using pruned = model.GenDlPrunedModel(pruning);
  const removed = pruning.GetDlPruningParam('pruned_kernel_num').I;
  console.log(
    `${removed} kernels removed, ${pruning.GetDlPruningParam('pruned_percentage').D.toFixed(1)} % of those that can leave`,
  );

  // Retrain for one epoch.
  pruned.SetDlModelParam('learning_rate', 0.005);
  for (let begin = 0; begin + batchSize <= train.length; begin += batchSize) {
    const samples = genDlSamples(data, train.slice(begin, begin + batchSize));
    using result = await pruned.TrainDlModelBatchAsync(samples);
    if (begin % (20 * batchSize) === 0) console.log(`loss ${result.GetDictTuple('total_loss').D.toFixed(4)}`);
    for (const sample of samples) sample.Dispose();
  }

  pruned.WriteDlModel(outFile);
  const params = (handle: HDlModel): number => handle.GetDlModelParam('num_trainable_params').I;
  console.log(`${outFile}: ${params(pruned)} of ${params(model)} parameters`);
} catch (error) {
  if (!(error instanceof HOperatorError)) throw error;
  console.error(`${error.operatorName}: ${error.errorText} (error ${error.errorCode})`);
  process.exitCode = 1;
}
