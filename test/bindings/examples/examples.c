/* The examples of docs/reference in C: what stands between "example: operators" and "end" is shown on the pages of these
 * operators. Run in a folder with a network of 3 x 32 x 32 inputs: model.onnx. An error ends the program with a message
 * (set_check), so no result is tested. */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "HalconC.h"

static int contains(const Htuple names, const char* name) {
  Hlong i;
  for (i = 0; i < length_tuple(names); ++i)
    if (strcmp(get_s(names, i), name) == 0) return 1;
  return 0;
}

static void dictionaries(void) {
  Htuple none = HTUPLE_INITIALIZER, name, sizes, value, copy, text, parsed, file, read, exists;
  Hobject image, stored;
  Hlong num;
  /* example: create_dict set_dict_tuple get_dict_tuple */
  Htuple dict, key, result;
  T_create_dict(&dict);
  create_tuple_s(&key, "name");
  create_tuple_s(&name, "gear");
  T_set_dict_tuple(dict, key, name);
  T_get_dict_tuple(dict, key, &result);
  assert(strcmp(get_s(result, 0), "gear") == 0);
  destroy_tuple(result);
  /* end */
  create_tuple_s(&sizes, "sizes");
  create_tuple_type(&value, 3, LONG_PAR);
  T_set_dict_tuple(dict, sizes, value);
  /* example: set_dict_tuple_at */
  Htuple index, forty;
  create_tuple_i(&index, 1);
  create_tuple_i(&forty, 40);
  T_set_dict_tuple_at(dict, sizes, index, forty);
  T_get_dict_tuple(dict, sizes, &result);
  assert(length_tuple(result) == 3 && get_i(result, 1) == 40);
  destroy_tuple(result);
  /* end */
  /* example: copy_dict */
  T_copy_dict(dict, none, none, &copy);
  T_set_dict_tuple(copy, key, forty);
  T_get_dict_tuple(dict, key, &result);
  assert(strcmp(get_s(result, 0), "gear") == 0);
  destroy_tuple(result);
  /* end */
  /* example: get_dict_param remove_dict_key */
  T_remove_dict_key(copy, key);
  create_tuple_s(&exists, "key_exists");
  T_get_dict_param(copy, exists, key, &result);
  assert(get_i(result, 0) == 0);
  destroy_tuple(result);
  /* end */
  /* example: set_dict_object get_dict_object */
  gen_image_const(&image, "byte", 640, 480);
  set_s(key, "image", 0);
  T_set_dict_object(image, dict, key);
  T_get_dict_object(&stored, dict, key);
  count_obj(stored, &num);
  assert(num == 1);
  clear_obj(image);
  clear_obj(stored);
  /* end */
  /* example: dict_to_json json_to_dict */
  T_dict_to_json(copy, none, none, &text);
  T_json_to_dict(text, none, none, &parsed);
  T_get_dict_tuple(parsed, sizes, &result);
  assert(length_tuple(result) == 3);
  destroy_tuple(result);
  /* end */
  /* example: write_dict read_dict */
  create_tuple_s(&file, "settings.hdict");
  T_write_dict(dict, file, none, none);
  T_read_dict(file, none, none, &read);
  T_get_dict_tuple(read, sizes, &result);
  assert(get_i(result, 1) == 40);
  destroy_tuple(result);
  destroy_tuple(read);
  /* end */
}

