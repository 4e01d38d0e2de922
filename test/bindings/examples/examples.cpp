// The examples of docs/reference in C++: what stands between "example: operators" and "end" is shown on the pages of these
// operators. Run in a folder with a network of 3 x 32 x 32 inputs: model.onnx.
#undef NDEBUG
#include <cassert>
#include <cstdio>
#include <vector>

#include "HalconCpp.h"

using namespace HalconCpp;

static void Dictionaries() {
  // example: create_dict set_dict_tuple get_dict_tuple
  HDict dict;
  dict.SetDictTuple("name", "gear");
  dict.SetDictTuple("sizes", HTuple(3).Append(4).Append(5));
  assert(dict.GetDictTuple("name").S() == "gear");
  assert(dict.GetDictTuple("sizes").Length() == 3);
  // end
  // example: set_dict_tuple_at
  dict.SetDictTupleAt("sizes", 1, 40);
  assert(dict.GetDictTuple("sizes")[1].I() == 40);
  // end
  // example: copy_dict
  HDict copy = dict.CopyDict(HTuple(), HTuple());
  copy.SetDictTuple("name", "wheel");
  assert(dict.GetDictTuple("name").S() == "gear");
  // end
  // example: get_dict_param remove_dict_key
  copy.RemoveDictKey("name");
  assert(copy.GetDictParam("keys", HTuple()) == HTuple("sizes"));
  assert(copy.GetDictParam("key_exists", "name").I() == 0);
  // end
  // example: set_dict_object get_dict_object
  dict.SetDictObject(HImage("byte", 640, 480), "image");
  assert(dict.GetDictObject("image").CountObj() == 1);
  // end
  // example: dict_to_json json_to_dict
  const HTuple text = copy.DictToJson(HTuple(), HTuple());
  const HDictArray parsed = HDict::JsonToDict(text, HTuple(), HTuple());
  assert(parsed[0].GetDictTuple("sizes").Length() == 3);
  HDict flags;
  flags.JsonToDict("{\"shuffle\": true}", "json_value_true", "yes");
  assert(flags.GetDictTuple("shuffle").S() == "yes");
  // end
  // example: write_dict read_dict
  dict.WriteDict("settings.hdict", HTuple(), HTuple());
  const HDict read("settings.hdict", HTuple(), HTuple());
  assert(read.GetDictTuple("name").S() == "gear");
  // end
}

static void Handles() {
  HDict dict;
  dict.SetDictTuple("answer", 42);
  // example: handle_to_integer integer_to_handle
  HTuple number, handle;
  HandleToInteger(dict, &number);
  IntegerToHandle(number, &handle);
  const HDict same = handle.H();
  assert(same.GetDictTuple("answer").I() == 42);
  // end
  // example: serialize_handle deserialize_handle
  const HSerializedItem item = dict.SerializeHandle();
  HHandle restored;
  restored.DeserializeHandle(item);
  assert(restored.SemType() == "dict");
  // end
  // example: get_handle_param get_handle_tuple get_handle_object
  dict.SetDictObject(HImage("byte", 64, 48), "image");
  HTuple answer, kinds;
  HObject stored;
  GetHandleParam(dict, "key_data_type", HTuple("answer").Append("image"), &kinds);
  GetHandleTuple(dict, "answer", &answer);
  GetHandleObject(&stored, dict, "image");
  assert(kinds == HTuple("tuple").Append("object") && answer.I() == 42 && stored.CountObj() == 1);
  // end
  // example: clear_handle
  dict.ClearHandle();  // empties it for everybody who has a reference
  assert(same.TupleIsValidHandle() == 0);
  // end
  // example: serialize_tuple deserialize_tuple
  const HTuple tuple = HTuple(1).Append("two").Append(3.5);
  const HSerializedItem tuple_item = tuple.SerializeTuple();
  assert(HTuple::DeserializeTuple(tuple_item) == tuple);
  // end
  // example: create_serialized_item_ptr get_serialized_item_ptr clear_serialized_item
  Hlong size;
  const char* bytes = static_cast<const char*>(tuple_item.GetSerializedItemPtr(&size));
  std::vector<char> sent(bytes, bytes + size);
  HSerializedItem received(sent.data(), size, "true");
  assert(HTuple::DeserializeTuple(received) == tuple);
  received.ClearSerializedItem();
  // end
  // example: write_tuple read_tuple
  tuple.WriteTuple("values.tup");
  assert(HTuple::ReadTuple("values.tup") == tuple);
  // end
}

