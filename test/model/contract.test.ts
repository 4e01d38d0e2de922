// What the contract's pages say about model operators beyond their signatures.
import { expect } from 'chai';
import { HDlModel } from '../../src/index.js';

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
});
