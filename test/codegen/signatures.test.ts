// The signatures of operators against the documented lines.
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { operators } from '../../src/operators/index.js';
import { documentedSignatures, type SignatureBlock } from '../../src/codegen/signatures.js';

function signaturesOf(name: string): readonly SignatureBlock[] {
  const operator = operators.find((candidate) => candidate.name === name);
  if (!operator) throw new Error(`no operator ${name}`);
  return documentedSignatures(operator);
}
const linesOf = (name: string, language: SignatureBlock['language']) =>
  signaturesOf(name).find((block) => block.language === language)!.signatures;

describe('signatures', () => {
  it('of create_dl_pruning equal the documented page, line by line', () => {
    const page = readFileSync(new URL('./fixtures/create_dl_pruning.txt', import.meta.url), 'utf8');
    const documented = page.trim().split('\n');
    expect(documented).to.have.length(17);
    const made = signaturesOf('create_dl_pruning').flatMap((block) => block.signatures);
    made.forEach((line, i) => expect(line).to.equal(documented[i]));
    expect(made).to.have.length(17);
  });

  it('of the other pruning operators are the documented ones', () => {
    expect(linesOf('add_dl_pruning_batch', 'C++')).to.deep.equal([
      'void AddDlPruningBatch(const HTuple& DLModelHandleToPrune, const HTuple& DLPruningHandle, const HTuple& DLSampleBatch)',
      'void HDlModel::AddDlPruningBatch(const HDlPrune& DLPruningHandle, const HDictArray& DLSampleBatch) const',
      'void HDlPrune::AddDlPruningBatch(const HDlModel& DLModelHandleToPrune, const HDictArray& DLSampleBatch) const',
    ]);
    expect(linesOf('gen_dl_pruned_model', '.NET')).to.deep.equal([
      'static void HOperatorSet.GenDlPrunedModel(HTuple DLModelHandleToPrune, HTuple DLPruningHandle, out HTuple DLModelHandlePruned)',
      'HDlModel HDlModel.GenDlPrunedModel(HDlPrune DLPruningHandle)',
    ]);
    expect(linesOf('get_dl_pruning_param', 'Python')).to.deep.equal([
      'def get_dl_pruning_param(dlpruning_handle: HHandle, gen_param_name: str) -> Sequence[Union[str, float, int]]',
      'def get_dl_pruning_param_s(dlpruning_handle: HHandle, gen_param_name: str) -> Union[str, float, int]',
    ]);
    expect(linesOf('set_dl_pruning_param', '.NET').slice(1)).to.deep.equal([
      'void HDlPrune.SetDlPruningParam(string genParamName, HTuple genParamValue)',
      'void HDlPrune.SetDlPruningParam(string genParamName, double genParamValue)',
    ]);
  });

  it('have both C forms exactly where every control can be a single value', () => {
    expect(linesOf('gen_image1', 'C')).to.deep.equal([
      'Herror gen_image1(Hobject* Image, const char* Type, const Hlong Width, const Hlong Height, const Hlong PixelPointer)',
      'Herror T_gen_image1(Hobject* Image, const Htuple Type, const Htuple Width, const Htuple Height, const Htuple PixelPointer)',
    ]);
    expect(linesOf('get_system', 'C')[0]).to.equal(
      'Herror get_system(const char* Query, Hlong* Information)',
    );
    expect(linesOf('serialize_tuple', 'C')[0]).to.equal(
      'Herror serialize_tuple(const double Tuple, Hlong* SerializedItemHandle)',
    );
    for (const name of ['create_dict', 'read_dl_model', 'get_dl_device_param', 'add_dl_pruning_batch']) {
      expect(linesOf(name, 'C'), name).to.have.length(1);
    }
  });

  it('follow the flags of the table: return value, static forms, arrays', () => {
    expect(linesOf('get_image_size', 'C++')).to.include(
      'void HImage::GetImageSize(Hlong* Width, Hlong* Height) const',
    );
    expect(linesOf('get_image_pointer1', 'C++')).to.include(
      'void* HImage::GetImagePointer1(HString* Type, Hlong* Width, Hlong* Height) const',
    );
    expect(linesOf('clear_dl_model', 'C++')).to.include.members([
      'void HDlModel::ClearDlModel() const',
      'static void HDlModel::ClearDlModel(const HDlModelArray& DLModelHandle)',
    ]);
    expect(linesOf('query_available_dl_devices', '.NET')).to.include(
      'static HDlDevice[] HDlDevice.QueryAvailableDlDevices(HTuple genParamName, HTuple genParamValue)',
    );
    expect(linesOf('create_dict', '.NET')).to.deep.equal([
      'static void HOperatorSet.CreateDict(out HTuple dictHandle)',
      'public HDict()',
      'void HDict.CreateDict()',
    ]);
    expect(linesOf('get_dict_tuple', 'HDevelop')).to.deep.equal([
      'get_dict_tuple( : : DictHandle, Key : Tuple)',
    ]);
    expect(linesOf('set_dict_object', 'HDevelop')).to.deep.equal([
      'set_dict_object(Object : : DictHandle, Key : )',
    ]);
  });
});
