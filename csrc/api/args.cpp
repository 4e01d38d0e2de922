#include "api/args.h"

namespace alcedo {

const ParameterSpec& parameter_of(const OperatorSpec& spec, ParameterClass cls, int i) {
  const ParameterSpec* parameter = spec.parameters + i;
  if (cls == ParameterClass::input_object) return *parameter;
  parameter += spec.num_in_objects;
  if (cls == ParameterClass::output_object) return *parameter;
  parameter += spec.num_out_objects;
  if (cls == ParameterClass::input_control) return *parameter;
  return *(parameter + spec.num_in_controls);
}

Args::Args(const OperatorSpec& spec, const HArguments& arguments)
    : spec_(spec),
      arguments_(arguments),
      out_controls_(static_cast<size_t>(spec.num_out_controls)),
      out_objects_(static_cast<size_t>(spec.num_out_objects)) {
  for (int i = 0; i < spec.num_in_objects; ++i) in_objects_.push_back(objects_of(arguments.in_objects[i]));
}

int64_t Args::in_int(int i, Hlong element) const {
  if (element >= in_length(i)) fail_count(i, "found ", in_length(i), " values, wanted more than ", element);
  if (element_type(in(i), element) != LONG_PAR) {
    fail_type(i, "found ", describe_element(in(i), element), ", wanted an integer");
  }
  return int_at(in(i), element);
}

double Args::in_real(int i, Hlong element) const {
  if (element >= in_length(i)) fail_count(i, "found ", in_length(i), " values, wanted more than ", element);
  if (!is_number(in(i), element)) fail_type(i, "found ", describe_element(in(i), element), ", wanted a number");
  return real_at(in(i), element);
}

std::string Args::in_string(int i, Hlong element) const {
  if (element >= in_length(i)) fail_count(i, "found ", in_length(i), " values, wanted more than ", element);
  if (element_type(in(i), element) != STRING_PAR) {
    fail_type(i, "found ", describe_element(in(i), element), ", wanted a string");
  }
  return string_at(in(i), element);
}

Handle Args::in_handle(int i, Hlong element) const {
  if (element >= in_length(i)) fail_count(i, "found ", in_length(i), " values, wanted more than ", element);
  if (element_type(in(i), element) != HANDLE_PAR) {
    fail_type(i, "found ", describe_element(in(i), element), ", wanted a handle");
  }
  return Handle(handle_at(in(i), element));
}

std::vector<Handle> Args::in_handles(int i) const {
  std::vector<Handle> handles;
  for (Hlong e = 0; e < in_length(i); ++e) handles.push_back(in_handle(i, e));
  return handles;
}

void Args::fail_input(int base, int i, const std::string& what) const {
  const char* name = parameter_of(spec_, ParameterClass::input_control, i).name;
  throw HException(base + i + 1, text(name, " (parameter ", i + 1, "): ", what), i + 1);
}

void Args::commit() {
  std::vector<Hobject> keys;
  try {
    for (ObjectTuple& objects : out_objects_) {
      keys.reserve(out_objects_.size());
      keys.push_back(make_object_key(std::move(objects)));
    }
  } catch (...) {
    for (const Hobject key : keys) release_object(key);
    throw;
  }
  for (size_t i = 0; i < keys.size(); ++i) arguments_.out_objects[i] = keys[i];
  for (size_t i = 0; i < out_controls_.size(); ++i) out_controls_[i].release_to(&arguments_.out_controls[i]);
}

}  // namespace alcedo
