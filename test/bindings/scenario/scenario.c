/* The scenario of README.md in C. A tuple may point into itself, so functions pass tuples on by address. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "HalconC.h"

static FILE* text;

static void run(Herror error) {
  if (error != H_MSG_TRUE) exit(1);
}

/* The values of a tuple, one line each; the tuple is destroyed. */
static void print(const char* name, Htuple* tuple) {
  Hlong i;
  for (i = 0; i < length_tuple(*tuple); ++i) {
    if (get_type(*tuple, i) == STRING_PAR)
      fprintf(text, "%s %s\n", name, get_s(*tuple, i));
    else if (get_type(*tuple, i) == LONG_PAR)
      fprintf(text, "%s %ld\n", name, get_i(*tuple, i));
    else
      fprintf(text, "%s %.0f\n", name, floor(get_d(*tuple, i) * 1e6 + 0.5));
  }
  destroy_tuple(*tuple);
}

static Hobject sample_image(int s) {
  static float pixels[3][32 * 32];
  Hobject image;
  int c, i;
  for (c = 0; c < 3; ++c)
    for (i = 0; i < 32 * 32; ++i) pixels[c][i] = (float)((7 * i + 13 * c + 29 * s) % 101 / 50.5 - 1);
  run(gen_image3(&image, "real", 32, 32, (Hlong)pixels[0], (Hlong)pixels[1], (Hlong)pixels[2]));
  return image;
}

/* `num` samples, the first one with number `first`. */
static void samples(int first, int num, Htuple* batch) {
  int i;
  create_tuple(batch, num);
  for (i = 0; i < num; ++i) {
    Htuple sample, key, label;
    Hobject image = sample_image(first + i);
    run(T_create_dict(&sample));
    create_tuple_s(&key, "image");
    run(T_set_dict_object(image, sample, key));
    run(clear_obj(image));
    set_s(key, "image_label_id", 0);
    create_tuple_i(&label, (first + i) % 10);
    run(T_set_dict_tuple(sample, key, label));
    set_h(*batch, get_h(sample, 0), i);
    destroy_tuple(label);
    destroy_tuple(key);
    destroy_tuple(sample);
  }
}

static void set_model(const Htuple model, const char* name, const Htuple value) {
  Htuple key;
  create_tuple_s(&key, name);
  run(T_set_dl_model_param(model, key, value));
  destroy_tuple(key);
}

static void print_model(const Htuple model, const char* name) {
  Htuple key, value;
  create_tuple_s(&key, name);
  run(T_get_dl_model_param(model, key, &value));
  print(name, &value);
  destroy_tuple(key);
}

static void print_pruning(const Htuple pruning, const char* name) {
  Htuple key, value;
  create_tuple_s(&key, name);
  run(T_get_dl_pruning_param(pruning, key, &value));
  print(name, &value);
  destroy_tuple(key);
}

/* One entry of the dictionary at `index` of a tuple of dictionaries. */
static void print_entry(const Htuple dicts, Hlong index, const char* name) {
  Htuple dict, key, value;
  create_tuple_h(&dict, get_h(dicts, index));
  create_tuple_s(&key, name);
  run(T_get_dict_tuple(dict, key, &value));
  print(name, &value);
  destroy_tuple(key);
  destroy_tuple(dict);
}

int main(int argc, char** argv) {
  Htuple file, model, mode, none, pruning, batch, key, value, pruned, result;
  int step;
  if (argc < 4) return 2;
  text = fopen(argv[2], "wb");
  if (!text) return 2;
  create_tuple(&none, 0);

  create_tuple_s(&file, argv[1]);
  run(T_read_dl_model(file, &model));
  print_model(model, "type");
  print_model(model, "image_dimensions");
  create_tuple_i(&value, 4);
  set_model(model, "batch_size", value);
  destroy_tuple(value);

  create_tuple_s(&mode, "oracle");
  run(T_create_dl_pruning(model, mode, none, &pruning));
  samples(0, 4, &batch);
  run(T_add_dl_pruning_batch(model, pruning, batch));
  destroy_tuple(batch);
  samples(4, 3, &batch);
  run(T_add_dl_pruning_batch(model, pruning, batch));
  destroy_tuple(batch);
  print_pruning(pruning, "prunable_conv_num");
  print_pruning(pruning, "prunable_conv_layer_name");
  print_pruning(pruning, "prunable_kernel_num");

  create_tuple_s(&key, "percentage");
  create_tuple_i(&value, 40);
  run(T_set_dl_pruning_param(pruning, key, value));
  destroy_tuple(value);
  destroy_tuple(key);
  run(T_gen_dl_pruned_model(model, pruning, &pruned));
  print_pruning(pruning, "pruned_kernel_num");
  print_pruning(pruning, "pruned_percentage");

  create_tuple_d(&value, 0.01);
  set_model(pruned, "learning_rate", value);
  destroy_tuple(value);
  samples(0, 4, &batch);
  for (step = 0; step < 2; ++step) {
    run(T_train_dl_model_batch(pruned, batch, &result));
    print_entry(result, 0, "total_loss");
    destroy_tuple(result);
  }
  run(T_apply_dl_model(pruned, batch, none, &result));
  for (step = 0; step < 4; ++step) {
    print_entry(result, step, "classification_class_ids");
    print_entry(result, step, "classification_confidences");
  }
  destroy_tuple(result);
  destroy_tuple(batch);

  set_s(file, argv[3], 0);
  run(T_write_dl_model(pruned, file));
  destroy_tuple(pruned);
  destroy_tuple(pruning);
  destroy_tuple(mode);
  destroy_tuple(model);
  destroy_tuple(file);
  destroy_tuple(none);
  fclose(text);
  return 0;
}
