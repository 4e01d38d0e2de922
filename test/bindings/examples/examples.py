"""The examples of docs/reference in Python: what stands between "example: operators" and "end" is shown on the pages of
these operators. Run in a folder with a network of 3 x 32 x 32 inputs: model.onnx."""

import ctypes

import halcon as ha


def raises(call, *arguments):
    try:
        call(*arguments)
    except ha.HOperatorError:
        return True
    return False


def dictionaries():
    # example: create_dict set_dict_tuple get_dict_tuple
    settings = ha.create_dict()
    ha.set_dict_tuple(settings, "name", ["gear"])
    ha.set_dict_tuple(settings, "sizes", [3, 4, 5])
    assert ha.get_dict_tuple_s(settings, "name") == "gear"
    assert ha.get_dict_tuple(settings, "sizes") == [3, 4, 5]
    # end
    # example: set_dict_tuple_at
    ha.set_dict_tuple_at(settings, "sizes", [1], [40])
    assert ha.get_dict_tuple(settings, "sizes") == [3, 40, 5]
    # end
    # example: copy_dict
    copy = ha.copy_dict(settings, [], [])
    ha.set_dict_tuple(copy, "name", ["wheel"])
    assert ha.get_dict_tuple_s(settings, "name") == "gear"
    # end
    # example: get_dict_param remove_dict_key
    ha.remove_dict_key(copy, "name")
    assert ha.get_dict_param(copy, "keys", []) == ["sizes"]
    assert ha.get_dict_param_s(copy, "key_exists", "name") == 0
    # end
    # example: set_dict_object get_dict_object
    ha.set_dict_object(ha.gen_image_const("byte", 640, 480), settings, "image")
    assert ha.count_obj(ha.get_dict_object(settings, "image")) == 1
    # end
    # example: dict_to_json json_to_dict
    text = ha.dict_to_json_s(copy, [], [])
    parsed = ha.json_to_dict_s(text, [], [])
    assert ha.get_dict_tuple(parsed, "sizes") == [3, 40, 5]
    flags = ha.json_to_dict_s('{"shuffle": true}', "json_value_true", "yes")
    assert ha.get_dict_tuple_s(flags, "shuffle") == "yes"
    # end
    # example: write_dict read_dict
    ha.write_dict(settings, "settings.hdict", [], [])
    assert ha.get_dict_tuple_s(ha.read_dict("settings.hdict", [], []), "name") == "gear"
    # end


def handles():
    settings = ha.create_dict()
    ha.set_dict_tuple(settings, "answer", [42])
    # example: handle_to_integer integer_to_handle
    number = ha.handle_to_integer_s([settings])
    same = ha.integer_to_handle_s([number])
    assert ha.get_dict_tuple_s(same, "answer") == 42
    # end
    # example: serialize_handle deserialize_handle
    item = ha.serialize_handle(settings)
    assert ha.deserialize_handle(item).sem_type == "dict"
    # end
    # example: get_handle_param get_handle_tuple get_handle_object
    ha.set_dict_object(ha.gen_image_const("byte", 64, 48), settings, "image")
    assert ha.get_handle_param(settings, "key_data_type", ["answer", "image"]) == ["tuple", "object"]
    assert ha.get_handle_tuple_s(settings, "answer") == 42
    assert ha.count_obj(ha.get_handle_object(settings, "image")) == 1
    # end
    # example: clear_handle
    ha.clear_handle([settings])  # empties it for everybody who has a reference
    assert raises(ha.get_dict_tuple, same, "answer")
    # end
    # example: serialize_tuple deserialize_tuple
    item = ha.serialize_tuple([1, "two", 3.5])
    assert ha.deserialize_tuple(item) == [1, "two", 3.5]
    # end
    # example: create_serialized_item_ptr get_serialized_item_ptr clear_serialized_item
    pointer, size = ha.get_serialized_item_ptr(item)
    data = ctypes.string_at(pointer, size)
    address = ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value
    received = ha.create_serialized_item_ptr(address, size, "true")
    assert ha.deserialize_tuple(received) == [1, "two", 3.5]
    ha.clear_serialized_item(received)
    # end
    # example: write_tuple read_tuple
    ha.write_tuple([1, "two", 3.5], "values.tup")
    assert ha.read_tuple("values.tup") == [1, "two", 3.5]
    # end


