// The examples of docs/reference in TypeScript: what stands between "example: operators" and "end" is shown on the pages
// of these operators. Run in a folder with a network of 3 x 32 x 32 inputs: examples.ts FOLDER.
import assert from 'node:assert/strict';
import {
  HDict,
  HDlDevice,
  HDlModel,
  HDlPrune,
  HHandle,
  HImage,
  HInfo,
  HObject,
  HOperatorError,
  HOperatorSet,
  HSerializedItem,
  HSystem,
  HTuple,
  copyFromPointer,
  withPointer,
} from '../../../src/index.js';

process.chdir(process.argv[2]!);

function dictionaries(): void {
  // example: create_dict set_dict_tuple get_dict_tuple
  using dict = new HDict();
  dict.SetDictTuple('name', 'gear');
  dict.SetDictTuple('sizes', [3, 4, 5]);
  assert.equal(dict.GetDictTuple('name').S, 'gear');
  assert.equal(dict.GetDictTuple('sizes').Length, 3);
  // end
  // example: set_dict_tuple_at
  dict.SetDictTupleAt('sizes', 1, 40);
  assert.deepEqual(dict.GetDictTuple('sizes').ToIArr(), [3, 40, 5]);
  // end
  // example: copy_dict
  using copy = dict.CopyDict([], []);
  copy.SetDictTuple('name', 'wheel');
  assert.equal(dict.GetDictTuple('name').S, 'gear');
  // end
  // example: get_dict_param remove_dict_key
  copy.RemoveDictKey('name');
  assert.deepEqual(copy.GetDictParam('keys', []).ToSArr(), ['sizes']);
  assert.equal(copy.GetDictParam('key_exists', 'name').I, 0);
  // end
  // example: set_dict_object get_dict_object
  using image = new HImage('byte', 640, 480);
  dict.SetDictObject(image, 'image');
  using stored = dict.GetDictObject('image');
  assert.equal(stored.CountObj(), 1);
  // end
  // example: dict_to_json json_to_dict
  const text = copy.DictToJson([], []).S;
  const [parsed] = HDict.JsonToDict(text, [], []);
  assert.equal(parsed!.GetDictTuple('sizes').Length, 3);
  using flags = new HDict();
  flags.JsonToDict('{"shuffle": true}', 'json_value_true', 'yes');
  assert.equal(flags.GetDictTuple('shuffle').S, 'yes');
  // end
  // example: write_dict read_dict
  dict.WriteDict('settings.hdict', [], []);
  using read = new HDict('settings.hdict', [], []);
  assert.equal(read.GetDictTuple('name').S, 'gear');
  // end
}

function handles(): void {
  const dict = new HDict();
  dict.SetDictTuple('answer', 42);
  // example: handle_to_integer integer_to_handle
  const number = HOperatorSet.HandleToInteger(dict);
  using same = new HDict(HOperatorSet.IntegerToHandle(number));
  assert.equal(same.GetDictTuple('answer').I, 42);
  // end
  // example: serialize_handle deserialize_handle
  using item = dict.SerializeHandle();
  using restored = new HHandle();
  restored.DeserializeHandle(item);
  assert.equal(restored.SemType(), 'dict');
  // end
  // example: get_handle_param get_handle_tuple get_handle_object
  using black = new HImage('byte', 64, 48);
  dict.SetDictObject(black, 'image');
  const kinds = HOperatorSet.GetHandleParam(dict, 'key_data_type', ['answer', 'image']);
  assert.deepEqual(kinds.ToSArr(), ['tuple', 'object']);
  assert.equal(HOperatorSet.GetHandleTuple(dict, 'answer').I, 42);
  using stored = HOperatorSet.GetHandleObject(dict, 'image');
  assert.equal(stored.CountObj(), 1);
  // end
  // example: clear_handle
  dict.ClearHandle(); // empties it for everybody who has a reference
  assert.throws(() => same.GetDictTuple('answer'), HOperatorError);
  // end
  // example: serialize_tuple deserialize_tuple
  using tupleItem = new HTuple(1, 'two', 3.5).SerializeTuple();
  const tuple = HTuple.DeserializeTuple(tupleItem);
  assert.equal(tuple.at(1).S, 'two');
  // end
  // example: create_serialized_item_ptr get_serialized_item_ptr clear_serialized_item
  const [pointer, size] = tupleItem.GetSerializedItemPtr();
  const bytes = copyFromPointer(pointer, new Uint8Array(size));
  const received = withPointer(bytes, (address) => new HSerializedItem(address, size, 'true'));
  assert.ok(HTuple.DeserializeTuple(received).Equals(tuple));
  received.ClearSerializedItem();
  // end
  // example: write_tuple read_tuple
  tuple.WriteTuple('values.tup');
  assert.ok(HTuple.ReadTuple('values.tup').Equals(tuple));
  // end
}