static void Images() {
  // example: gen_image1 get_image_pointer1 get_image_size get_image_type
  std::vector<unsigned char> pixels(64 * 48, 200);
  const HImage image("byte", 64, 48, pixels.data());
  HString type;
  Hlong width, height;
  const unsigned char* first = static_cast<unsigned char*>(image.GetImagePointer1(&type, &width, &height));
  assert(first[0] == 200 && type == image.GetImageType().S());
  image.GetImageSize(&width, &height);
  assert(width == 64 && height == 48);
  // end
  // example: gen_image3 get_image_pointer3
  std::vector<float> plane(32 * 32, 0.5f);
  HImage rgb;
  rgb.GenImage3("real", 32, 32, plane.data(), plane.data(), plane.data());
  void *red, *green, *blue;
  rgb.GetImagePointer3(&red, &green, &blue, &type, &width, &height);
  assert(*static_cast<float*>(red) == 0.5f);
  // end
  // example: decompose3 compose3
  HImage g, b;
  const HImage r = rgb.Decompose3(&g, &b);
  const HImage bgr = b.Compose3(g, r);
  // end
  // example: access_channel count_channels
  assert(bgr.CountChannels() == 3);
  assert(bgr.AccessChannel(2).CountChannels() == 1);
  // end
  // example: image_to_channels channels_to_image
  const HImage channels = rgb.ImageToChannels();
  assert(channels.CountObj() == 3);
  assert(channels.ChannelsToImage().CountChannels() == 3);
  // end
  // example: compose2 decompose2 append_channel
  HImage right;
  const HImage left = image.Compose2(image).Decompose2(&right);
  assert(left.TestEqualObj(right) == 1);
  assert(rgb.AppendChannel(rgb.AccessChannel(1)).CountChannels() == 4);
  // end
  // example: rgb1_to_gray full_domain get_grayval
  const HImage gray = rgb.Rgb1ToGray().FullDomain();
  assert(gray.GetGrayval(0, 0).D() > 0.4999 && gray.GetGrayval(0, 0).D() < 0.5001);
  // end
  // example: gen_image_const copy_image
  const HImage black("byte", 64, 48);
  assert(black.CopyImage().TestEqualObj(black) == 1);
  // end
  // example: gen_image_interleaved
  std::vector<unsigned char> bytes(3 * 20 * 10, 200);
  HImage color;
  color.GenImageInterleaved(bytes.data(), "rgb", 20, 10, -1, "byte", 20, 10, 0, 0, -1, 0);
  assert(color.CountChannels() == 3);
  // end
  // example: write_image read_image
  image.WriteImage("png", 0, "image.png");
  assert(HImage("image.png").TestEqualObj(image) == 1);
  // end
  // example: convert_image_type scale_image
  const HImage scaled = image.ConvertImageType("real").ScaleImage(1 / 255.0, 0.0);
  assert(scaled.GetImageType().S() == "real");
  // end
  // example: mirror_image crop_part zoom_image_size
  const HImage zoomed = image.MirrorImage("column").CropPart(0, 0, 48, 48).ZoomImageSize(32, 32, "bilinear");
  zoomed.GetImageSize(&width, &height);
  assert(width == 32 && height == 32);
  // end
  // example: concat_obj count_obj select_obj copy_obj
  const HObject both = image.ConcatObj(black);
  assert(both.CountObj() == 2);
  assert(both.SelectObj(2).TestEqualObj(black) == 1);  // counted from 1
  assert(both.CopyObj(1, 2).CountObj() == 2);
  // end
  // example: insert_obj remove_obj replace_obj obj_diff
  const HObject pair = image.InsertObj(black, 1);
  assert(pair.RemoveObj(1).TestEqualObj(image) == 1);
  assert(pair.ReplaceObj(image, 1).SelectObj(1).TestEqualObj(image) == 1);
  assert(pair.ObjDiff(black).TestEqualObj(image) == 1);
  // end
  // example: serialize_object deserialize_object clear_all_serialized_items
  const HSerializedItem item = pair.SerializeObject();
  HObject restored;
  restored.DeserializeObject(item);
  assert(restored.TestEqualObj(pair) == 1);
  HSystem::ClearAllSerializedItems();
  assert(item.TupleIsValidHandle() == 0);
  // end
  // example: gen_empty_obj get_obj_class test_equal_obj clear_obj
  HObject empty;
  empty.GenEmptyObj();
  assert(empty.CountObj() == 0);
  assert(image.GetObjClass().S() == "image");
  assert(image.TestEqualObj(black) == 0);
  ClearObj(empty);
  // end
}

static HDict Sample(int label) {
  std::vector<float> pixels(3 * 32 * 32);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<float>((7 * i + 29u * label) % 101) / 50.5f - 1;
  HImage image;
  image.GenImage3("real", 32, 32, &pixels[0], &pixels[32 * 32], &pixels[2 * 32 * 32]);
  HDict sample;
  sample.SetDictObject(image, "image");
  sample.SetDictTuple("image_label_id", label);
  return sample;
}

