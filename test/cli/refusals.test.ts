// What the commands refuse, before they begin to work: the text names what was found and what is wanted.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { HDlModel, HOperatorError } from '../../src/index.js';
import { main } from '../../src/cli/main.js';
import { OnnxBuilder } from '../../src/onnx/builder.js';
import { CLASS_NAMES, SIZE, toyNetwork } from '../procedures/toy.js';

describe('what the commands refuse', () => {
  let folder: string;
  let model: string;
  let data: string;
  let out: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'alcedo-refusals-'));
    [model, data, out] = [join(folder, 'toy.onnx'), join(folder, 'data'), join(folder, 'out.onnx')];
    writeFileSync(model, toyNetwork());
    await images('data', [...CLASS_NAMES], 5);
  });

  after(() => rmSync(folder, { recursive: true }));

  async function images(name: string, classes: readonly string[], num: number): Promise<string> {
    for (const one of classes) {
      mkdirSync(join(folder, name, one), { recursive: true });
      for (let i = 0; i < num; i++)
        await sharp({ create: { width: SIZE, height: SIZE, channels: 3, background: { r: i, g: 9, b: 9 } } })
          .png()
          .toFile(join(folder, name, one, `${i}.png`));
    }
    return join(folder, name);
  }

  async function alcedo(...args: string[]): Promise<{ code: number; text: string; shown: string }> {
    const [shown, text] = [process.stdout.write, process.stderr.write];
    const written = { shown: '', text: '' };
    process.stdout.write = (part) => Boolean((written.shown += String(part)));
    process.stderr.write = (part) => Boolean((written.text += String(part)));
    try {
      return { code: await main(args), ...written };
    } finally {
      [process.stdout.write, process.stderr.write] = [shown, text];
    }
  }

  async function refused(code: number, args: readonly string[], ...words: string[]): Promise<void> {
    const { code: found, text } = await alcedo(...args);
    expect(text).to.not.match(/^ +at /m);
    for (const word of words) expect(text).to.contain(word);
    expect(found, text).to.equal(code);
  }

  it('a place that cannot be written to, before any image is read', async () => {
    const busy = join(folder, 'busy.onnx');
    mkdirSync(busy, { recursive: true });
    const prune = ['prune', model, '--data', data, '--out'];
    await refused(2, [...prune, busy], '--out', 'busy.onnx', 'is a folder');
    await refused(2, [...prune, join(model, 'a.onnx')], 'toy.onnx', 'no folder');
    await refused(2, [...prune, '/proc/none/a.onnx'], '/proc/none', 'no folder');
    await refused(2, [...prune, out, '--state', model], '--state', 'toy.onnx', 'no folder');
    await refused(2, ['train', model, '--data', data, '--out', busy], 'is a folder');
    await refused(2, ['sensitivity', model, '--data', data, '--json', busy], '--json', 'is a folder');
  });

  it('numbers and options that say nothing', async () => {
    const evaluate = ['eval', model, '--data', data];
    await refused(2, [...evaluate, '--batch-size', '1e99'], "'1e99' is not a positive integer");
    await refused(2, [...evaluate, '--seed', '1e99'], "'1e99' is not a whole number");
    await refused(2, [...evaluate, '--range', '1,'], "'1,' is no list of numbers");
    await refused(2, ['train', model, '--data', data, '--out', out, '--distill'], '--teacher');
    await refused(2, ['train', model, '--data', data, '--out', out, '--no-labels'], '--teacher');
    await refused(
      2,
      [...evaluate, '--range', '0,1', '--mean', '1', '--deviation', '1'],
      '--range and --mean',
    );
    const prune = ['prune', model, '--data', data, '--out', out];
    await refused(2, [...prune, '--latency-batch', '2'], '--latency-batch', 'latency_ms');
    await refused(2, [...prune, '--epochs', '0', '--updates', '5'], '--updates', '--epochs is 0');
    await refused(2, [...prune, '--epochs', '0', '--schedule', 'magic'], "'magic' is no schedule");
    const taught = ['train', model, '--data', data, '--out', out, '--teacher', model];
    await refused(2, taught, '--teacher does nothing without --distill');
    const shift = ['train', model, '--data', data, '--out', out, '--shift', String(SIZE)];
    await refused(1, shift, `a shift of ${SIZE} pixels`, `images of ${SIZE} pixels`);
  });

  it('classes that the model does not have', async () => {
    const named = join(folder, 'named.onnx');
    expect((await alcedo('train', model, '--data', data, '--out', named, '--updates', '1')).code).to.equal(0);
    const other = await images('other', ['Horizontal', 'square'], 1);
    await refused(1, ['eval', named, '--data', other], "'Horizontal'", 'horizontal, square, vertical');
    const many = await images('many', ['a', 'b', 'c', 'd'], 1);
    await refused(1, ['eval', model, '--data', many], '4 classes, the model 3');
    // Fewer are a part of them.
    const few = await images('few', ['horizontal', 'vertical'], 5);
    for (const one of [named, model]) {
      const { code, shown, text } = await alcedo('eval', one, '--data', few, '--split', 'all', '--json');
      expect(code, text).to.equal(0);
      const { classes } = JSON.parse(shown) as { classes: { count: number }[] };
      const counts = classes.map(({ count }) => count);
      expect(counts).to.deep.equal(one === named ? [5, 0, 5] : [5, 5, 0]);
    }
  });

  it('a network that is no classifier, a split without images', async () => {
    const net = new OnnxBuilder('map');
    const map = net.conv(net.relu(net.conv(net.image('image', 1, SIZE, SIZE), 4)), 3);
    net.output(map, 'map', ['N', 3, SIZE, SIZE]);
    const generic = join(folder, 'map.onnx');
    writeFileSync(generic, net.toBytes());
    for (const command of ['eval', 'sensitivity'])
      await refused(1, [command, generic, '--data', data], 'needs a classifier', "'generic'");
    await refused(1, ['apply', generic, join(data, 'square', '0.png')], 'needs a classifier');
    // The criteria that need no labels are compared.
    const compare = ['compare-criteria', generic, '--data', data, '--samples', '4'];
    const { code, shown, text } = await alcedo(...compare, '--json');
    expect(code, text).to.equal(0);
    const names = (JSON.parse(shown) as { criteria: { criterion: string }[] }).criteria.map(
      (one) => one.criterion,
    );
    expect(names).to.include('taylor').and.not.include('mutual_information');
    await refused(
      1,
      [...compare, '--criteria', 'taylor', 'mutual_information'],
      'needs a classifier and labels',
    );
    const one = await images('one', [...CLASS_NAMES], 1);
    for (const command of ['eval', 'sensitivity'])
      await refused(1, [command, model, '--data', one], 'train 3, validation 0, test 0');
  });

  it('a network with an operator that is not known, by its node, and before any image is read', async () => {
    const net = new OnnxBuilder('strange');
    const x = net.apply('Mystery', net.relu(net.conv(net.image('image', 1, SIZE, SIZE), 4)), {}, 'odd');
    net.output(net.gemm(net.pool(net.relu(net.conv(x, 6))), 3), 'logits', ['N', 3]);
    const strange = join(folder, 'strange.onnx');
    writeFileSync(strange, net.toBytes());
    const words = ['strange.onnx', '[Mystery odd] is an unknown operator'];
    const nothing = join(folder, 'nothing');
    for (const command of ['eval', 'sensitivity', 'compare-criteria'])
      await refused(1, [command, strange, '--data', nothing], ...words);
    for (const command of ['train', 'prune'])
      await refused(1, [command, strange, '--data', nothing, '--out', out], ...words);
    await refused(1, ['apply', strange, join(data, 'square', '0.png')], ...words);
    const { code, shown } = await alcedo('info', strange);
    expect(code).to.equal(0);
    expect(shown).to.contain('cannot be run: [Mystery odd] is an unknown operator');
    using model = new HDlModel(strange);
    expect(() => model.SetDlModelParam('teacher', model)).to.throw(HOperatorError, '[Mystery odd]');
    expect(() => model.SetDlModelParam('type', 'classification')).to.throw(HOperatorError, '[Mystery odd]');
  });

  it('a network for images of four channels', async () => {
    const net = new OnnxBuilder('four');
    net.output(net.gemm(net.pool(net.relu(net.conv(net.image('image', 4, SIZE, SIZE), 4))), 3), 'logits', [
      'N',
      3,
    ]);
    const four = join(folder, 'four.onnx');
    writeFileSync(four, net.toBytes());
    await refused(
      1,
      ['eval', four, '--data', data, '--split', 'all'],
      'has 1 or 3 channels, the network wants 4',
    );
  });

  it('images that are none', async () => {
    const bad = await images('bad', [...CLASS_NAMES], 1);
    const whole = readFileSync(join(bad, 'square', '0.png'));
    writeFileSync(join(bad, 'square', 'cut.png'), whole.subarray(0, whole.length - 30));
    writeFileSync(join(bad, 'square', 'text.png'), 'text');
    const words = ['2 of 5', 'cut.png: damaged or cut off', 'text.png: no image of a known format (png'];
    await refused(1, ['train', model, '--data', bad, '--out', out], ...words);
  });

  it('a fixed batch size is kept', async () => {
    const net = new OnnxBuilder('fixed');
    const x = net.relu(net.conv(net.input('image', [4, 1, SIZE, SIZE]), 4));
    net.output(net.gemm(net.pool(x), 3), 'logits', [4, 3]);
    const fixed = join(folder, 'fixed.onnx');
    writeFileSync(fixed, net.toBytes());
    const { code, text } = await alcedo('eval', fixed, '--data', data, '--split', 'all');
    expect(code, text).to.equal(0);
  });

  it('a state folder of another run, or of one at work', async () => {
    const state = join(folder, 'state');
    const prune = ['prune', model, '--data', data, '--epochs', '0', '--out', out, '--state', state];
    // All kernels leave in the first of the rounds.
    const first = await alcedo(...prune, '--percentage', '100');
    expect(first.code, first.text).to.equal(0);
    expect(readdirSync(state).sort()).to.deep.equal(['round-1.onnx', 'state.json']);
    await refused(1, [...prune, '--percentage', '50'], "'percentage' was 100 and is 50");
    rmSync(join(data, 'square', '4.png'));
    await refused(1, [...prune, '--percentage', '100'], 'other images');
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const start = stat.split(') ').at(-1)!.split(' ')[19];
    writeFileSync(join(state, '.lock'), `${process.ppid} ${start}`);
    await refused(1, prune, `process ${process.ppid} is at work`);
    writeFileSync(join(state, '.lock'), `${process.ppid} 1`); // killed, and its number taken by another
    writeFileSync(join(state, 'state.json'), 'half');
    await refused(1, prune, 'state.json', 'no record of a run');
  });
});