function images(): void {
  // example: gen_image1 get_image_pointer1 get_image_size get_image_type
  const pixels = Uint8Array.from({ length: 64 * 48 }, (_, i) => i % 256);
  using image = withPointer(pixels, (pointer) => new HImage('byte', 64, 48, pointer));
  const [pointer, type, width, height] = image.GetImagePointer1();
  const back = copyFromPointer(pointer, new Uint8Array(width * height));
  assert.deepEqual(back, pixels);
  assert.equal(type, image.GetImageType().S);
  assert.deepEqual(
    image.GetImageSize().map((one) => one.I),
    [64, 48],
  );
  // end
  // example: gen_image3 get_image_pointer3
  const planes = new Float32Array(3 * 32 * 32).fill(0.5);
  using rgb = new HImage();
  withPointer(planes, (red) => rgb.GenImage3('real', 32, 32, red, red + 4096n, red + 8192n));
  const [red] = rgb.GetImagePointer3();
  assert.equal(copyFromPointer(red, new Float32Array(1))[0], 0.5);
  // end
  // example: decompose3 compose3
  const [r, g, b] = rgb.Decompose3();
  using bgr = b.Compose3(g, r);
  assert.equal(bgr.CountChannels().I, 3);
  // end
  // example: access_channel count_channels
  assert.equal(rgb.CountChannels().I, 3);
  using green = rgb.AccessChannel(2);
  assert.equal(green.CountChannels().I, 1);
  // end
  // example: image_to_channels channels_to_image
  using channels = rgb.ImageToChannels();
  assert.equal(channels.CountObj(), 3);
  using again = channels.ChannelsToImage();
  assert.equal(again.CountChannels().I, 3);
  // end
  // example: compose2 decompose2 append_channel
  const [left, right] = image.Compose2(image).Decompose2();
  assert.equal(left.TestEqualObj(right), 1);
  assert.equal(rgb.AppendChannel(rgb.AccessChannel(1)).CountChannels().I, 4);
  // end
  // example: rgb1_to_gray full_domain get_grayval
  using gray = rgb.Rgb1ToGray().FullDomain();
  assert.ok(Math.abs(gray.GetGrayval(0, 0).D - 0.5) < 1e-6);
  // end
  // example: gen_image_const copy_image
  using black = new HImage('byte', 64, 48);
  using copy = black.CopyImage();
  assert.equal(copy.TestEqualObj(black), 1);
  // end
  // example: gen_image_interleaved
  const bytes = new Uint8Array(3 * 20 * 10).fill(200);
  using colour = new HImage();
  withPointer(bytes, (start) =>
    colour.GenImageInterleaved(start, 'rgb', 20, 10, -1, 'byte', 20, 10, 0, 0, -1, 0),
  );
  assert.equal(colour.CountChannels().I, 3);
  // end
  // example: write_image read_image
  image.WriteImage('png', 0, 'image.png');
  using read = new HImage('image.png');
  assert.equal(read.TestEqualObj(image), 1);
  // end
  // example: convert_image_type scale_image
  using real = image.ConvertImageType('real');
  using scaled = real.ScaleImage(1 / 255, 0);
  assert.equal(scaled.GetImageType().S, 'real');
  // end
  // example: mirror_image crop_part zoom_image_size
  using mirrored = image.MirrorImage('column');
  using part = mirrored.CropPart(0, 0, 48, 48);
  using zoomed = part.ZoomImageSize(32, 32, 'bilinear');
  assert.equal(zoomed.GetImageSize()[0].I, 32);
  // end
  // example: concat_obj count_obj select_obj copy_obj
  using both = image.ConcatObj(black);
  assert.equal(both.CountObj(), 2);
  using second = both.SelectObj(2); // counted from 1
  using copied = both.CopyObj(1, 2);
  assert.equal(second.TestEqualObj(black), 1);
  // end
  // example: insert_obj remove_obj replace_obj obj_diff
  using pair = image.InsertObj(black, 1);
  assert.equal(pair.RemoveObj(1).TestEqualObj(image), 1);
  assert.equal(pair.ReplaceObj(image, 1).SelectObj(1).TestEqualObj(image), 1);
  assert.equal(pair.ObjDiff(black).TestEqualObj(image), 1);
  // end
  // example: serialize_object deserialize_object clear_all_serialized_items
  using item = pair.SerializeObject();
  using restored = new HObject();
  restored.DeserializeObject(item);
  assert.equal(restored.TestEqualObj(pair), 1);
  HSystem.ClearAllSerializedItems();
  assert.equal(item.TupleIsValidHandle().I, 0);
  // end
  // example: gen_empty_obj get_obj_class test_equal_obj clear_obj
  const list = new HObject();
  list.GenEmptyObj();
  assert.equal(list.CountObj(), 0);
  assert.equal(image.GetObjClass().S, 'image');
  assert.equal(image.TestEqualObj(copied), 0);
  HOperatorSet.ClearObj(list);
  // end
}

