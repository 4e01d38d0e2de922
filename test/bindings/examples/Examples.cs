// The examples of docs/reference in C#: what stands between "example: operators" and "end" is shown on the pages of these
// operators. Run in a folder with a network of 3 x 32 x 32 inputs: model.onnx.
using System;
using System.Linq;
using System.Runtime.InteropServices;
using HalconDotNet;

public static class Examples
{
    private static void Assert(bool condition)
    {
        if (!condition) throw new Exception("an example does not do what it says");
    }

    private static void Dictionaries()
    {
        // example: create_dict set_dict_tuple get_dict_tuple
        var dict = new HDict();
        dict.SetDictTuple("name", "gear");
        dict.SetDictTuple("sizes", new[] { 3, 4, 5 });
        Assert(dict.GetDictTuple("name").S == "gear");
        Assert(dict.GetDictTuple("sizes").Length == 3);
        // end
        // example: set_dict_tuple_at
        dict.SetDictTupleAt("sizes", 1, 40);
        Assert(dict.GetDictTuple("sizes")[1].I == 40);
        // end
        // example: copy_dict
        HDict copy = dict.CopyDict(new HTuple(), new HTuple());
        copy.SetDictTuple("name", "wheel");
        Assert(dict.GetDictTuple("name").S == "gear");
        // end
        // example: get_dict_param remove_dict_key
        copy.RemoveDictKey("name");
        Assert(copy.GetDictParam("keys", new HTuple()).S == "sizes");
        Assert(copy.GetDictParam("key_exists", "name").I == 0);
        // end
        // example: set_dict_object get_dict_object
        dict.SetDictObject(new HImage("byte", 640, 480), "image");
        Assert(dict.GetDictObject("image").CountObj() == 1);
        // end
        // example: dict_to_json json_to_dict
        HTuple text = copy.DictToJson(new HTuple(), new HTuple());
        HDict[] parsed = HDict.JsonToDict(text, new HTuple(), new HTuple());
        Assert(parsed[0].GetDictTuple("sizes").Length == 3);
        var flags = new HDict();
        flags.JsonToDict("{\"shuffle\": true}", "json_value_true", "yes");
        Assert(flags.GetDictTuple("shuffle").S == "yes");
        // end
        // example: write_dict read_dict
        dict.WriteDict("settings.hdict", new HTuple(), new HTuple());
        var read = new HDict("settings.hdict", new HTuple(), new HTuple());
        Assert(read.GetDictTuple("name").S == "gear");
        // end
    }

    private static void Handles()
    {
        var dict = new HDict();
        dict.SetDictTuple("answer", 42);
        // example: handle_to_integer integer_to_handle
        HTuple number, handle;
        HOperatorSet.HandleToInteger(dict, out number);
        HOperatorSet.IntegerToHandle(number, out handle);
        var same = new HDict(handle.H);
        Assert(same.GetDictTuple("answer").I == 42);
        // end
        // example: serialize_handle deserialize_handle
        HSerializedItem item = dict.SerializeHandle();
        var restored = new HHandle();
        restored.DeserializeHandle(item);
        Assert(restored.SemType == "dict");
        // end
        // example: get_handle_param get_handle_tuple get_handle_object
        dict.SetDictObject(new HImage("byte", 64, 48), "image");
        HTuple kinds, answer;
        HObject stored;
        HOperatorSet.GetHandleParam(dict, "key_data_type", new[] { "answer", "image" }, out kinds);
        HOperatorSet.GetHandleTuple(dict, "answer", out answer);
        HOperatorSet.GetHandleObject(out stored, dict, "image");
        Assert(kinds.SArr.SequenceEqual(new[] { "tuple", "object" }) && answer.I == 42 && stored.CountObj() == 1);
        // end
        // example: clear_handle
        dict.ClearHandle(); // empties it for everybody who has a reference
        Assert(same.TupleIsValidHandle() == 0);
        // end
        // example: serialize_tuple deserialize_tuple
        HTuple tuple = new HTuple(1).TupleConcat("two").TupleConcat(3.5);
        HSerializedItem tupleItem = tuple.SerializeTuple();
        Assert(HTuple.DeserializeTuple(tupleItem).TupleEqual(tuple) == 1);
        // end
        // example: create_serialized_item_ptr get_serialized_item_ptr clear_serialized_item
        int size;
        IntPtr pointer = tupleItem.GetSerializedItemPtr(out size);
        var received = new HSerializedItem(pointer, size, "true");
        Assert(HTuple.DeserializeTuple(received).TupleEqual(tuple) == 1);
        received.ClearSerializedItem();
        // end
        // example: write_tuple read_tuple
        tuple.WriteTuple("values.tup");
        Assert(HTuple.ReadTuple("values.tup").TupleEqual(tuple) == 1);
        // end
    }

