// Bad input to the deep-learning operators: a clear error each (code, operator, what was found and wanted), and
// process, model and existing files unharmed.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HDict, HDlModel, HDlPrune, HHandle, HOperatorError, HOperatorSet } from '../../src/index.js';
import { OnnxBuilder } from '../../src/onnx/builder.js';
import { buildPlainCnn, buildResNet } from '../../src/onnx/networks.js';
import { genRealImage, genSample } from '../../src/procedures/samples.js';

const SIZE = 12;

function pixels(channels = 1, size = SIZE): Float32Array {
  return Float32Array.from({ length: channels * size * size }, (_, i) => ((i * 7) % 11) / 5 - 1);
}

function sample(label: number, channels = 1, size = SIZE): HDict {
  return new HDict(
    genSample(genRealImage(pixels(channels, size), size, size, channels), { image_label_id: label }),
  );
}

function failure(run: () => unknown): HOperatorError {
  try {
    run();
  } catch (error) {
    expect(error).to.be.instanceOf(HOperatorError);
    return error as HOperatorError;
  }
  throw new Error('no error was raised');
}

function expectFailure(run: () => unknown, code: number, ...words: string[]): void {
  const error = failure(run);
  expect(`${error.errorCode} ${error.message}`).to.contain(`${code} `);
  for (const word of words) expect(error.message).to.contain(word);
}

