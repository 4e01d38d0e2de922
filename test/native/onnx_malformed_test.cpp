// Hostile files: every one ends with an error of the reader, never with a crash or with more memory than the file's
// size explains. Mutations are seeded, so a failure comes again.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <random>

#include "base/error.h"
#include "base/file.h"
#include "onnx/export.h"
#include "onnx_build.h"

using namespace alcedo;
using namespace alcedo::test;

namespace {

// The error's text; "" if the bytes were read.
std::string error_of(const std::string& bytes) {
  try {
    read_onnx_bytes(bytes.data(), bytes.size());
    return "";
  } catch (const HException& error) {
    CHECK((error.code() == 7801 || error.code() == 7780));
    CHECK(!error.text().empty());
    return error.text();
  }
}

std::string error_of(const onnx_pb::ModelProto& model) { return error_of(model.SerializeAsString()); }

bool says(const std::string& text, const std::string& part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

std::string mutated(std::string bytes, std::mt19937& random) {
  const auto below = [&](size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); };
  const size_t changes = 1 + below(4);
  for (size_t k = 0; k < changes && !bytes.empty(); ++k) {
    const size_t at = below(bytes.size()), size = 1 + below(std::min<size_t>(bytes.size() - at, 24));
    switch (below(6)) {
      case 0:
        bytes[at] = static_cast<char>(below(256));
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 2:
        bytes.erase(at, size);
        break;
      case 3:
        bytes.insert(at, bytes.substr(below(bytes.size()), size));
        break;
      case 4:
        bytes[at] = static_cast<char>(below(2) ? 0xff : 0x7f);
        break;
      default:
        bytes.resize(at);
        break;
    }
  }
  return bytes;
}

}  // namespace