static void DeepLearning() {
  HDictArray batch;
  for (int label = 0; label < 4; ++label) batch.Append(Sample(label));
  // example: query_available_dl_devices get_dl_device_param
  const HDlDeviceArray devices = HDlDevice::QueryAvailableDlDevices("runtime", "cpu");
  assert(devices[0].GetDlDeviceParam("type").S() == "cpu");
  // end
  try {
    // example: set_dl_device_param
    devices[0].SetDlDeviceParam("no_such_parameter", 1);
    // end
    assert(false);
  } catch (const HOperatorException&) {
  }
  // example: read_dl_model set_dl_model_param get_dl_model_param
  const HDlModel model("model.onnx");
  model.SetDlModelParam("batch_size", 4);
  assert(model.GetDlModelParam("type").S() == "classification");
  // end
  // example: apply_dl_model
  const HDictArray results = model.ApplyDlModel(batch, HTuple());
  const Hlong best = results[0].GetDictTuple("classification_class_ids")[0].L();
  assert(best >= 0 && best < 10);
  // end
  // example: create_dl_pruning
  const HDlPrune pruning(model, "oracle", HDict());
  // end
  // example: add_dl_pruning_batch set_dl_pruning_param gen_dl_pruned_model get_dl_pruning_param
  pruning.AddDlPruningBatch(model, batch);  // as often as there are batches
  pruning.SetDlPruningParam("percentage", 30);
  const HDlModel pruned = model.GenDlPrunedModel(pruning);
  assert(pruning.GetDlPruningParam("pruned_kernel_num").I() > 0);
  // end
  // example: train_dl_model_batch
  pruned.SetDlModelParam("learning_rate", 0.01);
  const HDict result = pruned.TrainDlModelBatch(batch);
  assert(result.GetDictTuple("total_loss").D() > 0);
  // end
  // example: write_dl_model
  pruned.WriteDlModel("smaller.onnx");
  // end
  // example: serialize_dl_model deserialize_dl_model
  HDlModel copy;
  copy.DeserializeDlModel(pruned.SerializeDlModel());
  // end
  // example: clear_dl_model
  copy.ClearDlModel();
  // end
}

static bool Contains(const HTuple& names, const char* name) { return names.TupleFind(name).L() >= 0; }

static void System() {
  // example: get_error_text get_extended_error_info
  try {
    HImage("no_such_file.png");
  } catch (const HOperatorException& exception) {
    HTuple text, name, code, message;
    GetErrorText(static_cast<Hlong>(exception.ErrorCode()), &text);
    GetExtendedErrorInfo(&name, &code, &message);
    assert(text.S() != "" && name.S() == "read_image");
  }
  // end
  // example: set_check get_check
  HSystem::SetCheck("~data");
  assert(Contains(HSystem::GetCheck(), "~data"));
  HSystem::SetCheck("data");
  // end
  // example: set_system get_system
  HSystem::SetSystem("thread_num", 1);
  assert(HSystem::GetSystem("thread_num") == 1);
  // end
  // example: get_system_info
  assert(HSystem::GetSystemInfo("version") == HSystem::GetSystem(HTuple("version")).S());
  // end
  // example: count_seconds wait_seconds
  const double start = HSystem::CountSeconds();
  HSystem::WaitSeconds(0.01);
  assert(HSystem::CountSeconds() - start >= 0.01);
  // end
  // example: get_operator_name search_operator get_keywords get_chapter_info
  assert(Contains(HInfo::GetOperatorName("pruning"), "create_dl_pruning"));
  assert(Contains(HInfo::SearchOperator("pruning"), "create_dl_pruning"));
  assert(Contains(HInfo::GetKeywords("create_dl_pruning"), "pruning"));
  assert(HInfo::GetChapterInfo(HTuple("Deep Learning").Append("Pruning")).Length() > 0);
  // end
  // example: query_operator_info get_operator_info
  const HTuple slots = HInfo::QueryOperatorInfo();
  for (Hlong i = 0; i < slots.Length(); ++i) HInfo::GetOperatorInfo("create_dl_pruning", slots[i].C());
  // end
  // example: get_param_names get_param_num get_param_types
  HTuple names[4], counts[6], types[2];
  GetParamNames("create_dl_pruning", &names[0], &names[1], &names[2], &names[3]);
  assert(names[2] == HTuple("DLModelHandle").Append("Mode").Append("GenParam"));
  GetParamNum("create_dl_pruning", &counts[0], &counts[1], &counts[2], &counts[3], &counts[4], &counts[5]);
  assert(counts[3] == 3);
  GetParamTypes("create_dl_pruning", &types[0], &types[1]);
  assert(types[0].Length() == 3);
  // end
  // example: query_param_info get_param_info
  assert(Contains(HInfo::QueryParamInfo(), "default_value"));
  assert(HInfo::GetParamInfo("create_dl_pruning", "Mode", "default_value") == HTuple("'oracle'"));
  // end
}

int main() {
  try {
    Dictionaries();
    Handles();
    Images();
    DeepLearning();
    System();
  } catch (const HException& exception) {
    std::printf("%s: %s\n", exception.ProcName().Text(), exception.ErrorMessage().Text());
    return 1;
  }
  std::puts("all examples ran");
  return 0;
}
