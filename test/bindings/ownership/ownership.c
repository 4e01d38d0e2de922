/* Every kind of ownership in C: tuples, handles, objects, dictionaries in dictionaries, errors in between. Run under
 * the address and leak sanitizers; with a number, create/dispose cycles that must keep memory flat. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "HalconC.h"

#define CHECK(condition)                                              \
  do {                                                                \
    if (!(condition)) {                                               \
      fprintf(stderr, "line %d: %s\n", __LINE__, #condition);         \
      exit(1);                                                        \
    }                                                                 \
  } while (0)

static long resident(void) {
  long pages = 0;
  FILE* file = fopen("/proc/self/statm", "r");
  if (file && fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
  if (file) fclose(file);
  return pages * 4;
}

static void cycle(void) {
  Htuple dict, key, value, back, none;
  Hobject image, copy;
  CHECK(T_create_dict(&dict) == H_MSG_TRUE);
  create_tuple_s(&key, "key");
  create_tuple(&value, 3);
  set_i(value, 1, 0);
  set_d(value, 2.5, 1);
  set_s(value, "text", 2);
  CHECK(T_set_dict_tuple(dict, key, value) == H_MSG_TRUE);
  CHECK(T_get_dict_tuple(dict, key, &back) == H_MSG_TRUE);
  CHECK(length_tuple(back) == 3 && strcmp(get_s(back, 2), "text") == 0);
  destroy_tuple(back);
  CHECK(gen_image_const(&image, "byte", 8, 8) == H_MSG_TRUE);
  set_s(key, "image", 0);
  CHECK(T_set_dict_object(image, dict, key) == H_MSG_TRUE);
  CHECK(clear_obj(image) == H_MSG_TRUE);
  CHECK(T_get_dict_object(&copy, dict, key) == H_MSG_TRUE);
  CHECK(clear_obj(copy) == H_MSG_TRUE);
  /* An error leaves nothing behind. */
  set_s(key, "missing", 0);
  create_tuple(&none, 0);
  CHECK(T_get_dict_tuple(dict, key, &back) == 2894);
  destroy_tuple(none);
  destroy_tuple(value);
  destroy_tuple(key);
  destroy_tuple(dict);
}

static void misuse(void) {
  Htuple dict, other, key, value;
  Hobject image;
  CHECK(T_create_dict(&dict) == H_MSG_TRUE);
  copy_tuple(dict, &other);
  create_tuple_s(&key, "key");
  create_tuple_i(&value, 1);
  CHECK(T_clear_handle(dict) == H_MSG_TRUE);
  CHECK(T_set_dict_tuple(other, key, value) == 2454); /* cleared, through another reference */
  destroy_tuple(dict);
  CHECK(F_destroy_tuple(&dict) != 0); /* a second time: an error or nothing, no crash */
  destroy_tuple(other);
  CHECK(gen_image_const(&image, "byte", 4, 4) == H_MSG_TRUE);
  CHECK(clear_obj(image) == H_MSG_TRUE);
  CHECK(clear_obj(image) != H_MSG_TRUE);
  destroy_tuple(value);
  destroy_tuple(key);
}

int main(int argc, char** argv) {
  const long cycles = argc > 1 ? atol(argv[1]) : 100;
  long before, i;
  Htuple check;
  create_tuple_s(&check, "~give_error"); /* codes come back instead of ending the program */
  CHECK(T_set_check(check) == H_MSG_TRUE);
  destroy_tuple(check);
  misuse();
  for (i = 0; i < cycles / 10; ++i) cycle();
  before = resident();
  for (i = 0; i < cycles; ++i) cycle();
  printf("growth %ld KiB\n", resident() - before);
  return 0;
}
