// A run that was killed goes on from the state on disk and ends in the same model, bit for bit.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { HDlModel, HOperatorSet } from '../../src/index.js';
import { createDlPruneParam, pruneDlModel } from '../../src/procedures/index.js';
import { resumeParam } from './resume_param.js';
import { toyData, toyNetwork } from './toy.js';

describe('a killed run', () => {
  let folder: string;
  // Kernels chosen by timing round differently from run to run.
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'alcedo-resume-'));
    HOperatorSet.SetSystem('autotune', 'false');
  });
  after(() => {
    HOperatorSet.SetSystem('autotune', 'true');
    rmSync(folder, { recursive: true });
  });

  it('goes on after kill -9 and ends in the same model', async function () {
    this.timeout(120000);
    const file = join(folder, 'toy.onnx');
    const stateDir = join(folder, 'state');
    writeFileSync(file, toyNetwork());
    const child = fileURLToPath(new URL('resume_child.ts', import.meta.url));
    const killed = spawnSync(process.execPath, ['--import=tsx', child, file, stateDir], { encoding: 'utf8' });
    expect(killed.signal, killed.stderr).to.equal('SIGKILL');
    expect(readdirSync(stateDir)).to.include('round-1.onnx').and.not.include('round-3.onnx');

    const run = async (dir?: string): Promise<{ bytes: Buffer; rounds: number[] }> => {
      const model = new HDlModel(file);
      const seen: number[] = [];
      const result = await pruneDlModel(await toyData(model), model, resumeParam(), {
        stateDir: dir,
        onRound: (round) => seen.push(round.round),
      });
      const out = join(folder, 'out.onnx');
      result.model.WriteDlModel(out);
      return { bytes: readFileSync(out), rounds: seen };
    };
    const resumed = await run(stateDir);
    const whole = await run();
    expect(whole.rounds).to.deep.equal([1, 2, 3]);
    expect(resumed.rounds[0]).to.be.greaterThan(1);
    expect(resumed.bytes.equals(whole.bytes)).to.equal(true);
  });
});

describe('a state of other data', () => {
  it('is known by a single pixel', async function () {
    this.timeout(60000);
    const folder = mkdtempSync(join(tmpdir(), 'alcedo-pixel-'));
    const stateDir = join(folder, 'state');
    writeFileSync(join(folder, 'toy.onnx'), toyNetwork());
    const model = new HDlModel(join(folder, 'toy.onnx'));
    const data = await toyData(model);
    const param = createDlPruneParam(20, 1, { scoreSamples: 24 });
    await pruneDlModel(data, model, param, { stateDir });
    await pruneDlModel(data, model, param, { stateDir });
    data.dataset.samples[0]!.image!.data[0]! ^= 1;
    const error = await pruneDlModel(data, model, param, { stateDir }).catch((e: unknown) => e as Error);
    expect((error as Error).message).to.contain('other images');
    rmSync(folder, { recursive: true });
  });
});
