// image_width, image_height and image_dimensions of a model: one after the other or at once, for networks that allow it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HDlModel } from '../../src/index.js';
import { OnnxBuilder } from '../../src/onnx/builder.js';
import { genRealImage, genSample } from '../../src/procedures/samples.js';

describe('image size of a model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alcedo-size-'));
  after(() => rmSync(folder, { recursive: true }));

  function write(name: string, height: number | string, width: number | string, pooled: boolean): string {
    const net = new OnnxBuilder('sizes');
    const maps = net.relu(net.conv(net.input('image', ['N', 1, height, width]), 4, { kernel: 3, pad: 1 }));
    const flat = pooled ? net.pool(maps) : net.apply('Flatten', maps, { axis: 1 });
    const features = pooled ? 4 : 4 * Number(height) * Number(width);
    net.output(net.gemm({ ...flat, channels: features }, 3), 'logits', ['N', 3]);
    const file = join(folder, `${name}.onnx`);
    writeFileSync(file, net.toBytes());
    return file;
  }

  function confidences(model: HDlModel, width: number, height: number): number[] {
    const pixels = Float32Array.from({ length: width * height }, (_, p) => (p % 7) / 7);
    const [result] = model.ApplyDlModel([genSample(genRealImage(pixels, width, height, 1))], []);
    return [...result!.GetDictTuple('classification_confidences').ToDArr()];
  }

  for (const [name, height, width] of [
    ['fixed', 8, 8],
    ['open', 'H', 'W'],
  ] as const) {
    it(`${name} in the file: width, then height, and back`, () => {
      const file = write(name, height, width, true);
      const model = new HDlModel(file);
      model.SetDlModelParam('image_width', 12);
      model.SetDlModelParam('image_height', 10);
      expect(model.GetDlModelParam('image_dimensions').ToIArr()).to.deep.equal([12, 10, 1]);
      const small = confidences(model, 12, 10);
      model.SetDlModelParam('image_dimensions', [9, 7, 1]);
      expect(confidences(model, 9, 7)).to.not.deep.equal(small);
      model.SetDlModelParam('image_dimensions', [12, 10, 1]);
      expect(confidences(model, 12, 10)).to.deep.equal(small);
    });
  }

  it('a network that reads every position keeps its size: 7775', () => {
    const model = new HDlModel(write('flat', 8, 8, false));
    expect(() => model.SetDlModelParam('image_width', 12))
      .to.throw(/images of 12 x 8/)
      .with.property('errorCode', 7775);
    expect(model.GetDlModelParam('image_width').I).to.equal(8);
  });
});