static void handles(void) {
  Htuple dict, key, value, number, same, item, restored, type, valid, tuple, again, file;
  T_create_dict(&dict);
  create_tuple_s(&key, "answer");
  create_tuple_i(&value, 42);
  T_set_dict_tuple(dict, key, value);
  /* example: handle_to_integer integer_to_handle */
  T_handle_to_integer(dict, &number);
  T_integer_to_handle(number, &same);
  assert(get_h(same, 0) == get_h(dict, 0));
  /* end */
  /* example: serialize_handle deserialize_handle */
  T_serialize_handle(dict, &item);
  T_deserialize_handle(item, &restored);
  T_tuple_sem_type(restored, &type);
  assert(strcmp(get_s(type, 0), "dict") == 0);
  destroy_tuple(item);
  /* end */
  /* example: get_handle_param get_handle_tuple get_handle_object */
  Htuple keys, none = HTUPLE_INITIALIZER, names, found;
  Hobject image, stored;
  Hlong num;
  create_tuple_s(&keys, "keys");
  T_get_handle_param(dict, keys, none, &names);
  assert(strcmp(get_s(names, 0), "answer") == 0);
  T_get_handle_tuple(dict, key, &found);
  assert(get_i(found, 0) == 42);
  set_s(keys, "image", 0);
  gen_image_const(&image, "byte", 64, 48);
  T_set_dict_object(image, dict, keys);
  T_get_handle_object(&stored, dict, keys);
  count_obj(stored, &num);
  assert(num == 1);
  /* end */
  /* example: clear_handle */
  T_clear_handle(dict); /* empties it for everybody who has a reference */
  T_tuple_is_valid_handle(same, &valid);
  assert(get_i(valid, 0) == 0);
  /* end */
  /* example: serialize_tuple deserialize_tuple */
  create_tuple(&tuple, 3);
  set_i(tuple, 1, 0);
  set_s(tuple, "two", 1);
  set_d(tuple, 3.5, 2);
  T_serialize_tuple(tuple, &item);
  T_deserialize_tuple(item, &again);
  assert(get_type(again, 1) == STRING_PAR && get_d(again, 2) == 3.5);
  destroy_tuple(again);
  /* end */
  /* example: create_serialized_item_ptr get_serialized_item_ptr clear_serialized_item */
  Htuple pointer, size, yes, received;
  create_tuple_s(&yes, "true");
  T_get_serialized_item_ptr(item, &pointer, &size);
  T_create_serialized_item_ptr(pointer, size, yes, &received);
  T_deserialize_tuple(received, &again);
  assert(length_tuple(again) == 3);
  T_clear_serialized_item(received);
  /* end */
  /* example: write_tuple read_tuple */
  create_tuple_s(&file, "values.tup");
  T_write_tuple(tuple, file);
  T_read_tuple(file, &again);
  assert(length_tuple(again) == 3);
  destroy_tuple(again);
  /* end */
}

