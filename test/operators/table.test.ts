// Facts of the documentation in the table.
import { expect } from 'chai';
import { errorCodes } from '../../src/operators/errors.js';
import { operators } from '../../src/operators/index.js';

const find = (name: string) => operators.find((operator) => operator.name === name)!;

describe('operator table', () => {
  it('is sorted by code units, for the binary search of the core', () => {
    const names = operators.map((operator) => operator.name);
    expect(names).to.deep.equal([...names].sort());
  });

  it('has the documented facts of create_dl_pruning', () => {
    const operator = find('create_dl_pruning');
    expect(operator.module).to.equal('Deep Learning Training');
    expect(operator.predecessors).to.deep.equal(['read_dl_model']);
    expect(operator.successors).to.deep.equal(['get_dl_pruning_param', 'set_dl_model_param']);
    const [model, mode, parameters] = operator.inputControls;
    expect(model).to.include({ name: 'DLModelHandle', semType: 'dl_model', multivalue: 'false' });
    expect(mode).to.include({ name: 'Mode', default: 'oracle' });
    expect(mode!.values).to.deep.equal(['oracle']);
    expect(parameters).to.include({ name: 'GenParam', semType: 'dict', emptyAllowed: true });
    expect(operator.references[0]).to.include('ICLR 2017');
    expect(operator.outputControls[0]).to.include({ semType: 'dl_pruning' });
  });

  it('marks the inputs whose state changes', () => {
    expect(find('gen_dl_pruned_model').inputControls[1]!.modified).to.equal(true);
    expect(find('add_dl_pruning_batch').inputControls[0]!.modified).to.equal(false);
    expect(find('train_dl_model_batch').inputControls[0]!.modified).to.equal(true);
  });
});

describe('error codes', () => {
  const codes = errorCodes();
  const byCode = new Map(codes.map((error) => [error.code, error]));

  it('are sorted and unique', () => {
    codes.forEach((error, i) => i > 0 && expect(error.code).to.be.greaterThan(codes[i - 1]!.code));
  });

  it('have symbols and texts', () => {
    expect(codes.length).to.be.greaterThan(1900);
    expect(byCode.get(7981)).to.deep.equal({
      code: 7981,
      symbol: 'H_ERR_DL_PRUNING_UNSUPPORTED_BY_CNN',
      text: 'Architecture of the network does not support pruning',
    });
    expect(byCode.get(1302)!.text).to.equal('Wrong value of control parameter 2');
    for (const error of codes) expect(error.text, String(error.code)).to.match(/^\w.+/);
  });

  it('cover every code that an operator names', () => {
    for (const operator of operators)
      for (const { code } of operator.errors) expect(byCode.has(code)).to.equal(true);
  });
});
