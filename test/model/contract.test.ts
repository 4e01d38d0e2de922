// What the contract's pages say about model operators beyond their signatures.
import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HDict, HDlModel, HDlPrune, HOperatorSet, HOperatorError } from '../../src/index.js';

describe('model operators, as their pages say', () => {
  const model = new HDlModel('test/fixtures/reference/resnet/model.onnx');

  it('apply_dl_model: any number of samples, also none', () => {
    expect(model.ApplyDlModel([], [])).to.deep.equal([]);
  });

  it("'layers': the params of all layers are the trainable ones", () => {
    const layers = JSON.parse(model.GetDlModelParam('layers').S) as { params: number }[];
    const sum = layers.reduce((total, { params }) => total + params, 0);
    expect(sum).to.equal(model.GetDlModelParam('num_trainable_params').I);
  });

  it('an error names the operator once', () => {
    const failed = () => model.GetDlModelParam('no_such_parameter');
    expect(failed).to.throw(/^(?!.*get_dl_model_param.*get_dl_model_param).*in operator get_dl_model_param/);
  });

  const codeAndText = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (error instanceof HOperatorError) return `${error.errorCode} ${error.message}`;
      throw error;
    }
    return 'no error';
  };

  it('set_dl_model_param: the values with a code of their own', () => {
    const ids = Array.from({ length: model.GetDlModelParam('num_classes').I }, (_, i) => i);
    for (const [name, value, code, words] of [
      ['batch_size_multiplier', 0, 7799, 'found 0'],
      ['class_ids', [...ids.slice(1), 1], 7792, 'found 1 twice'],
      ['class_ids', [...ids.slice(1), -1], 7793, `found -1 at index ${ids.length - 1}`],
      ['class_ids', ['x', ...ids.slice(1)], 7914, "found 'x' at index 0"],
      ['solver_type', 'rprop', 7840, "'sgd', 'adam'"],
    ] as const) {
      const text = codeAndText(() => HOperatorSet.SetDlModelParam(model, name, value as never));
      expect(text)
        .to.match(new RegExp(`^${code} `))
        .and.contain(name)
        .and.contain(words);
    }
    expect(model.GetDlModelParam('class_ids').ToIArr()).to.deep.equal(ids);
  });

  it('read_dl_model: 7780 for a damaged .hdl, 7801 for a damaged ONNX file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'alcedo-contract-'));
    for (const [name, code] of [
      ['net.hdl', 7780],
      ['net.onnx', 7801],
    ] as const) {
      writeFileSync(join(folder, name), 'no network');
      expect(codeAndText(() => new HDlModel(join(folder, name)))).to.match(new RegExp(`^${code} .*${name}`));
    }
    rmSync(folder, { recursive: true });
  });

  it('set_dl_pruning_param: parameter, found and wanted', () => {
    const prune = new HDlPrune(model, 'oracle', new HDict());
    for (const [name, value, wanted] of [
      ['percentage', 101, 'found 101, wanted a number from 0 to 100'],
      ['percentage', 'ten', "found 'ten', wanted a number from 0 to 100"],
      ['mode', 'taylor', "found 'taylor', wanted 'oracle'"],
    ] as const) {
      const text = codeAndText(() => HOperatorSet.SetDlPruningParam(prune, name, value));
      expect(text)
        .to.match(/^7914 .*set_dl_pruning_param/)
        .and.contain(`parameter '${name}': ${wanted}`);
    }
  });

  it('a label that is no integer: what was found', () => {
    for (const [label, found] of [
      [[1, 2], '2 values'],
      [[], '0 values'],
      ['cat', "'cat'"],
    ] as const) {
      const sample = new HDict();
      HOperatorSet.SetDictTuple(sample, 'image_label_id', label as string);
      const text = codeAndText(() => model.TrainDlModelBatch([sample]));
      expect(text)
        .to.match(/^7790 .*train_dl_model_batch/)
        .and.contain(`found ${found}, wanted one integer`);
    }
  });
});