static void images(void) {
  /* example: gen_image1 get_image_pointer1 get_image_size get_image_type */
  static unsigned char pixels[64 * 48];
  Hobject image;
  Hlong pointer, width, height;
  char type[MAX_STRING];
  pixels[0] = 200;
  gen_image1(&image, "byte", 64, 48, (Hlong)pixels);
  get_image_pointer1(image, &pointer, type, &width, &height);
  assert(*(unsigned char*)pointer == 200 && width == 64 && height == 48);
  get_image_size(image, &width, &height);
  get_image_type(image, type);
  assert(width == 64 && strcmp(type, "byte") == 0);
  /* end */
  /* example: gen_image3 get_image_pointer3 */
  static float plane[32 * 32];
  Hobject rgb;
  Hlong red, green, blue;
  plane[0] = 0.5f;
  gen_image3(&rgb, "real", 32, 32, (Hlong)plane, (Hlong)plane, (Hlong)plane);
  get_image_pointer3(rgb, &red, &green, &blue, type, &width, &height);
  assert(*(float*)red == 0.5f);
  /* end */
  /* example: decompose3 compose3 */
  Hobject r, g, b, bgr;
  decompose3(rgb, &r, &g, &b);
  compose3(b, g, r, &bgr);
  /* end */
  /* example: access_channel count_channels */
  Hobject second_channel;
  Hlong channels;
  count_channels(bgr, &channels);
  assert(channels == 3);
  access_channel(bgr, &second_channel, 2);
  /* end */
  /* example: image_to_channels channels_to_image */
  Hobject list, joined;
  image_to_channels(rgb, &list);
  channels_to_image(list, &joined);
  count_channels(joined, &channels);
  assert(channels == 3);
  /* end */
  /* example: compose2 decompose2 append_channel */
  Hobject two, left, right, four;
  compose2(image, image, &two);
  decompose2(two, &left, &right);
  append_channel(two, two, &four);
  count_channels(four, &channels);
  assert(channels == 4);
  /* end */
  /* example: rgb1_to_gray full_domain get_grayval */
  Hobject gray, full;
  Htuple zero, values;
  create_tuple_i(&zero, 0);
  rgb1_to_gray(rgb, &gray);
  full_domain(gray, &full);
  T_get_grayval(full, zero, zero, &values);
  assert(get_d(values, 0) > 0.4999 && get_d(values, 0) < 0.5001);
  /* end */
  /* example: gen_image_const copy_image */
  Hobject black, copy;
  Hlong equal;
  gen_image_const(&black, "byte", 64, 48);
  copy_image(black, &copy);
  test_equal_obj(copy, black, &equal);
  assert(equal == 1);
  /* end */
  /* example: gen_image_interleaved */
  static unsigned char bytes[3 * 20 * 10];
  Hobject color;
  gen_image_interleaved(&color, (Hlong)bytes, "rgb", 20, 10, -1, "byte", 20, 10, 0, 0, -1, 0);
  count_channels(color, &channels);
  assert(channels == 3);
  /* end */
  /* example: write_image read_image */
  Hobject read;
  write_image(image, "png", 0, "image.png");
  read_image(&read, "image.png");
  test_equal_obj(read, image, &equal);
  assert(equal == 1);
  /* end */
  /* example: convert_image_type scale_image */
  Hobject real, scaled;
  convert_image_type(image, &real, "real");
  scale_image(real, &scaled, 1 / 255.0, 0);
  get_image_type(scaled, type);
  assert(strcmp(type, "real") == 0);
  /* end */
  /* example: mirror_image crop_part zoom_image_size */
  Hobject mirrored, part, zoomed;
  mirror_image(image, &mirrored, "column");
  crop_part(mirrored, &part, 0, 0, 48, 48);
  zoom_image_size(part, &zoomed, 32, 32, "bilinear");
  get_image_size(zoomed, &width, &height);
  assert(width == 32 && height == 32);
  /* end */
  /* example: concat_obj count_obj select_obj copy_obj */
  Hobject both, second, copied;
  Hlong num;
  concat_obj(image, black, &both);
  count_obj(both, &num);
  assert(num == 2);
  select_obj(both, &second, 2); /* counted from 1 */
  copy_obj(both, &copied, 1, 2);
  /* end */
  test_equal_obj(second, black, &equal);
  assert(equal == 1);
  /* example: insert_obj remove_obj replace_obj obj_diff */
  Hobject pair, rest, other, difference;
  insert_obj(image, black, &pair, 1);
  remove_obj(pair, &rest, 1);
  replace_obj(pair, image, &other, 1);
  obj_diff(pair, black, &difference);
  test_equal_obj(rest, difference, &equal);
  count_obj(other, &num);
  assert(equal == 1 && num == 2);
  /* end */
  /* example: serialize_object deserialize_object clear_all_serialized_items */
  Htuple item, valid;
  Hobject restored;
  T_serialize_object(pair, &item);
  T_deserialize_object(&restored, item);
  test_equal_obj(restored, pair, &equal);
  clear_all_serialized_items();
  T_tuple_is_valid_handle(item, &valid);
  assert(equal == 1 && get_i(valid, 0) == 0);
  /* end */
  /* example: gen_empty_obj get_obj_class test_equal_obj clear_obj */
  Hobject empty;
  gen_empty_obj(&empty);
  count_obj(empty, &num);
  get_obj_class(image, type);
  test_equal_obj(image, black, &equal);
  assert(num == 0 && strcmp(type, "image") == 0 && equal == 0);
  clear_obj(empty);
  /* end */
}

