// Iconic objects and tuples of them.
#include <algorithm>

#include "api/args.h"
#include "objects/image_ops.h"

namespace alcedo::operators {
namespace {

std::vector<int64_t> checked_indices(const Args& args, int64_t num) {
  std::vector<int64_t> indices = args.in_ints(0);
  for (const int64_t i : indices) {
    if (i < 1 || i > num) args.fail_value(0, "found ", i, ", wanted 1 to ", num);
  }
  return indices;
}

}  // namespace

void gen_empty_obj(Args& args) { args.out_object(0, {}); }

void concat_obj(Args& args) {
  std::vector<ImagePtr> objects(args.in_object(0).begin(), args.in_object(0).end());
  objects.insert(objects.end(), args.in_object(1).begin(), args.in_object(1).end());
  args.out_object(0, std::move(objects));
}

void select_obj(Args& args) {
  const ObjectTuple& objects = args.in_object(0);
  std::vector<ImagePtr> selected;
  for (const int64_t i : checked_indices(args, objects.size())) selected.push_back(objects[i - 1]);
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

void insert_obj(Args& args) {
  const ObjectTuple &objects = args.in_object(0), &inserted = args.in_object(1);
  const int64_t at = args.in_int(0);
  if (at > objects.size() + 1) args.fail_value(0, "found ", at, ", wanted 1 to ", objects.size() + 1);
  std::vector<ImagePtr> extended(objects.begin(), objects.end());
  extended.insert(extended.begin() + (at - 1), inserted.begin(), inserted.end());
  args.out_object(0, std::move(extended));
}

void remove_obj(Args& args) {
  const ObjectTuple& objects = args.in_object(0);
  const std::vector<int64_t> gone = checked_indices(args, objects.size());
  std::vector<ImagePtr> left;
  for (int64_t i = 0; i < objects.size(); ++i) {
    if (std::find(gone.begin(), gone.end(), i + 1) == gone.end()) left.push_back(objects[i]);
  }
  args.out_object(0, std::move(left));
}

void replace_obj(Args& args) {
  const ObjectTuple &objects = args.in_object(0), &by = args.in_object(1);
  const std::vector<int64_t> indices = checked_indices(args, objects.size());
  require(by.size() == 1 || by.size() == static_cast<int64_t>(indices.size()), 1502,
          "ObjectsReplace (object 2): found ", by.size(), " objects for ", indices.size(),
          " indices, wanted one or as many");
  std::vector<ImagePtr> replaced(objects.begin(), objects.end());
  for (size_t i = 0; i < indices.size(); ++i) {
    replaced[static_cast<size_t>(indices[i] - 1)] = by[by.size() == 1 ? 0 : static_cast<int64_t>(i)];
  }
  args.out_object(0, std::move(replaced));
}

void obj_diff(Args& args) {
  const ObjectTuple& without = args.in_object(1);
  std::vector<ImagePtr> left;
  for (const ImagePtr& object : args.in_object(0)) {
    const auto same = [&](const ImagePtr& other) { return object == other || equal(*object, *other); };
    if (std::none_of(without.begin(), without.end(), same)) left.push_back(object);
  }
  args.out_object(0, std::move(left));
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