def images():
    # example: gen_image1 get_image_pointer1 get_image_size get_image_type
    pixels = (ctypes.c_uint8 * (64 * 48))(*(i % 256 for i in range(64 * 48)))
    image = ha.gen_image1("byte", 64, 48, ctypes.addressof(pixels))
    pointer, pixel_type, width, height = ha.get_image_pointer1(image)
    assert ctypes.string_at(pointer, width * height) == bytes(pixels)
    assert ha.get_image_type_s(image) == pixel_type
    assert ha.get_image_size_s(image) == (64, 48)
    # end
    # example: gen_image3 get_image_pointer3
    plane = (ctypes.c_float * (32 * 32))(*[0.5] * (32 * 32))
    rgb = ha.gen_image3("real", 32, 32, *[ctypes.addressof(plane)] * 3)
    red = ha.get_image_pointer3(rgb)[0]
    assert ctypes.c_float.from_address(red).value == 0.5
    # end
    # example: decompose3 compose3
    red, green, blue = ha.decompose3(rgb)
    bgr = ha.compose3(blue, green, red)
    # end
    # example: access_channel count_channels
    assert ha.count_channels_s(bgr) == 3
    assert ha.count_channels_s(ha.access_channel(bgr, 2)) == 1
    # end
    # example: image_to_channels channels_to_image
    channels = ha.image_to_channels(rgb)
    assert ha.count_obj(channels) == 3
    assert ha.count_channels_s(ha.channels_to_image(channels)) == 3
    # end
    # example: compose2 decompose2 append_channel
    first, second = ha.decompose2(ha.compose2(image, image))
    assert ha.test_equal_obj(first, second) == 1
    assert ha.count_channels_s(ha.append_channel(rgb, ha.access_channel(rgb, 1))) == 4
    # end
    # example: rgb1_to_gray full_domain get_grayval
    gray = ha.full_domain(ha.rgb1_to_gray(rgb))
    assert abs(ha.get_grayval(gray, [0], [0])[0] - 0.5) < 1e-6
    # end
    # example: gen_image_const copy_image
    black = ha.gen_image_const("byte", 64, 48)
    assert ha.test_equal_obj(ha.copy_image(black), black) == 1
    # end
    # example: gen_image_interleaved
    data = (ctypes.c_uint8 * (3 * 20 * 10))(*[200] * 600)
    color = ha.gen_image_interleaved(ctypes.addressof(data), "rgb", 20, 10, -1, "byte", 20, 10, 0, 0, -1, 0)
    assert ha.count_channels_s(color) == 3
    # end
    # example: write_image read_image
    ha.write_image(image, "png", 0, "image.png")
    assert ha.test_equal_obj(ha.read_image("image.png"), image) == 1
    # end
    # example: convert_image_type scale_image
    real = ha.convert_image_type(image, "real")
    scaled = ha.scale_image(real, 1 / 255, 0.0)
    assert ha.get_image_type_s(scaled) == "real"
    # end
    # example: mirror_image crop_part zoom_image_size
    part = ha.crop_part(ha.mirror_image(image, "column"), 0, 0, 48, 48)
    zoomed = ha.zoom_image_size(part, 32, 32, "bilinear")
    assert ha.get_image_size_s(zoomed) == (32, 32)
    # end
    # example: concat_obj count_obj select_obj copy_obj
    both = ha.concat_obj(image, black)
    assert ha.count_obj(both) == 2
    assert ha.test_equal_obj(ha.select_obj(both, 2), black) == 1  # counted from 1
    assert ha.count_obj(ha.copy_obj(both, 1, 2)) == 2
    # end
    # example: insert_obj remove_obj replace_obj obj_diff
    pair = ha.insert_obj(image, black, 1)
    assert ha.test_equal_obj(ha.remove_obj(pair, 1), image) == 1
    assert ha.test_equal_obj(ha.select_obj(ha.replace_obj(pair, image, 1), 1), image) == 1
    assert ha.test_equal_obj(ha.obj_diff(pair, black), image) == 1
    # end
    # example: serialize_object deserialize_object clear_all_serialized_items
    item = ha.serialize_object(pair)
    assert ha.test_equal_obj(ha.deserialize_object(item), pair) == 1
    ha.clear_all_serialized_items()
    assert ha.tuple_is_valid_handle([item]) == [0]
    # end
    # example: gen_empty_obj get_obj_class test_equal_obj clear_obj
    empty = ha.gen_empty_obj()
    assert ha.count_obj(empty) == 0
    assert ha.get_obj_class_s(image) == "image"
    assert ha.test_equal_obj(image, black) == 0
    ha.clear_obj(empty)
    # end