    private static void Images()
    {
        // example: gen_image1 get_image_pointer1 get_image_size get_image_type
        byte[] pixels = Enumerable.Repeat((byte)200, 64 * 48).ToArray();
        GCHandle pinned = GCHandle.Alloc(pixels, GCHandleType.Pinned);
        var image = new HImage("byte", 64, 48, pinned.AddrOfPinnedObject());
        pinned.Free();
        string type;
        int width, height;
        IntPtr pointer = image.GetImagePointer1(out type, out width, out height);
        Assert(Marshal.ReadByte(pointer) == 200 && type == image.GetImageType().S);
        HTuple widths, heights;
        HOperatorSet.GetImageSize(image, out widths, out heights);
        Assert(widths.I == width && heights.I == height);
        // end
        // example: gen_image3 get_image_pointer3
        GCHandle plane = GCHandle.Alloc(new byte[32 * 32], GCHandleType.Pinned);
        IntPtr data = plane.AddrOfPinnedObject();
        var rgb = new HImage();
        rgb.GenImage3("byte", 32, 32, data, data, data);
        plane.Free();
        HTuple red, green, blue, rgbType;
        HOperatorSet.GetImagePointer3(rgb, out red, out green, out blue, out rgbType, out widths, out heights);
        Assert(Marshal.ReadByte(new IntPtr(red.L)) == 0);
        // end
        // example: decompose3 compose3
        HImage g, b;
        HImage r = rgb.Decompose3(out g, out b);
        HImage bgr = b.Compose3(g, r);
        // end
        // example: access_channel count_channels
        Assert(bgr.CountChannels().I == 3);
        Assert(bgr.AccessChannel(2).CountChannels().I == 1);
        // end
        // example: image_to_channels channels_to_image
        HImage channels = rgb.ImageToChannels();
        Assert(channels.CountObj() == 3);
        Assert(channels.ChannelsToImage().CountChannels().I == 3);
        // end
        // example: compose2 decompose2 append_channel
        HImage second;
        HImage first = image.Compose2(image).Decompose2(out second);
        Assert(first.TestEqualObj(second) == 1);
        Assert(rgb.AppendChannel(rgb.AccessChannel(1)).CountChannels().I == 4);
        // end
        // example: rgb1_to_gray full_domain get_grayval
        HImage gray = rgb.Rgb1ToGray().FullDomain();
        Assert(gray.GetGrayval(0, 0).I == 0);
        // end
        // example: gen_image_const copy_image
        var black = new HImage("byte", 64, 48);
        Assert(black.CopyImage().TestEqualObj(black) == 1);
        // end
        // example: gen_image_interleaved
        GCHandle bytes = GCHandle.Alloc(new byte[3 * 20 * 10], GCHandleType.Pinned);
        var color = new HImage();
        color.GenImageInterleaved(bytes.AddrOfPinnedObject(), "rgb", 20, 10, -1, "byte", 20, 10, 0, 0, -1, 0);
        bytes.Free();
        Assert(color.CountChannels().I == 3);
        // end
        // example: write_image read_image
        image.WriteImage("png", 0, "image.png");
        Assert(new HImage("image.png").TestEqualObj(image) == 1);
        // end
        // example: convert_image_type scale_image
        HImage scaled = image.ConvertImageType("real").ScaleImage(1 / 255.0, 0.0);
        Assert(scaled.GetImageType().S == "real");
        // end
        // example: mirror_image crop_part zoom_image_size
        HImage part = image.MirrorImage("column").CropPart(0, 0, 48, 48);
        HOperatorSet.GetImageSize(part.ZoomImageSize(32, 32, "bilinear"), out widths, out heights);
        Assert(widths.I == 32 && heights.I == 32);
        // end
        // example: concat_obj count_obj select_obj copy_obj
        HObject both = image.ConcatObj(black);
        Assert(both.CountObj() == 2);
        Assert(both.SelectObj(2).TestEqualObj(black) == 1); // counted from 1
        Assert(both.CopyObj(1, 2).CountObj() == 2);
        // end
        // example: insert_obj remove_obj replace_obj obj_diff
        HObject pair = image.InsertObj(black, 1);
        Assert(pair.RemoveObj(1).TestEqualObj(image) == 1);
        Assert(pair.ReplaceObj(image, 1).SelectObj(1).TestEqualObj(image) == 1);
        Assert(pair.ObjDiff(black).TestEqualObj(image) == 1);
        // end
        // example: serialize_object deserialize_object clear_all_serialized_items
        HSerializedItem item = pair.SerializeObject();
        var restored = new HObject();
        restored.DeserializeObject(item);
        Assert(restored.TestEqualObj(pair) == 1);
        HSystem.ClearAllSerializedItems();
        Assert(item.TupleIsValidHandle() == 0);
        // end
        // example: gen_empty_obj get_obj_class test_equal_obj clear_obj
        var empty = new HObject();
        empty.GenEmptyObj();
        Assert(empty.CountObj() == 0);
        Assert(image.GetObjClass().S == "image");
        Assert(image.TestEqualObj(black) == 0);
        HOperatorSet.ClearObj(empty);
        // end
    }