TEST_SUITE("onnx") {
  TEST_CASE("malformed: no model at all") {
    CHECK(says(error_of(std::string()), "no graph"));
    CHECK(says(error_of(std::string("not a model at all")), "not a valid ONNX model"));
    std::mt19937 random(1);
    for (int i = 0; i < 500; ++i) {
      std::string bytes(1 + random() % 300, '\0');
      for (char& c : bytes) c = static_cast<char>(random());
      CHECK(!error_of(bytes).empty());
    }
  }

  TEST_CASE("malformed: every truncation of a model") {
    const std::string bytes = small_network().SerializeAsString();
    for (size_t size = 0; size < bytes.size(); ++size) CHECK(!error_of(bytes.substr(0, size)).empty());
  }

  TEST_CASE("malformed: sizes and shapes") {
    onnx_pb::ModelProto model = small_network();
    auto* kernel = model.mutable_graph()->mutable_initializer(0);
    kernel->set_dims(0, int64_t{1} << 50);
    CHECK(says(error_of(model), "2^40"));
    kernel->set_dims(0, int64_t{1} << 30);
    CHECK(says(error_of(model), "bytes"));
    kernel->set_dims(0, -2);
    CHECK(says(error_of(model), "negative"));
    kernel->set_dims(0, 3);
    CHECK(says(error_of(model), "needs"));
    model = small_network();
    model.mutable_graph()->mutable_initializer(0)->set_dims(1, 4);
    model.mutable_graph()->mutable_initializer(0)->set_dims(0, 1);
    CHECK(says(error_of(model), "[Conv conv]"));
    model = small_network();
    auto* shape = model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
    shape->mutable_dim(2)->set_dim_value(-7);
    CHECK(says(error_of(model), "negative"));
    shape->mutable_dim(2)->set_dim_value(int64_t{1} << 60);
    CHECK(says(error_of(model), "2^40"));
    model = small_network();
    model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->clear_shape();
    CHECK(says(error_of(model), "no shape"));
  }

  TEST_CASE("malformed: graphs") {
    onnx_pb::ModelProto model = small_network();
    model.mutable_graph()->mutable_node(0)->set_input(0, "f");
    CHECK(says(error_of(model), "cycle"));
    model = small_network();
    model.mutable_graph()->mutable_node(0)->set_input(1, "nowhere");
    CHECK(says(error_of(model), "'nowhere' is neither"));
    model = small_network();
    model.mutable_graph()->mutable_initializer()->DeleteSubrange(0, 1);
    CHECK(says(error_of(model), "'w' is neither"));
    model = small_network();
    model.mutable_graph()->mutable_node(1)->set_output(0, "c");
    CHECK(says(error_of(model), "defined twice"));
    model = small_network();
    model.mutable_graph()->mutable_output(0)->set_name("z");
    CHECK(says(error_of(model), "computed by no node"));
    model = small_network();
    model.clear_opset_import();
    CHECK(says(error_of(model), "opset"));
    model = small_network(3);
    CHECK(says(error_of(model), "opset 3"));
    model = small_network();
    model.mutable_graph()->mutable_node(6)->mutable_attribute(0)->set_type(onnx_pb::AttributeProto::STRING);
    CHECK(says(error_of(model), "transB"));
  }

  TEST_CASE("malformed: a few bytes do not take much memory") {
    const long before = peak_kib();
    onnx_pb::ModelProto model = new_model();
    add_input(model, "x", {1});
    add_output(model, "y", {1});
    // Each would be 256 MiB or more, if it were made.
    for (int i = 0; i < 40; ++i) {
      const std::string n = std::to_string(i);
      add_ints(model, "size" + n, {1 << 13, 1 << 13});
      add_node(model, "ConstantOfShape", "fill" + n, {("size" + n).c_str()}, {("big" + n).c_str()});
      add_ints(model, "axes" + n, {0, 1});
      set_int(add_node(model, "ReduceSum", "sum" + n, {("big" + n).c_str(), ("axes" + n).c_str()}, {("s" + n).c_str()}),
              "keepdims", 0);
      add_node(model, "Add", "add" + n, {i ? ("t" + std::to_string(i - 1)).c_str() : "x", ("s" + n).c_str()},
               {i == 39 ? "y" : ("t" + n).c_str()});
    }
    error_of(model);
    auto* sparse = model.mutable_graph()->add_sparse_initializer();
    sparse->mutable_values()->set_name("sparse");
    sparse->mutable_values()->set_data_type(1);
    sparse->mutable_values()->add_dims(0);
    sparse->mutable_indices()->set_data_type(7);
    sparse->mutable_indices()->add_dims(0);
    for (int i = 0; i < 3; ++i) sparse->add_dims(100000);
    CHECK(says(error_of(model), "too large"));
    CHECK(peak_kib() - before < 300 * 1024);
  }

  TEST_CASE("malformed: messages nested deeply") {
    onnx_pb::TypeProto type;
    onnx_pb::TypeProto* inner = &type;
    for (int i = 0; i < 90; ++i) inner = inner->mutable_sequence_type()->mutable_elem_type();
    onnx_pb::ModelProto model = small_network();
    *model.mutable_graph()->mutable_input(0)->mutable_type() = type;
    CHECK(says(error_of(model), "cannot be parsed"));
    std::string bytes;
    for (int i = 0; i < 20000; ++i) {
      std::string head("\x3a", 1);
      for (size_t size = bytes.size();; size >>= 7) {
        head += static_cast<char>(size >= 0x80 ? (size & 0x7f) | 0x80 : size);
        if (size < 0x80) break;
      }
      bytes = head + bytes;
      if (bytes.size() > 60000) break;
    }
    CHECK(!error_of(bytes).empty());
  }

  TEST_CASE("malformed: mutations of a model") {
    std::mt19937 random(20240607);
    const std::string seeds[] = {small_network().SerializeAsString(), write_onnx_bytes(read(small_network()))};
    int read = 0, refused = 0;
    for (int i = 0; i < 6000; ++i) {
      const std::string bytes = mutated(seeds[i % 2], random);
      try {
        const OnnxModel model = read_onnx_bytes(bytes.data(), bytes.size());
        write_onnx_bytes(model);
        ++read;
      } catch (const HException& error) {
        if (error.text().empty()) FAIL("an error without a text");
        ++refused;
      }
    }
    CHECK(read + refused == 6000);
    CHECK(refused > 1000);
  }
}