def sample(label):
    planes = [
        (ctypes.c_float * (32 * 32))(*((7 * i + 13 * c + 29 * label) % 101 / 50.5 - 1 for i in range(32 * 32)))
        for c in range(3)
    ]
    result = ha.create_dict()
    image = ha.gen_image3("real", 32, 32, *(ctypes.addressof(plane) for plane in planes))
    ha.set_dict_object(image, result, "image")
    ha.set_dict_tuple(result, "image_label_id", [label])
    return result


def deep_learning():
    batch = [sample(label) for label in range(4)]
    # example: query_available_dl_devices get_dl_device_param
    device = ha.query_available_dl_devices("runtime", "cpu")[0]
    assert ha.get_dl_device_param(device, "type") == ["cpu"]
    # end
    try:
        # example: set_dl_device_param
        ha.set_dl_device_param(device, "no_such_parameter", 1)
        # end
    except ha.HOperatorError:
        pass
    # example: read_dl_model set_dl_model_param get_dl_model_param
    model = ha.read_dl_model("model.onnx")
    ha.set_dl_model_param(model, "batch_size", 4)
    assert ha.get_dl_model_param_s(model, "type") == "classification"
    # end
    # example: apply_dl_model
    results = ha.apply_dl_model(model, batch, [])
    best = ha.get_dict_tuple(results[0], "classification_class_ids")[0]
    assert 0 <= best < 10
    # end
    # example: create_dl_pruning
    pruning = ha.create_dl_pruning(model, "oracle", [])
    # end
    # example: add_dl_pruning_batch set_dl_pruning_param gen_dl_pruned_model get_dl_pruning_param
    ha.add_dl_pruning_batch(model, pruning, batch)  # as often as there are batches
    ha.set_dl_pruning_param(pruning, "percentage", 30)
    pruned = ha.gen_dl_pruned_model(model, pruning)
    assert ha.get_dl_pruning_param_s(pruning, "pruned_kernel_num") > 0
    # end
    # example: train_dl_model_batch
    ha.set_dl_model_param(pruned, "learning_rate", 0.01)
    result = ha.train_dl_model_batch(pruned, batch)
    assert ha.get_dict_tuple_s(result, "total_loss") > 0
    # end
    # example: write_dl_model
    ha.write_dl_model(pruned, "smaller.onnx")
    # end
    # example: serialize_dl_model deserialize_dl_model
    copy = ha.deserialize_dl_model(ha.serialize_dl_model(pruned))
    # end
    # example: clear_dl_model
    ha.clear_dl_model(copy)
    # end


def system():
    # example: get_error_text get_extended_error_info
    try:
        ha.read_image("no_such_file.png")
    except ha.HOperatorError as error:
        assert ha.get_error_text(error.error_code) != ""
        assert ha.get_extended_error_info()[0] == "read_image"
    # end
    # example: set_check get_check
    ha.set_check("~data")
    assert "~data" in ha.get_check()
    ha.set_check("data")
    # end
    # example: set_system get_system
    ha.set_system("thread_num", 1)
    assert ha.get_system_s("thread_num") == 1
    # end
    # example: get_system_info
    assert ha.get_system_info_s("version") == ha.get_system_s("version")
    # end
    # example: count_seconds wait_seconds
    start = ha.count_seconds()
    ha.wait_seconds(0.01)
    assert ha.count_seconds() - start >= 0.01
    # end
    # example: get_operator_name search_operator get_keywords get_chapter_info
    assert "create_dl_pruning" in ha.get_operator_name("pruning")
    assert "create_dl_pruning" in ha.search_operator("pruning")
    assert "pruning" in ha.get_keywords("create_dl_pruning")
    assert len(ha.get_chapter_info(["Deep Learning", "Pruning"])) > 0
    # end
    # example: query_operator_info get_operator_info
    for slot in ha.query_operator_info():
        ha.get_operator_info("create_dl_pruning", slot)
    # end
    # example: get_param_names get_param_num get_param_types
    assert ha.get_param_names("create_dl_pruning")[2] == ["DLModelHandle", "Mode", "GenParam"]
    assert ha.get_param_num("create_dl_pruning")[3] == 3
    assert len(ha.get_param_types("create_dl_pruning")[0]) == 3
    # end
    # example: query_param_info get_param_info
    assert "default_value" in ha.query_param_info()
    assert ha.get_param_info_s("create_dl_pruning", "Mode", "default_value") == "'oracle'"
    # end


dictionaries()
handles()
images()
deep_learning()
system()
print("all examples ran")
