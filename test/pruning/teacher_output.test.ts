// The teacher's outputs as entry 'teacher_output' of the samples: the same training as with the teacher run every time.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HDict, HDlModel, HOperatorError } from '../../src/index.js';
import { OnnxBuilder } from '../../src/onnx/builder.js';
import { buildResNet } from '../../src/onnx/networks.js';
import { Random } from '../../src/onnx/random.js';
import { genRealImage, genSample } from '../../src/procedures/samples.js';
import { TeacherOutputs } from '../../src/procedures/teacher_outputs.js';

const SIZE = 8;
const BATCH = 4;
const KEY = 'teacher_output';

const classifier = (seed: number): Uint8Array =>
  buildResNet({ height: SIZE, width: SIZE, widths: [4, 8], numClasses: 3, seed });

/** Two outputs of different size: 2 x 8 x 8 and 5 x 4 x 4 numbers. */
function heads(seed: number): Uint8Array {
  const net = new OnnxBuilder('heads', seed);
  const trunk = net.relu(net.conv(net.image('image', 1, SIZE, SIZE), 6, { bias: true }));
  net.output(net.conv(trunk, 2, { kernel: 1, bias: true }), 'large', ['N', 2, SIZE, SIZE]);
  const small = net.conv(net.maxPool(trunk, 2), 5, { kernel: 1, bias: true });
  net.output(small, 'small', ['N', 5, SIZE / 2, SIZE / 2]);
  return net.toBytes();
}

function samples(num: number, seed: number): HDict[] {
  const random = new Random(seed);
  return Array.from({ length: num }, (_, i) => {
    const pixels = Float32Array.from({ length: SIZE * SIZE }, () => random.normal());
    return new HDict(genSample(genRealImage(pixels, SIZE, SIZE, 1), { image_label_id: i % 3 }));
  });
}

for (const [name, build, numbers] of [
  ['a classifier', classifier, 3],
  ['two outputs', heads, 2 * SIZE * SIZE + (5 * SIZE * SIZE) / 4],
] as const) {
  describe(`the teacher's outputs in the samples: ${name}`, () => {
    let folder: string;
    let teacher: HDlModel;
    const open = (seed: number): HDlModel => {
      const file = join(folder, 'net.onnx');
      writeFileSync(file, build(seed));
      const model = new HDlModel(file);
      model.SetDlModelParam('batch_size', BATCH);
      return model;
    };
    const student = (): HDlModel => {
      const model = open(2);
      model.SetDlModelParam('teacher', teacher);
      model.SetDlModelParam('learning_rate', 0.01);
      return model;
    };
    const taught = (num: number, seed: number): HDict[] => {
      const made = samples(num, seed);
      const outputs = student().ApplyDlModel(made, KEY);
      outputs.forEach((output, i) => made[i]!.SetDictTuple(KEY, output.GetDictTuple(KEY)));
      return made;
    };
    const losses = (batches: readonly HDict[][]): number[] => {
      const model = student();
      return batches.map((batch) => model.TrainDlModelBatch(batch).GetDictTuple('total_loss').D);
    };

    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'alcedo-teacher-'));
      teacher = open(1);
    });
    after(() => rmSync(folder, { recursive: true }));

    it('apply_dl_model gives them, alone or beside the rest', () => {
      const made = samples(BATCH + 1, 3);
      const model = student();
      const alone = model.ApplyDlModel(made, KEY).map((result) => result.GetDictTuple(KEY).ToDArr());
      expect(alone.map((values) => values.length)).to.deep.equal(made.map(() => numbers));
      expect(new Set(alone.map(String)).size).to.equal(made.length);
      const both = model.ApplyDlModel(made, [KEY, 'teacher_distance']);
      // The model's own teacher is as far away as the sums say.
      teacher.SetDlModelParam('teacher', teacher);
      const own = teacher.ApplyDlModel(made, [KEY, 'teacher_distance']);
      both.forEach((result, i) => {
        expect(result.GetDictTuple(KEY).ToDArr()).to.deep.equal(alone[i]);
        expect(own[i]!.GetDictTuple(KEY).ToDArr()).to.deep.equal(alone[i]);
        expect(own[i]!.GetDictTuple('teacher_distance').D).to.be.closeTo(0, 1e-9);
        expect(result.GetDictTuple('teacher_distance').D).to.be.greaterThan(1e-4);
      });
      expect(() => open(2).ApplyDlModel(made, KEY)).to.throw(HOperatorError, `'${KEY}' needs the parameter`);
    });

    it('training reads them in place of running the teacher, to the same numbers', () => {
      const [plain, carried] = [samples, taught].map((make) => [
        make(BATCH, 5),
        make(BATCH, 6),
        make(BATCH, 5),
      ]);
      const wanted = losses(plain!);
      expect(wanted[2]).to.be.lessThan(wanted[0]!);
      expect(losses(carried!)).to.deep.equal(wanted);
      // They are what is read: others give another loss; where one sample has none, the teacher is run for all.
      const zeros = taught(BATCH, 5);
      for (const sample of zeros) sample.SetDictTuple(KEY, new Array<number>(numbers).fill(0.5));
      expect(losses([zeros])[0]).not.to.be.closeTo(wanted[0]!, 1e-4);
      zeros[1]!.RemoveDictKey(KEY);
      expect(losses([zeros])).to.deep.equal(wanted.slice(0, 1));
    });

    it('entries that are no such outputs are refused', () => {
      const refused = (value: number[] | string[], code: string, text: string): void => {
        const batch = taught(BATCH, 5);
        batch[2]!.SetDictTuple(KEY, value);
        expect(() => losses([batch]))
          .to.throw(HOperatorError, code)
          .with.property('message')
          .that.contains(`sample 2, entry '${KEY}'`)
          .and.contains(text);
      };
      const right = new Array<number>(numbers).fill(1);
      refused(right.slice(1), '7789', `found ${numbers - 1} values, wanted ${numbers}`);
      refused(right.map(String), '7790', 'wanted a number');
      refused([...right.slice(1), NaN], '7791', `at index ${numbers - 1}`);
    });

    it('are asked for once per image', async () => {
      const outputs = new TeacherOutputs();
      const model = student();
      await outputs.addTo(model, [4, 9, 1], samples(3, 7));
      model.SetDlModelParam('teacher', []); // nobody is left to ask
      const again = samples(2, 8);
      await outputs.addTo(model, [1, 4], again);
      const wanted = taught(3, 7).map((sample) => sample.GetDictTuple(KEY).ToDArr());
      expect(again.map((sample) => sample.GetDictTuple(KEY).ToDArr())).to.deep.equal([wanted[2], wanted[0]]);
      const error = await outputs.addTo(model, [1, 5], samples(2, 8)).catch((thrown: unknown) => thrown);
      expect(String(error)).to.contain('teacher');
    });
  });
}
