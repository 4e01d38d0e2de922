// What set_system changes in the engine: the number of threads and the choice of kernels leave the scores alone.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
    HOperatorSet.SetSystem('autotune', 'true');
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
});