static void sample(int number, Htuple* dict) {
  static float pixels[3][32 * 32];
  Htuple key, label;
  Hobject image;
  int i;
  for (i = 0; i < 3 * 32 * 32; ++i) pixels[i / 1024][i % 1024] = (float)((7 * i + 29 * number) % 101 / 50.5 - 1);
  gen_image3(&image, "real", 32, 32, (Hlong)pixels[0], (Hlong)pixels[1], (Hlong)pixels[2]);
  T_create_dict(dict);
  create_tuple_s(&key, "image");
  T_set_dict_object(image, *dict, key);
  set_s(key, "image_label_id", 0);
  create_tuple_i(&label, number);
  T_set_dict_tuple(*dict, key, label);
}

static void deep_learning(void) {
  Htuple none = HTUPLE_INITIALIZER, batch;
  int i;
  create_tuple(&batch, 4);
  for (i = 0; i < 4; ++i) {
    Htuple one;
    sample(i, &one);
    set_h(batch, get_h(one, 0), i);
    destroy_tuple(one);
  }
  /* example: query_available_dl_devices get_dl_device_param */
  Htuple runtime, cpu, devices, device, name, value;
  create_tuple_s(&runtime, "runtime");
  create_tuple_s(&cpu, "cpu");
  T_query_available_dl_devices(runtime, cpu, &devices);
  create_tuple_h(&device, get_h(devices, 0));
  create_tuple_s(&name, "type");
  T_get_dl_device_param(device, name, &value);
  assert(strcmp(get_s(value, 0), "cpu") == 0);
  destroy_tuple(value);
  /* end */
  /* example: set_dl_device_param */
  Htuple unknown;
  create_tuple_s(&unknown, "no_such_parameter");
  set_check("~give_error"); /* from now on errors are returned */
  assert(T_set_dl_device_param(device, unknown, name) != H_MSG_TRUE);
  set_check("give_error");
  /* end */
  /* example: read_dl_model set_dl_model_param get_dl_model_param */
  Htuple file, model, batch_size, four;
  create_tuple_s(&file, "model.onnx");
  T_read_dl_model(file, &model);
  create_tuple_s(&batch_size, "batch_size");
  create_tuple_i(&four, 4);
  T_set_dl_model_param(model, batch_size, four);
  T_get_dl_model_param(model, name, &value);
  assert(strcmp(get_s(value, 0), "classification") == 0);
  destroy_tuple(value);
  /* end */
  /* example: apply_dl_model */
  Htuple results, first, ids;
  T_apply_dl_model(model, batch, none, &results);
  create_tuple_h(&first, get_h(results, 0));
  create_tuple_s(&ids, "classification_class_ids");
  T_get_dict_tuple(first, ids, &value);
  assert(get_i(value, 0) >= 0 && get_i(value, 0) < 10);
  destroy_tuple(value);
  /* end */
  /* example: create_dl_pruning */
  Htuple mode, pruning;
  create_tuple_s(&mode, "oracle");
  T_create_dl_pruning(model, mode, none, &pruning);
  /* end */
  /* example: add_dl_pruning_batch set_dl_pruning_param gen_dl_pruned_model get_dl_pruning_param */
  Htuple percentage, thirty, pruned, kernels;
  T_add_dl_pruning_batch(model, pruning, batch); /* as often as there are batches */
  create_tuple_s(&percentage, "percentage");
  create_tuple_i(&thirty, 30);
  T_set_dl_pruning_param(pruning, percentage, thirty);
  T_gen_dl_pruned_model(model, pruning, &pruned);
  create_tuple_s(&kernels, "pruned_kernel_num");
  T_get_dl_pruning_param(pruning, kernels, &value);
  assert(get_i(value, 0) > 0);
  destroy_tuple(value);
  /* end */
  /* example: train_dl_model_batch */
  Htuple result, loss;
  T_train_dl_model_batch(pruned, batch, &result);
  create_tuple_s(&loss, "total_loss");
  T_get_dict_tuple(result, loss, &value);
  assert(get_d(value, 0) > 0);
  destroy_tuple(value);
  /* end */
  /* example: write_dl_model */
  Htuple smaller;
  create_tuple_s(&smaller, "smaller.onnx");
  T_write_dl_model(pruned, smaller);
  /* end */
  /* example: serialize_dl_model deserialize_dl_model */
  Htuple item, copy;
  T_serialize_dl_model(pruned, &item);
  T_deserialize_dl_model(item, &copy);
  destroy_tuple(item);
  /* end */
  /* example: clear_dl_model */
  T_clear_dl_model(copy);
  destroy_tuple(copy);
  /* end */
}

