import { expect } from 'chai';
import { arrayClass, camelParameter, pascalCase, pythonParameter } from '../../src/codegen/naming.js';

describe('naming', () => {
  it('spells operators in Pascal case', () => {
    expect(pascalCase('create_dl_pruning')).to.equal('CreateDlPruning');
    expect(pascalCase('gen_image1')).to.equal('GenImage1');
    expect(pascalCase('get_image_pointer3')).to.equal('GetImagePointer3');
  });

  it('lowers the first letter of a parameter unless the second is a capital', () => {
    expect(camelParameter('GenParam')).to.equal('genParam');
    expect(camelParameter('Mode')).to.equal('mode');
    expect(camelParameter('DLModelHandle')).to.equal('DLModelHandle');
    expect(camelParameter('T')).to.equal('t');
  });

  it('avoids keywords', () => {
    expect(camelParameter('Object')).to.equal('objectVal');
    expect(pythonParameter('Class')).to.equal('class_');
  });

  it('puts an underscore only between a lower-case letter and a capital in Python', () => {
    expect(pythonParameter('DLModelHandle')).to.equal('dlmodel_handle');
    expect(pythonParameter('DLModelHandleToPrune')).to.equal('dlmodel_handle_to_prune');
    expect(pythonParameter('GenParamName')).to.equal('gen_param_name');
    expect(pythonParameter('ImageRGB')).to.equal('image_rgb');
  });

  it('names array classes', () => expect(arrayClass('HDict')).to.equal('HDictArray'));
});
