// What set_system changes in the engine: the number of threads and the choice of kernels leave the scores alone.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HDict, HDlModel, HDlPrune, HOperatorSet } from '../../src/index.js';
import { buildResNet } from '../../src/onnx/networks.js';
import { genRealImage, genSample } from '../../src/procedures/samples.js';

describe('set_system and the engine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alcedo-system-'));
  const file = join(folder, 'net.onnx');
  before(() => writeFileSync(file, buildResNet({ height: 16, width: 16, widths: [8, 16], numClasses: 3 })));
  after(() => {
    HOperatorSet.SetSystem(
      ['autotune', 'autotune_file', 'log', 'log_file'],
      ['true', 'default', 'false', ''],
    );
    HOperatorSet.SetSystem('thread_num', 'default');
    rmSync(folder, { recursive: true });
  });

  function scores(): Float64Array {
    const model = new HDlModel(file);
    model.SetDlModelParam('batch_size', 4);
    const prune = new HDlPrune(model, 'oracle', new HDict());
    const samples = [0, 1, 2, 0].map((label, i) => {
      const pixels = Float32Array.from({ length: 256 }, (_, p) => ((p * (i + 3)) % 17) / 8 - 1);
      return new HDict(genSample(genRealImage(pixels, 16, 16, 1), { image_label_id: label }));
    });
    model.AddDlPruningBatch(prune, samples);
    return HOperatorSet.GetDlPruningParam(prune, 'kernel_scores').ToDArr();
  }

  it('without autotune, one and two threads give the same bits', () => {
    HOperatorSet.SetSystem('autotune', 'false');
    HOperatorSet.SetSystem('thread_num', 1);
    const one = scores();
    HOperatorSet.SetSystem('thread_num', 2);
    expect(scores()).to.deep.equal(one);
    expect(HOperatorSet.GetSystem('thread_num').I).to.equal(2);
  });

  it('autotune changes nothing but the kernels', () => {
    HOperatorSet.SetSystem('autotune', 'false');
    const plain = scores();
    HOperatorSet.SetSystem('autotune', 'true');
    scores().forEach((score, i) => expect(score).to.be.closeTo(plain[i]!, 1e-4));
  });

  it('log: one line per step, with the first run of every plan', () => {
    const log = join(folder, 'plan.log');
    HOperatorSet.SetSystem(['log', 'log_file'], ['plan', log]);
    expect(HOperatorSet.GetSystem('log').S).to.equal('plan');
    scores();
    const text = readFileSync(log, 'utf8');
    HOperatorSet.SetSystem('log', 'false');
    scores();
    expect(readFileSync(log, 'utf8')).to.equal(text);
    expect(text).to.match(/^plan scoring, batch 4, \d+ threads, run 1\nlayer +kernel +format +time +rate\n/);
    expect(text).to.match(
      /^Conv \S+\+BatchNormalization\+Relu +\S.* \[4,\S+ -> \[4,\S+ +[\d.]+ ms +[\d.]+ GFLOP\/s$/m,
    );
    expect(text).to.match(/^total [\d.]+ ms, \d+ steps, \d+ reorders, [\d.]+ MiB\n$/m);
    expect(() => HOperatorSet.SetSystem('log', 'true')).to.throw(/'plan' or 'false'/);
  });

  it('autotune_file: no file with none', () => {
    const file = join(folder, 'kernels.txt');
    HOperatorSet.SetSystem(['autotune', 'autotune_file'], ['true', 'none']);
    scores();
    expect(existsSync(file)).to.equal(false);
    HOperatorSet.SetSystem('autotune_file', file);
    expect(HOperatorSet.GetSystem('autotune_file').S).to.equal(file);
  });

  it('precision bfloat16 where the processor has it, else 7960', () => {
    const model = new HDlModel(file);
    const prune = new HDlPrune(model, 'oracle', new HDict());
    expect(HOperatorSet.GetDlPruningParam(prune, 'precision').S).to.equal('float32');
    const has = HOperatorSet.GetDlDeviceParam(
      HOperatorSet.QueryAvailableDlDevices([], []),
      'precisions',
    ).ToSArr();
    if (has.includes('bfloat16')) {
      prune.SetDlPruningParam('precision', 'bfloat16');
      model.SetDlModelParam('precision', 'bfloat16');
      expect(HOperatorSet.GetDlPruningParam(prune, 'precision').S).to.equal('bfloat16');
      expect(HOperatorSet.GetDlModelParam(model, 'precision').S).to.equal('bfloat16');
    } else {
      expect(() => prune.SetDlPruningParam('precision', 'bfloat16')).to.throw(/7960|avx512_bf16/);
      expect(() => model.SetDlModelParam('precision', 'bfloat16')).to.throw(/7960|avx512_bf16/);
    }
    expect(() => prune.SetDlPruningParam('precision', 'int8')).to.throw(/'float32', 'bfloat16'/);
  });
});
