import { expect } from 'chai';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { OnnxBuilder } from '../../src/onnx/builder.js';
import { buildPlainCnn, buildResNet } from '../../src/onnx/networks.js';
import { Random } from '../../src/onnx/random.js';

async function run(bytes: Uint8Array, dims: number[]): Promise<Tensor> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const size = dims.reduce((product, dim) => product * dim, 1);
  const random = new Random(1);
  const input = new Tensor(
    'float32',
    Float32Array.from({ length: size }, () => random.normal()),
    dims,
  );
  const outputs = await session.run({ [session.inputNames[0]!]: input });
  return outputs[session.outputNames[0]!]!;
}

describe('onnx builder', () => {
  it('writes a residual network that onnxruntime runs, with any batch size', async () => {
    const bytes = buildResNet({ widths: [8, 16], blocks: 2, numClasses: 5 });
    for (const batch of [1, 3]) {
      const logits = await run(bytes, [batch, 1, 28, 28]);
      expect(logits.dims).to.deep.equal([batch, 5]);
      expect([...(logits.data as Float32Array)].every(Number.isFinite)).to.equal(true);
    }
  });

  it('gives equal files for equal seeds', () => {
    expect(buildPlainCnn({ seed: 3 })).to.deep.equal(buildPlainCnn({ seed: 3 }));
    expect(buildPlainCnn({ seed: 3 })).to.not.deep.equal(buildPlainCnn({ seed: 4 }));
  });

  it('keeps the variance through layers (He initialisation)', async () => {
    const net = new OnnxBuilder('deep', 7);
    let x = net.image('image', 16, 12, 12);
    for (let i = 0; i < 6; i++) x = net.relu(net.conv(x, 32, { bias: true }));
    net.output(x, 'deep', ['N', 32, 12, 12]);
    const values = (await run(net.toBytes(), [1, 16, 12, 12])).data as Float32Array;
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(square).to.be.within(0.1, 10);
  });

  it('joins branches, groups channels and pools', async () => {
    const net = new OnnxBuilder('branches');
    const x = net.image('image', 4, 8, 8);
    const a = net.conv(x, 8, { groups: 4, name: 'depthwise' });
    const b = net.conv(x, 8, { kernel: 1 });
    net.output(net.gemm(net.pool(net.maxPool(net.concat([a, net.add(a, b)]), 2)), 3), 'y', ['N', 3]);
    expect((await run(net.toBytes(), [2, 4, 8, 8])).dims).to.deep.equal([2, 3]);
  });
});
