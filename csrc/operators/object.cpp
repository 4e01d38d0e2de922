// Iconic objects and tuples of them.
#include "api/args.h"
#include "objects/image_ops.h"

namespace alcedo::operators {

void gen_empty_obj(Args& args) { args.out_object(0, {}); }

void concat_obj(Args& args) {
  std::vector<ImagePtr> objects(args.in_object(0).begin(), args.in_object(0).end());
  objects.insert(objects.end(), args.in_object(1).begin(), args.in_object(1).end());
  args.out_object(0, std::move(objects));
}

void select_obj(Args& args) {
  const ObjectTuple& objects = args.in_object(0);
  std::vector<ImagePtr> selected;
  for (const int64_t i : args.in_ints(0)) {
    if (i < 1 || i > objects.size()) args.fail_value(0, "found ", i, ", wanted 1 to ", objects.size());
    selected.push_back(objects[i - 1]);
  }
  args.out_object(0, std::move(selected));
}

void count_obj(Args& args) { args.out(0, args.in_object(0).size()); }

void copy_obj(Args& args) {
  const ObjectTuple& objects = args.in_object(0);
  const int64_t first = args.in_int(0);
  if (first < 1 || first > objects.size()) args.fail_value(0, "found ", first, ", wanted 1 to ", objects.size());
  const int64_t left = objects.size() - first + 1, n = args.in_int(1) == -1 ? left : args.in_int(1);
  if (n < 0 || n > left) args.fail_value(1, "found ", n, ", wanted -1 or at most ", left);
  const auto begin = objects.begin() + (first - 1);
  args.out_object(0, std::vector<ImagePtr>(begin, begin + n));
}

void clear_obj(Args& args) { args.release_input_object(0); }

void test_equal_obj(Args& args) {
  const ObjectTuple &a = args.in_object(0), &b = args.in_object(1);
  bool same = a.size() == b.size();
  for (int64_t i = 0; same && i < a.size(); ++i) same = a[i] == b[i] || equal(*a[i], *b[i]);
  args.out(0, same ? 1 : 0);
}

void get_obj_class(Args& args) {
  Tuple classes;
  for (int64_t i = 0; i < args.in_object(0).size(); ++i) classes.push("image");
  args.out(0, std::move(classes));
}

}  // namespace alcedo::operators