describe('bad input to the deep-learning operators', () => {
  let folder: string;
  let file: string;
  let model: HDlModel;
  let prune: HDlPrune;
  const network = buildResNet({ height: SIZE, width: SIZE, widths: [4, 8], numClasses: 3 });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'alcedo-bad-'));
    file = join(folder, 'net.onnx');
    writeFileSync(file, network);
    model = new HDlModel(file);
    model.SetDlModelParam('batch_size', 2);
    prune = new HDlPrune(model, 'oracle', new HDict());
  });

  afterEach(() => {
    // Whatever happened before: the model still works.
    model.AddDlPruningBatch(prune, [sample(0), sample(1)]);
    prune.Dispose();
    model.Dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('create_dl_pruning', () => {
    it('an unknown mode lists the allowed ones', () => {
      expectFailure(
        () => HOperatorSet.CreateDlPruning(model, 'taylor', []),
        1302,
        'create_dl_pruning',
        'taylor',
        'oracle',
      );
    });

    it('a mode that is no string, or not one', () => {
      expectFailure(() => HOperatorSet.CreateDlPruning(model, 3, []), 1202, 'Mode');
      expectFailure(() => HOperatorSet.CreateDlPruning(model, ['oracle', 'oracle'], []), 1402, 'Mode');
      expectFailure(() => HOperatorSet.CreateDlPruning(model, [], []), 1402, 'Mode');
    });

    it('a model that is no handle, none, a wrong one', () => {
      expectFailure(() => HOperatorSet.CreateDlPruning(3, 'oracle', []), 1201, 'DLModelHandle');
      expectFailure(() => HOperatorSet.CreateDlPruning([], 'oracle', []), 1401, 'DLModelHandle');
      expectFailure(() => HOperatorSet.CreateDlPruning(new HDict(), 'oracle', []), 2404, 'dict', 'dl_model');
      expectFailure(() => HOperatorSet.CreateDlPruning(new HHandle(), 'oracle', []), 2453);
    });

    it('a cleared model', () => {
      const other = new HDlModel(file);
      HOperatorSet.ClearHandle(other);
      expectFailure(() => HOperatorSet.CreateDlPruning(other, 'oracle', []), 2454);
    });

    it('GenParam that is no dictionary, or one with a key', () => {
      expectFailure(() => HOperatorSet.CreateDlPruning(model, 'oracle', 'x'), 1203, 'GenParam');
      expectFailure(() => HOperatorSet.CreateDlPruning(model, 'oracle', model), 2404, 'dl_model');
      const dict = new HDict();
      dict.SetDictTuple('percentage', 20);
      expectFailure(
        () => HOperatorSet.CreateDlPruning(model, 'oracle', dict),
        7911,
        'percentage',
        'no generic parameters',
      );
    });

    it('a network without a prunable convolution says why, per convolution', () => {
      const bare = join(folder, 'bare.onnx');
      writeFileSync(bare, buildPlainCnn({ height: SIZE, width: SIZE, widths: [1], numClasses: 3 }));
      const one = new HDlModel(bare);
      expectFailure(() => HOperatorSet.CreateDlPruning(one, 'oracle', []), 7981, 'conv1');
    });
  });

  describe('set_dl_pruning_param', () => {
    it('unknown and read-only names', () => {
      expectFailure(() => prune.SetDlPruningParam('percent', 20), 7911, 'percent');
      expectFailure(() => prune.SetDlPruningParam('prunable_kernel_num', 20), 7911, 'prunable_kernel_num');
      expectFailure(() => prune.GetDlPruningParam('kernels'), 7911, 'kernels');
    });

    for (const value of [-1, 101, NaN, 'ten', 100.0001]) {
      it(`percentage ${value}`, () => {
        expectFailure(() => HOperatorSet.SetDlPruningParam(prune, 'percentage', value), 7914, 'percentage');
        expect(prune.GetDlPruningParam('percentage').D).to.equal(10);
      });
    }

    it('percentage with two values or none', () => {
      expectFailure(() => HOperatorSet.SetDlPruningParam(prune, 'percentage', [10, 20]), 7914, 'percentage');
    });
  });

  describe('gen_dl_pruned_model', () => {
    it('without a batch', () => {
      expectFailure(() => model.GenDlPrunedModel(prune), 7980, 'no batch');
    });

    it('pruning data of another model', () => {
      const other = join(folder, 'other.onnx');
      writeFileSync(other, buildResNet({ height: SIZE, width: SIZE, widths: [4, 6], numClasses: 3 }));
      const stranger = new HDlModel(other);
      expectFailure(() => stranger.GenDlPrunedModel(prune), 7980);
      expectFailure(() => stranger.AddDlPruningBatch(prune, [sample(0)]), 7980);
    });
  });

  describe('samples', () => {
    const uses: [string, (samples: HDict[]) => void][] = [
      ['add_dl_pruning_batch', (samples) => model.AddDlPruningBatch(prune, samples)],
      ['train_dl_model_batch', (samples) => model.TrainDlModelBatch(samples)],
    ];
    for (const [operator, use] of uses) {
      it(`${operator}: no image, no label`, () => {
        const noImage = new HDict();
        noImage.SetDictTuple('image_label_id', 1);
        expectFailure(() => use([sample(0), noImage]), 7783, operator, 'sample 1', 'image');
        const noLabel = new HDict(genSample(genRealImage(pixels(), SIZE, SIZE, 1)));
        expectFailure(() => use([noLabel, sample(0)]), 7783, 'sample 0', 'image_label_id');
      });

      it(`${operator}: wrong image size, channels and pixel type`, () => {
        expectFailure(
          () => use([sample(0), sample(1, 1, SIZE + 1)]),
          7735,
          `${SIZE + 1} x ${SIZE + 1}`,
          `${SIZE} x ${SIZE}`,
        );
        expectFailure(() => use([sample(0), sample(1, 3)]), 7735, '3 channels', 'wanted 1');
        const bytes = new HDict();
        bytes.SetDictObject(HOperatorSet.GenImageConst('byte', SIZE, SIZE), 'image');
        bytes.SetDictTuple('image_label_id', 1);
        expectFailure(() => use([sample(0), bytes]), 7790, 'byte', 'real');
      });

      it(`${operator}: pixels that are not finite`, () => {
        for (const value of [NaN, Infinity, -Infinity]) {
          const bad = pixels();
          bad[5] = value;
          const image = genSample(genRealImage(bad, SIZE, SIZE, 1), { image_label_id: 1 });
          expectFailure(() => use([sample(0), new HDict(image)]), 7791, 'sample 1', 'index 5', 'finite');
        }
      });

      it(`${operator}: labels out of range or of another type`, () => {
        expectFailure(() => use([sample(0), sample(3)]), 7714, 'sample 1', '3');
        expectFailure(() => use([sample(0), sample(-1)]), 7714);
        const text = new HDict(genSample(genRealImage(pixels(), SIZE, SIZE, 1), { image_label_id: 'cat' }));
        expectFailure(() => use([sample(0), text]), 7790, 'cat');
      });
    }

    it('pixels, weights and teachers that are not finite, without labels too', () => {
      prune.SetDlPruningParam('loss', 'distance');
      const bad = pixels();
      bad[5] = NaN;
      const image = new HDict(genSample(genRealImage(bad, SIZE, SIZE, 1)));
      expectFailure(() => model.AddDlPruningBatch(prune, [image]), 7791, 'sample 0', 'index 5');
      const net = new OnnxBuilder('nan', 1, NaN);
      const x = net.conv(net.relu(net.conv(net.image('image', 1, SIZE, SIZE), 4, { name: 'first' })), 4);
      net.output(net.gemm(net.pool(x), 3), 'logits', ['N', 3]);
      writeFileSync(file, net.toBytes());
      const broken = new HDlModel(file);
      for (const criterion of ['taylor', 'activation_mean', 'oracle_abs', 'taylor_weights']) {
        for (const loss of ['cross_entropy', 'distance']) {
          const handle = new HDlPrune(broken, 'oracle', new HDict());
          handle.SetDlPruningParam('criterion', criterion);
          handle.SetDlPruningParam('loss', loss);
          expectFailure(() => broken.AddDlPruningBatch(handle, [sample(0)]), 7741, 'nan', 'finite');
        }
      }
      model.SetDlModelParam('teacher', broken);
      expectFailure(() => model.TrainDlModelBatch([sample(0), sample(1)]), 7741, "teacher's outputs", 'nan');
      model.SetDlModelParam('teacher', []);
    });

    it('layers that the model does not have', () => {
      for (const name of ['exclude_layers', 'include_layers'])
        expectFailure(() => prune.SetDlPruningParam(name, ['stem*', 'no*']), 7914, name, "'no*'");
    });

    it('none at all, and a wrong number to train on', () => {
      expect(failure(() => HOperatorSet.AddDlPruningBatch(model, prune, [])).errorCode).to.equal(1403);
      expectFailure(() => model.TrainDlModelBatch([sample(0)]), 7784, 'found 1');
      model.SetDlModelParam('batch_size_multiplier', 2);
      expectFailure(() => model.TrainDlModelBatch([sample(0), sample(1)]), 7800, '2 * 2');
    });

    it('a bad sample leaves scores and weights as they were', () => {
      model.AddDlPruningBatch(prune, [sample(0), sample(1)]);
      const scores = HOperatorSet.GetDlPruningParam(prune, 'kernel_scores').ToDArr();
      expectFailure(() => model.AddDlPruningBatch(prune, [sample(1), sample(2), sample(7)]), 7714);
      expect(HOperatorSet.GetDlPruningParam(prune, 'kernel_scores').ToDArr()).to.deep.equal(scores);
    });
  });

  describe('files', () => {
    it('are also looked for in $HALCONROOT/dl, with and without the ending', () => {
      mkdirSync(join(folder, 'dl'));
      model.WriteDlModel(join(folder, 'dl', 'kept.hdl'));
      const script = `import { HDlModel } from './src/index.ts';
        for (const name of ['kept', 'kept.hdl']) console.log(new HDlModel(name).GetDlModelParam('type').S);`;
      const child = spawnSync(process.execPath, ['--import=tsx', '--input-type=module', '--eval', script], {
        env: { ...process.env, NODE_OPTIONS: '', HALCONROOT: folder },
        encoding: 'utf8',
      });
      expect(child.stdout, child.stderr).to.equal('classification\nclassification\n');
    });

    it('that are missing, damaged or no model', () => {
      expectFailure(() => new HDlModel(join(folder, 'none.onnx')), 5200, 'none.onnx');
      expectFailure(() => new HDlModel(folder), 5200);
      for (const bytes of [
        Buffer.alloc(0),
        Buffer.from('no model at all'),
        Buffer.from(network.slice(0, 200)),
      ]) {
        const bad = join(folder, 'bad.onnx');
        writeFileSync(bad, bytes);
        expect(failure(() => new HDlModel(bad)).errorCode).to.be.oneOf([7780, 7801]);
      }
      const hdl = join(folder, 'model.hdl');
      model.WriteDlModel(hdl);
      const bytes = readFileSync(hdl);
      bytes[bytes.length - 5]! ^= 1;
      writeFileSync(hdl, bytes);
      expectFailure(() => new HDlModel(hdl), 7780, 'damaged');
    });

    it('that cannot be written leave nothing behind', () => {
      expectFailure(() => model.WriteDlModel(join(folder, 'no/such/folder/net.onnx')), 7781);
      expectFailure(() => model.WriteDlModel('/dev/full'), 7781);
      expectFailure(() => model.WriteDlModel(folder), 7781);
      expect(readdirSync(folder)).to.deep.equal(['net.onnx']);
    });

    it('in a read-only folder', function () {
      if (process.getuid?.() === 0) {
        // root writes everywhere: a folder that not even root may write to
        expectFailure(() => model.WriteDlModel('/proc/net.onnx'), 7781);
        return;
      }
      const locked = join(folder, 'locked');
      mkdirSync(locked);
      chmodSync(locked, 0o555);
      expectFailure(() => model.WriteDlModel(join(locked, 'net.onnx')), 7781);
      expect(existsSync(join(locked, 'net.onnx'))).to.equal(false);
    });
  });

  describe('set_dl_model_param', () => {
    it('refuses what the network does not allow', () => {
      expectFailure(() => HOperatorSet.SetDlModelParam(model, 'batch_size', 0), 7914, 'batch_size');
      expectFailure(() => HOperatorSet.SetDlModelParam(model, 'learning_rate', NaN), 7914, 'learning_rate');
      expectFailure(() => HOperatorSet.SetDlModelParam(model, 'class_ids', [1, 2]), 7774, 'found 2');
      expectFailure(() => HOperatorSet.SetDlModelParam(model, 'class_ids', [1, 2, 2]), 7792);
      expectFailure(() => HOperatorSet.SetDlModelParam(model, 'type', 'generic'), 7795);
      expectFailure(() => HOperatorSet.SetDlModelParam(model, 'weights', 1), 7911, 'weights');
      expectFailure(() => HOperatorSet.GetDlModelParam(model, 'batchnorm_momentum'), 7911, 'only be set');
      expectFailure(() => HOperatorSet.SetDlModelParam(model, 'summary', 'x'), 7911, 'only be read');
      expectFailure(
        () => HOperatorSet.SetDlModelParam(model, 'image_num_channels', 2),
        7724,
        'wanted 1 or 3',
      );
      expectFailure(() => HOperatorSet.SetDlModelParam(model, 'image_num_channels', 3), 7725, 'wanted 1');
      expectFailure(() => HOperatorSet.SetDlModelParam(model, 'adam_beta2', 1), 7914, 'below 1');
      expectFailure(() => HOperatorSet.SetDlModelParam(model, 'fuse_bn_relu', 'false'), 7914, "'true'");
    });

    // The names of both lists come from the operator table, which the reference pages show.
    it('knows every parameter that the reference pages name', () => {
      const names = (operator: string): string[] =>
        HOperatorSet.GetParamInfo(operator, 'GenParamName', 'values').ToSArr();
      const read = names('get_dl_model_param');
      expect(read).to.include.members(['batch_size', 'gpu', 'min_version', 'summary']);
      for (const name of read) model.GetDlModelParam(name);
      const settable = names('set_dl_model_param');
      expect(settable).to.include.members(['enable_resizing', 'fuse_bn_relu', 'fuse_conv_relu']);
      for (const name of settable) {
        const value = read.includes(name)
          ? model.GetDlModelParam(name)
          : ({ batchnorm_momentum: 0.9, runtime_init: 'immediately' }[name] ?? 'true');
        if (name !== 'class_names') model.SetDlModelParam(name, value);
      }
    });
  });
});
