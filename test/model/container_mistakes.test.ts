// Mistakes with dictionaries, handles and objects: the code, and a text that names operator, parameter, what was found and
// what was wanted.
import { expect } from 'chai';
import {
  HDict,
  HDlDevice,
  HDlModel,
  HImage,
  HObject,
  HOperatorError,
  HOperatorSet,
} from '../../src/index.js';

function error(run: () => unknown): string {
  try {
    run();
  } catch (failure) {
    if (failure instanceof HOperatorError) return `${failure.errorCode} ${failure.message}`;
    throw failure;
  }
  return 'no error';
}

describe('mistakes with containers', () => {
  const dict = new HDict();
  dict.SetDictTuple('sizes', [1, 2, 3]);
  dict.SetDictObject(new HImage('byte', 4, 3), 'image');
  const model = new HDlModel('test/fixtures/reference/resnet/model.onnx');

  it('a missing key: the parameter and the keys that are there', () => {
    const words =
      /^2894 .*Key \(parameter (2|3)\): found the key 'size', the dictionary has 'sizes', 'image'/;
    expect(error(() => dict.GetDictTuple('size')))
      .to.match(words)
      .and.contain('get_dict_tuple');
    expect(error(() => dict.GetDictObject('size')))
      .to.match(words)
      .and.contain('get_dict_object');
    expect(error(() => dict.RemoveDictKey('size')))
      .to.match(words)
      .and.contain('remove_dict_key');
    expect(error(() => dict.SetDictTupleAt('size', 0, 1))).to.match(words);
    expect(error(() => dict.GetDictParam('key_data_type', 'size'))).to.match(words);
    expect(error(() => HOperatorSet.GetHandleTuple(dict, 'size'))).to.match(words);
  });

  it('a key that holds the other kind, an index outside', () => {
    expect(error(() => dict.GetDictTuple('image'))).to.match(
      /^2460 .*Key \(parameter 2\).*an object, wanted a tuple/,
    );
    expect(error(() => dict.GetDictObject('sizes'))).to.match(
      /^2461 .*Key \(parameter 2\).*a tuple, wanted an object/,
    );
    for (const index of [3, -1]) {
      const text = error(() => dict.SetDictTupleAt('sizes', index, 1));
      expect(text).to.match(new RegExp(`^2897 .*found index ${index}, wanted 0 to 2`));
    }
  });

  it('the data of a handle that is no dictionary', () => {
    expect(HOperatorSet.GetHandleParam(model, 'keys', []).Length).to.equal(0);
    expect(HOperatorSet.GetHandleParam(model, 'key_exists', ['a', 'b']).ToIArr()).to.deep.equal([0, 0]);
    expect(error(() => HOperatorSet.GetHandleTuple(model, 'a'))).to.match(
      /^2404 .*HandleIn \(parameter 1\): found a dl_model handle, wanted a dict handle/,
    );
  });

  it('set_dl_device_param takes several names, one value each', () => {
    const [device] = HDlDevice.QueryAvailableDlDevices('runtime', 'cpu');
    expect(error(() => device!.SetDlDeviceParam(['name', 'type'], ['a', 'b']))).to.match(
      /^7911 .*'name' cannot be set/,
    );
    expect(error(() => device!.SetDlDeviceParam(['name', 'x'], ['a', 'b']))).to.match(
      /^7911 .*no device parameter 'x'/,
    );
    expect(error(() => device!.SetDlDeviceParam(['name', 'type'], 'a'))).to.match(
      /^1403 .*found 1 values for 2 names/,
    );
  });

  it('objects and channels outside what there is', () => {
    const image = new HImage('byte', 4, 3);
    const two = image.ConcatObj(new HImage('real', 4, 3));
    expect(error(() => two.RemoveObj(3))).to.match(/^1301 .*found 3, wanted 1 to 2/);
    expect(error(() => two.InsertObj(image, 4))).to.match(/^1301 .*found 4, wanted 1 to 3/);
    expect(error(() => two.ReplaceObj(two, 1))).to.match(/^1502 .*found 2 objects for 1 indices/);
    expect(two.InsertObj(image, 3).CountObj()).to.equal(3);
    expect(two.RemoveObj([2, 1]).CountObj()).to.equal(0);
    expect(error(() => image.GetGrayval(3, 0))).to.match(
      /^1301 .*Row \(parameter 1\): found 3, wanted 0 to 2/,
    );
    expect(error(() => image.GetGrayval([0, 1], 0))).to.match(/^1402 .*found 1 columns for 2 rows/);
    expect(error(() => image.Decompose2())).to.match(/^3122 .*found an image with 1 channels, wanted 2/);
    expect(error(() => image.AppendChannel(new HImage('byte', 5, 3)))).to.match(/^3117 .*4 x 3 and 5 x 3/);
    const item = image.SerializeObject();
    expect(error(() => HOperatorSet.DeserializeTuple(item))).to.match(/^9580 /);
    const none = new HObject();
    none.DeserializeObject(new HImage('int2', 2, 2).ObjDiff(new HImage('int2', 2, 2)).SerializeObject());
    expect(none.CountObj()).to.equal(0);
  });

  it('gray values: the weights of the colours, integers rounded', () => {
    const images = [10, 20, 31].map((value) => new HImage('byte', 2, 1).ScaleImage(1, value));
    const rgb = images[0]!.Compose3(images[1]!, images[2]!);
    expect(rgb.GetGrayval(0, 1).ToIArr()).to.deep.equal([10, 20, 31]);
    expect(rgb.Rgb1ToGray().GetGrayval(0, 1).I).to.equal(Math.round(0.299 * 10 + 0.587 * 20 + 0.114 * 31));
  });
});
