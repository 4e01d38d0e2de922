// Calls operators through HCall in tests: controls and objects in, results out, errors as HException.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "hcore.h"
#include "objects/object.h"
#include "objects/tuple.h"

namespace alcedo {

// An Hobject that is given back.
class TestObject {
 public:
  explicit TestObject(Hobject key = UNDEF_KEY) : key_(key) {}
  TestObject(TestObject&& other) noexcept : key_(std::exchange(other.key_, UNDEF_KEY)) {}
  TestObject& operator=(TestObject&& other) noexcept {
    std::swap(key_, other.key_);
    return *this;
  }
  ~TestObject() { HReleaseObject(key_); }
  Hobject key() const { return key_; }
  ObjectTuple objects() const { return objects_of(key_); }

 private:
  Hobject key_;
};

struct CallResult {
  std::vector<Tuple> controls;
  std::vector<TestObject> objects;
};

// The numbers of outputs must be right, as for any caller.
inline CallResult call(const char* name, const std::vector<Tuple>& in, int num_out,
                       const std::vector<Hobject>& in_objects = {}, int num_out_objects = 0) {
  std::vector<Htuple> inputs, outputs(static_cast<size_t>(num_out));
  for (const Tuple& tuple : in) inputs.push_back(tuple.raw());  // read through elem, which points into `in`
  std::vector<Hobject> out_objects(static_cast<size_t>(num_out_objects));
  const HArguments arguments = {in_objects.data(),
                                out_objects.data(),
                                inputs.data(),
                                outputs.data(),
                                static_cast<int32_t>(in_objects.size()),
                                num_out_objects,
                                static_cast<int32_t>(in.size()),
                                num_out};
  HErrorInfo error{};
  const Herror code = HCall(name, &arguments, &error);
  if (code != H_MSG_TRUE) throw HException(static_cast<int>(error.code), error.text, error.parameter);
  CallResult result;
  for (Htuple& output : outputs) {
    result.controls.emplace_back(static_cast<const Htuple&>(output));
    tuple_clear(&output);
  }
  for (const Hobject key : out_objects) result.objects.emplace_back(key);
  return result;
}

// One output control.
inline Tuple call1(const char* name, const std::vector<Tuple>& in, const std::vector<Hobject>& in_objects = {}) {
  return call(name, in, 1, in_objects).controls[0];
}

// One output object.
inline TestObject call_object(const char* name, const std::vector<Tuple>& in,
                              const std::vector<Hobject>& in_objects = {}) {
  return std::move(call(name, in, 0, in_objects, 1).objects[0]);
}

// Quick: without the fsync of the library's own writing.
inline void write_test_file(const std::string& name, const void* data, size_t size) {
  std::remove(name.c_str());  // overwriting flushes on some file systems
  std::ofstream(name, std::ios::binary).write(static_cast<const char*>(data), static_cast<std::streamsize>(size));
}
inline void write_test_file(const std::string& name, const std::string& content) {
  write_test_file(name, content.data(), content.size());
}

// Code and text of the error of a call; code 2 if there is none.
struct CallError {
  int code = H_MSG_TRUE;
  int parameter = 0;
  std::string text;
};
inline CallError call_error(const char* name, const std::vector<Tuple>& in, int num_out,
                            const std::vector<Hobject>& in_objects = {}, int num_out_objects = 0) {
  try {
    call(name, in, num_out, in_objects, num_out_objects);
    return {};
  } catch (const HException& e) {
    return {e.code(), e.parameter(), e.text()};
  }
}

}  // namespace alcedo
