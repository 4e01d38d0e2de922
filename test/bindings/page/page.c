/* The C form of the documented page, run as written. Prints each signature line that was run. */
#include <stdio.h>
#include <string.h>

#include "HalconC.h"

/* The line itself, as a declaration: another type would not compile. */
Herror T_create_dl_pruning(const Htuple DLModelHandle, const Htuple Mode, const Htuple GenParam, Htuple* DLPruningHandle);

static int is_pruning(const Htuple pruning) {
  Htuple type;
  int equal;
  if (T_tuple_sem_type(pruning, &type) != H_MSG_TRUE) return 0;
  equal = strcmp(get_s(type, 0), "dl_pruning") == 0;
  destroy_tuple(type);
  return equal;
}

int main(int argc, char** argv) {
  Htuple file, model, mode, none, pruning;
  if (argc < 2) return 2;
  create_tuple_s(&file, argv[1]);
  create_tuple_s(&mode, "oracle");
  create_tuple(&none, 0);
  if (T_read_dl_model(file, &model) != H_MSG_TRUE) return 3;

  if (T_create_dl_pruning(model, mode, none, &pruning) != H_MSG_TRUE || !is_pruning(pruning)) return 4;
  puts("Herror T_create_dl_pruning(const Htuple DLModelHandle, const Htuple Mode, const Htuple GenParam, "
       "Htuple* DLPruningHandle)");
  destroy_tuple(pruning);

  /* The HDevelop form, by name: one array per class of parameters. */
  {
    Htuple in[3], out[1];
    in[0] = model;
    in[1] = mode;
    in[2] = none;
    if (T_call_halcon_by_id(get_operator_id("create_dl_pruning"), NULL, NULL, in, out) != H_MSG_TRUE) return 5;
    if (!is_pruning(out[0])) return 6;
    puts("create_dl_pruning( : : DLModelHandle, Mode, GenParam : DLPruningHandle)");
    destroy_tuple(out[0]);
  }
  destroy_tuple(model);
  destroy_tuple(none);
  destroy_tuple(mode);
  destroy_tuple(file);
  return 0;
}