static void system_(void) {
  Htuple names, chapter, info;
  Hlong i;
  /* example: get_error_text get_extended_error_info */
  char text[MAX_STRING], operator_name[MAX_STRING], message[MAX_STRING];
  Hobject image;
  Hlong code;
  set_check("~give_error"); /* from now on errors are returned */
  Herror error = read_image(&image, "no_such_file.png");
  set_check("give_error");
  get_error_text((Hlong)error, text);
  get_extended_error_info(operator_name, &code, message);
  assert(error == H_ERR_FNF && code == H_ERR_FNF && text[0] != 0 && strcmp(operator_name, "read_image") == 0);
  /* end */
  /* example: set_check get_check */
  Htuple checks;
  set_check("~data");
  T_get_check(&checks);
  assert(contains(checks, "~data"));
  set_check("data");
  /* end */
  /* example: set_system get_system */
  Hlong threads;
  set_system("thread_num", "1");
  get_system("thread_num", &threads);
  assert(threads == 1);
  /* end */
  /* example: get_system_info */
  get_system_info("version", text);
  assert(text[0] != '\0');
  /* end */
  /* example: count_seconds wait_seconds */
  double start, stop;
  count_seconds(&start);
  wait_seconds(0.01);
  count_seconds(&stop);
  assert(stop - start >= 0.01);
  /* end */
  /* example: get_operator_name search_operator get_keywords get_chapter_info */
  Htuple pattern, operator_tuple;
  create_tuple_s(&pattern, "pruning");
  T_get_operator_name(pattern, &names);
  assert(contains(names, "create_dl_pruning"));
  T_search_operator(pattern, &names);
  assert(contains(names, "create_dl_pruning"));
  create_tuple_s(&operator_tuple, "create_dl_pruning");
  T_get_keywords(operator_tuple, &names);
  assert(contains(names, "pruning"));
  create_tuple_s(&chapter, "Deep Learning");
  T_get_chapter_info(chapter, &info);
  assert(length_tuple(info) > 0);
  /* end */
  /* example: query_operator_info get_operator_info */
  Htuple slots;
  T_query_operator_info(&slots);
  for (i = 0; i < length_tuple(slots); ++i) {
    Htuple slot, slot_info;
    create_tuple_s(&slot, get_s(slots, i));
    T_get_operator_info(operator_tuple, slot, &slot_info);
    destroy_tuple(slot_info);
    destroy_tuple(slot);
  }
  /* end */
  /* example: get_param_names get_param_num get_param_types */
  Htuple in_objects, out_objects, inputs, outputs, input_types, output_types;
  Hlong num_in_objects, num_out_objects, num_inputs, num_outputs;
  T_get_param_names(operator_tuple, &in_objects, &out_objects, &inputs, &outputs);
  assert(contains(inputs, "DLModelHandle"));
  get_param_num("create_dl_pruning", text, &num_in_objects, &num_out_objects, &num_inputs, &num_outputs, message);
  assert(num_inputs == 3 && num_outputs == 1);
  T_get_param_types(operator_tuple, &input_types, &output_types);
  assert(length_tuple(input_types) == 3);
  /* end */
  /* example: query_param_info get_param_info */
  T_query_param_info(&slots);
  assert(contains(slots, "default_value"));
  get_param_info("create_dl_pruning", "Mode", "default_value", text);
  assert(strcmp(text, "'oracle'") == 0);
  /* end */
}

int main(void) {
  dictionaries();
  handles();
  images();
  deep_learning();
  system_();
  puts("all examples ran");
  return 0;
}