    private static HDict Sample(int label)
    {
        float[] pixels = Enumerable.Range(0, 3 * 32 * 32).Select(i => (7 * i + 29 * label) % 101 / 50.5f - 1).ToArray();
        GCHandle pinned = GCHandle.Alloc(pixels, GCHandleType.Pinned);
        IntPtr start = pinned.AddrOfPinnedObject();
        var image = new HImage();
        image.GenImage3("real", 32, 32, start, start + 4 * 32 * 32, start + 8 * 32 * 32);
        pinned.Free();
        var sample = new HDict();
        sample.SetDictObject(image, "image");
        sample.SetDictTuple("image_label_id", label);
        return sample;
    }

    private static void DeepLearning()
    {
        HDict[] batch = Enumerable.Range(0, 4).Select(Sample).ToArray();
        // example: query_available_dl_devices get_dl_device_param
        HDlDevice[] devices = HDlDevice.QueryAvailableDlDevices("runtime", "cpu");
        Assert(devices[0].GetDlDeviceParam("type").S == "cpu");
        // end
        try
        {
            // example: set_dl_device_param
            devices[0].SetDlDeviceParam("no_such_parameter", 1);
            // end
            Assert(false);
        }
        catch (HOperatorException)
        {
        }
        // example: read_dl_model set_dl_model_param get_dl_model_param
        var model = new HDlModel("model.onnx");
        model.SetDlModelParam("batch_size", 4);
        Assert(model.GetDlModelParam("type").S == "classification");
        // end
        // example: apply_dl_model
        HDict[] results = model.ApplyDlModel(batch, new HTuple());
        int best = results[0].GetDictTuple("classification_class_ids")[0].I;
        Assert(best >= 0 && best < 10);
        // end
        // example: create_dl_pruning
        var pruning = new HDlPrune(model, "oracle", new HDict());
        // end
        // example: add_dl_pruning_batch set_dl_pruning_param gen_dl_pruned_model get_dl_pruning_param
        pruning.AddDlPruningBatch(model, batch); // as often as there are batches
        pruning.SetDlPruningParam("percentage", 30);
        HDlModel pruned = model.GenDlPrunedModel(pruning);
        Assert(pruning.GetDlPruningParam("pruned_kernel_num").I > 0);
        // end
        // example: train_dl_model_batch
        pruned.SetDlModelParam("learning_rate", 0.01);
        HDict result = pruned.TrainDlModelBatch(batch);
        Assert(result.GetDictTuple("total_loss").D > 0);
        // end
        // example: write_dl_model
        pruned.WriteDlModel("smaller.onnx");
        // end
        // example: serialize_dl_model deserialize_dl_model
        var copy = new HDlModel();
        copy.DeserializeDlModel(pruned.SerializeDlModel());
        // end
        // example: clear_dl_model
        copy.ClearDlModel();
        // end
    }

