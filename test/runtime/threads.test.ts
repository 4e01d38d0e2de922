// Several threads: models in Node's worker threads side by side, calls on one model from the thread pool, numbers of
// compute threads, and the end of a thread or of the process while a call runs.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { HDict, HDlModel, HOperatorSet } from '../../src/index.js';
import { buildPlainCnn, buildResNet } from '../../src/onnx/networks.js';
import { threadSamples, threadWork, type ThreadResult, type ThreadTask } from './threads_work.js';

const SIZE = 16;
const CLASSES = 3;

// A worker does not inherit its parent's loader for TypeScript.
const BOOT = `import { register } from '${import.meta.resolve('tsx/esm/api')}';
register();
await import('${new URL('threads_work.ts', import.meta.url).href}');`;

function startWorker(task: ThreadTask): Worker {
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(BOOT)}`), { workerData: task });
}

describe('threads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alcedo-threads-'));
  const network = { height: SIZE, width: SIZE, numClasses: CLASSES };
  const files = ['residual.onnx', 'plain.onnx'].map((name) => join(folder, name));
  const task = (which: number, rounds: number): ThreadTask => ({
    file: files[which]!,
    size: SIZE,
    classes: CLASSES,
    seed: 3 + which,
    rounds,
  });

  before(() => {
    writeFileSync(files[0]!, buildResNet({ ...network, widths: [8, 16] }));
    writeFileSync(files[1]!, buildPlainCnn({ ...network, widths: [16, 24, 32] }));
  });
  beforeEach(() => {
    HOperatorSet.SetSystem('autotune', 'false');
    HOperatorSet.SetSystem('thread_num', 'default');
  });
  after(() => {
    HOperatorSet.SetSystem('autotune', 'true');
    HOperatorSet.SetSystem('thread_num', 'default');
    rmSync(folder, { recursive: true });
  });

  it('two models in two workers train, infer, score and prune as they do one after the other', async () => {
    const tasks = [task(0, 6), task(1, 6)];
    const serial = tasks.map(threadWork);
    const workers = tasks.map(startWorker);
    const side = await Promise.all(
      workers.map(async (worker) => {
        const [[result]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
        return result as ThreadResult;
      }),
    );
    expect(side).to.deep.equal(serial);
    expect(serial[0]!.losses).to.not.deep.equal(serial[1]!.losses);
  });

  it('calls on one model from the thread pool wait for each other', async () => {
    const samples = threadSamples(task(0, 0));
    const train = (model: HDlModel): number => model.TrainDlModelBatch(samples).GetDictTuple('total_loss').D;
    using alone = new HDlModel(files[0]!);
    using shared = new HDlModel(files[0]!);
    for (const model of [alone, shared]) model.SetDlModelParam('batch_size', samples.length);
    const want = Array.from({ length: 8 }, () => train(alone));

    using prune = shared.CreateDlPruning('oracle', new HDict());
    const calls = Array.from({ length: 8 }, () => shared.TrainDlModelBatchAsync(samples));
    const others = [
      shared.ApplyDlModelAsync(samples, []),
      shared.AddDlPruningBatchAsync(prune, samples),
      shared.ApplyDlModelAsync(samples, []),
    ];
    // The same steps in some order: every loss of the serial run once.
    const losses = (await Promise.all(calls)).map((result) => result.GetDictTuple('total_loss').D);
    expect(losses.sort()).to.deep.equal(want.sort());
    await Promise.all(others);
    expect(prune.GetDlPruningParam('sample_num').I).to.equal(samples.length);
    expect(train(shared)).to.equal(train(alone));
  });

  for (const which of [0, 1]) {
    it(`without autotune one and two threads train to the same bits: ${['residual', 'plain'][which]}`, () => {
      const trained = [1, 2, 0].map((threads) => {
        // The last run is by measured kernels: the same but for rounding.
        HOperatorSet.SetSystem('autotune', threads === 0 ? 'true' : 'false');
        HOperatorSet.SetSystem('thread_num', threads === 0 ? 'default' : threads);
        const samples = threadSamples(task(which, 0));
        using model = new HDlModel(files[which]!);
        model.SetDlModelParam('batch_size', samples.length);
        const losses = Array.from(
          { length: 6 },
          () => model.TrainDlModelBatch(samples).GetDictTuple('total_loss').D,
        );
        const written = join(folder, `trained${threads}.onnx`);
        model.WriteDlModel(written);
        return { losses, bytes: readFileSync(written) };
      });
      expect(trained[1]!.losses).to.deep.equal(trained[0]!.losses);
      expect(trained[1]!.bytes.equals(trained[0]!.bytes)).to.equal(true);
      expect(trained[0]!.bytes.equals(readFileSync(files[which]!))).to.equal(false);
      trained[2]!.losses.forEach((loss, i) => expect(loss).to.be.closeTo(trained[0]!.losses[i]!, 1e-5));
    });
  }

  it('a worker that is ended in the middle of training leaves the others working', async () => {
    const want = threadWork(task(0, 2));
    const worker = startWorker(task(1, 1_000_000));
    await once(worker, 'online');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const during = threadWork(task(0, 2));
    await worker.terminate();
    expect(during).to.deep.equal(want);
    expect(threadWork(task(0, 2))).to.deep.equal(want);
  });

  it('a model that was cleared while calls on it wait is an error of those calls', async () => {
    const samples = threadSamples(task(0, 0));
    const model = new HDlModel(files[0]!);
    model.SetDlModelParam('batch_size', samples.length);
    const calls = Array.from({ length: 4 }, () => model.TrainDlModelBatchAsync(samples));
    HOperatorSet.ClearDlModel(model);
    for (const call of await Promise.allSettled(calls)) {
      if (call.status === 'rejected') expect(call.reason).to.have.property('errorCode', 2454);
    }
    expect(() => model.GetDlModelParam('type')).to.throw(/2454/);
  });

  it('process.exit while a call runs ends with its code', function () {
    this.timeout(60000);
    const script = `
      import { HDlModel, HOperatorSet } from './src/index.ts';
      import { threadSamples } from './test/runtime/threads_work.ts';
      const task = ${JSON.stringify(task(0, 0))};
      HOperatorSet.SetSystem('thread_num', 1);
      const samples = threadSamples(task);
      const model = new HDlModel(task.file);
      model.SetDlModelParam('batch_size', samples.length);
      const many = Array.from({ length: 400 }, () => samples).flat();
      void model.ApplyDlModelAsync(many, []);
      setTimeout(() => process.exit(7), Number(process.env.DELAY));`;
    for (const delay of [0, 5, 40]) {
      const child = spawnSync(process.execPath, ['--import=tsx', '--input-type=module', '--eval', script], {
        env: { ...process.env, NODE_OPTIONS: '', DELAY: String(delay) },
        encoding: 'utf8',
      });
      expect([child.status, child.signal, child.stderr]).to.deep.equal([7, null, '']);
    }
  });
});
