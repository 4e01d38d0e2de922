// What an operator function sees of a call: `void create_dict(Args& args)`. Each class of parameters is counted from 0
// in table order. Inputs were checked against the table before the function runs (types, counts, value lists, ranges,
// handle types). Outputs are collected here and reach the caller only if the function returns.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/operator_table.h"
#include "base/error.h"
#include "base/error_codes.h"
#include "hcore.h"
#include "objects/handle.h"
#include "objects/object.h"
#include "objects/tuple.h"

namespace alcedo {

class Args {
 public:
  Args(const OperatorSpec& spec, const HArguments& arguments);

  const OperatorSpec& spec() const { return spec_; }

  // ---- Input controls. `element`: position within the tuple.
  const Htuple& in(int i) const { return arguments_.in_controls[i]; }
  Hlong in_length(int i) const { return in(i).num; }
  int64_t in_int(int i, Hlong element = 0) const;
  double in_real(int i, Hlong element = 0) const;  // integers convert
  std::string in_string(int i, Hlong element = 0) const;
  std::vector<int64_t> in_ints(int i) const { return ints_of(in(i)); }
  std::vector<double> in_reals(int i) const { return reals_of(in(i)); }
  std::vector<std::string> in_strings(int i) const { return strings_of(in(i)); }
  Handle in_handle(int i, Hlong element = 0) const;
  std::vector<Handle> in_handles(int i) const;
  template <class T>
  std::shared_ptr<T> in_content(int i, Hlong element = 0) const {
    return handle_content<T>(in_handle(i, element).get());
  }
  template <class T>
  std::vector<std::shared_ptr<T>> in_contents(int i) const {
    std::vector<std::shared_ptr<T>> contents;
    for (Hlong e = 0; e < in_length(i); ++e) contents.push_back(in_content<T>(i, e));
    return contents;
  }

  // ---- Input objects. An image parameter that takes one image was checked to hold one.
  const ObjectTuple& in_object(int i) const { return in_objects_[static_cast<size_t>(i)]; }
  const ImagePtr& in_image(int i) const { return in_object(i)[0]; }

  // For clear_obj: gives the caller's key back.
  void release_input_object(int i) { release_object(arguments_.in_objects[i]); }

  // ---- Outputs. What is not set is the empty tuple, the empty object tuple.
  void out(int i, Tuple value) { out_controls_[static_cast<size_t>(i)] = std::move(value); }
  void out_handle(int i, Handle handle) { out(i, Tuple(std::move(handle))); }
  template <class T>
  void out_handle(int i, const HandleType& type, std::shared_ptr<T> content) {
    out_handle(i, make_handle(type, std::move(content)));
  }
  void out_object(int i, ObjectTuple objects) { out_objects_[static_cast<size_t>(i)] = std::move(objects); }

  // ---- Errors about input control i: code 1300, 1400, 1200 + number, with the parameter's name in front of the text.
  template <class... Parts>
  [[noreturn]] void fail_value(int i, const Parts&... parts) const {
    fail_input(1300, i, text(parts...));
  }
  template <class... Parts>
  [[noreturn]] void fail_count(int i, const Parts&... parts) const {
    fail_input(1400, i, text(parts...));
  }
  template <class... Parts>
  [[noreturn]] void fail_type(int i, const Parts&... parts) const {
    fail_input(1200, i, text(parts...));
  }

  // For HCall: hands the outputs to the caller. Throws before anything is written, or not at all.
  void commit();

 private:
  [[noreturn]] void fail_input(int base, int i, const std::string& what) const;
  const OperatorSpec& spec_;
  const HArguments& arguments_;
  std::vector<ObjectTuple> in_objects_;
  std::vector<Tuple> out_controls_;
  std::vector<ObjectTuple> out_objects_;
};

// The i-th (from 0) parameter of a class.
const ParameterSpec& parameter_of(const OperatorSpec& spec, ParameterClass cls, int i);

}  // namespace alcedo