    private static void System_()
    {
        // example: get_error_text get_extended_error_info
        try
        {
            new HImage("no_such_file.png");
        }
        catch (HOperatorException exception)
        {
            HTuple text, name, code, message;
            HOperatorSet.GetErrorText(exception.GetErrorCode(), out text);
            HOperatorSet.GetExtendedErrorInfo(out name, out code, out message);
            Assert(text.S != "" && name.S == "read_image");
        }
        // end
        // example: set_check get_check
        HSystem.SetCheck("~data");
        Assert(HSystem.GetCheck().SArr.Contains("~data"));
        HSystem.SetCheck("data");
        // end
        // example: set_system get_system
        HSystem.SetSystem("thread_num", 1);
        Assert(HSystem.GetSystem("thread_num") == 1);
        // end
        // example: get_system_info
        Assert(HSystem.GetSystemInfo("version") == HSystem.GetSystem(new HTuple("version")).S);
        // end
        // example: count_seconds wait_seconds
        double start = HSystem.CountSeconds();
        HSystem.WaitSeconds(0.01);
        Assert(HSystem.CountSeconds() - start >= 0.01);
        // end
        // example: get_operator_name search_operator get_keywords get_chapter_info
        Assert(HInfo.GetOperatorName("pruning").SArr.Contains("create_dl_pruning"));
        Assert(HInfo.SearchOperator("pruning").SArr.Contains("create_dl_pruning"));
        Assert(HInfo.GetKeywords("create_dl_pruning").SArr.Contains("pruning"));
        Assert(HInfo.GetChapterInfo(new[] { "Deep Learning", "Pruning" }).Length > 0);
        // end
        // example: query_operator_info get_operator_info
        foreach (string slot in HInfo.QueryOperatorInfo().SArr) HInfo.GetOperatorInfo("create_dl_pruning", slot);
        // end
        // example: get_param_names get_param_num get_param_types
        HTuple inObjects, outObjects, inputs, outputs, name_, type;
        HOperatorSet.GetParamNames("create_dl_pruning", out inObjects, out outObjects, out inputs, out outputs);
        Assert(inputs.SArr.SequenceEqual(new[] { "DLModelHandle", "Mode", "GenParam" }));
        HOperatorSet.GetParamNum("create_dl_pruning", out name_, out inObjects, out outObjects, out inputs, out outputs, out type);
        Assert(inputs.I == 3);
        HOperatorSet.GetParamTypes("create_dl_pruning", out inputs, out outputs);
        Assert(inputs.Length == 3);
        // end
        // example: query_param_info get_param_info
        Assert(HInfo.QueryParamInfo().SArr.Contains("default_value"));
        Assert(HInfo.GetParamInfo("create_dl_pruning", "Mode", "default_value").S == "'oracle'");
        // end
    }

    public static void Main()
    {
        Dictionaries();
        Handles();
        Images();
        DeepLearning();
        System_();
        Console.WriteLine("all examples ran");
    }
}