function sample(label: number): HDict {
  const planes = Float32Array.from(
    { length: 3 * 32 * 32 },
    (_, i) => ((7 * i + 29 * label) % 101) / 50.5 - 1,
  );
  const image = new HImage();
  withPointer(planes, (red) => image.GenImage3('real', 32, 32, red, red + 4096n, red + 8192n));
  const dict = new HDict();
  dict.SetDictObject(image, 'image');
  dict.SetDictTuple('image_label_id', label);
  return dict;
}

function deepLearning(): void {
  const batch = [0, 1, 2, 3].map(sample);
  // example: query_available_dl_devices get_dl_device_param
  const [device] = HDlDevice.QueryAvailableDlDevices('runtime', 'cpu');
  assert.equal(device!.GetDlDeviceParam('type').S, 'cpu');
  // end
  try {
    // example: set_dl_device_param
    device!.SetDlDeviceParam('no_such_parameter', 1);
    // end
  } catch (error) {
    assert.ok(error instanceof HOperatorError);
  }
  // example: read_dl_model set_dl_model_param get_dl_model_param
  using model = new HDlModel('model.onnx');
  model.SetDlModelParam('batch_size', 4);
  assert.equal(model.GetDlModelParam('type').S, 'classification');
  // end
  // example: apply_dl_model
  const results = model.ApplyDlModel(batch, []);
  const best = results[0]!.GetDictTuple('classification_class_ids').at(0).I;
  assert.ok(best >= 0 && best < 10);
  // end
  // example: create_dl_pruning
  using pruning = new HDlPrune(model, 'oracle', new HDict());
  // end
  // example: add_dl_pruning_batch set_dl_pruning_param gen_dl_pruned_model get_dl_pruning_param
  pruning.AddDlPruningBatch(model, batch); // as often as there are batches
  pruning.SetDlPruningParam('percentage', 30);
  using pruned = model.GenDlPrunedModel(pruning);
  const removed = pruning.GetDlPruningParam('pruned_kernel_num').I;
  assert.ok(removed > 0);
  // end
  // example: train_dl_model_batch
  pruned.SetDlModelParam('learning_rate', 0.01);
  using result = pruned.TrainDlModelBatch(batch);
  assert.ok(result.GetDictTuple('total_loss').D > 0);
  // end
  // example: write_dl_model
  pruned.WriteDlModel('smaller.onnx');
  // end
  // example: serialize_dl_model deserialize_dl_model
  using item = pruned.SerializeDlModel();
  const copy = new HDlModel();
  copy.DeserializeDlModel(item);
  // end
  // example: clear_dl_model
  copy.ClearDlModel();
  // end
}

function system(): void {
  // example: get_error_text get_extended_error_info
  assert.throws(() => new HImage('no_such_file.png'), HOperatorError);
  const [operator, code] = HSystem.GetExtendedErrorInfo();
  assert.equal(operator, 'read_image');
  assert.ok(HSystem.GetErrorText(code).length > 0);
  // end
  // example: set_check get_check
  HSystem.SetCheck('~data');
  assert.ok(HSystem.GetCheck().ToSArr().includes('~data'));
  HSystem.SetCheck('data');
  // end
  // example: set_system get_system
  HSystem.SetSystem('thread_num', 1);
  assert.equal(HSystem.GetSystem('thread_num').I, 1);
  // end
  // example: get_system_info
  assert.equal(HSystem.GetSystemInfo('version').S, HSystem.GetSystem('version').S);
  // end
  // example: count_seconds wait_seconds
  const start = HSystem.CountSeconds();
  HSystem.WaitSeconds(0.01);
  assert.ok(HSystem.CountSeconds() - start >= 0.01);
  // end
  // example: get_operator_name search_operator get_keywords get_chapter_info
  assert.ok(HInfo.GetOperatorName('pruning').ToSArr().includes('create_dl_pruning'));
  assert.ok(HInfo.SearchOperator('pruning').ToSArr().includes('create_dl_pruning'));
  assert.ok(HInfo.GetKeywords('create_dl_pruning').ToSArr().includes('pruning'));
  assert.ok(HInfo.GetChapterInfo(['Deep Learning', 'Pruning']).Length > 0);
  // end
  // example: query_operator_info get_operator_info
  for (const slot of HInfo.QueryOperatorInfo().ToSArr()) HInfo.GetOperatorInfo('create_dl_pruning', slot);
  // end
  // example: get_param_names get_param_num get_param_types
  const [, , inputs] = HInfo.GetParamNames('create_dl_pruning');
  assert.deepEqual(inputs.ToSArr(), ['DLModelHandle', 'Mode', 'GenParam']);
  assert.equal(HInfo.GetParamNum('create_dl_pruning')[3], 3);
  assert.equal(HInfo.GetParamTypes('create_dl_pruning')[0].Length, 3);
  // end
  // example: query_param_info get_param_info
  assert.ok(HInfo.QueryParamInfo().ToSArr().includes('default_value'));
  assert.equal(HInfo.GetParamInfo('create_dl_pruning', 'Mode', 'default_value').S, "'oracle'");
  // end
}

dictionaries();
handles();
images();
deepLearning();
system();
console.log('all examples ran');
