// Reading and writing: element types, places of data, names, opsets, shape arithmetic, functions, metadata, files.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "backends/reference/executor.h"
#include "base/error.h"
#include "layers/infer.h"
#include "onnx/export.h"
#include "onnx_build.h"

using namespace alcedo;
using namespace alcedo::test;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "alcedo-onnx-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

std::string error_of(const onnx_pb::ModelProto& model, const std::string& folder = "") {
  try {
    read(model, folder);
  } catch (const HException& error) {
    CHECK(error.code() == 7801);
    return error.text();
  }
  return "";
}

// Relu of one weight of the given type.
onnx_pb::ModelProto weight_of(int type) {
  onnx_pb::ModelProto model = new_model();
  add_input(model, "x", {3}, type);
  add_output(model, "y", {3}, type);
  auto* weight = model.mutable_graph()->add_initializer();
  weight->set_name("w");
  weight->set_data_type(type);
  weight->add_dims(3);
  add_node(model, "Add", "add", {"x", "w"}, {"y"});
  return model;
}

}  // namespace

TEST_SUITE("onnx") {
  TEST_CASE("import: shape arithmetic becomes a constant target") {
    const Graph graph = read(small_network()).graph;
    CHECK(graph.nodes.size() == 4);
    CHECK(constant(graph, node(graph, "flat"), 1).to_ints() == std::vector<int64_t>{0, 32});
    CHECK(graph.values[graph.inputs[0]].shape == Shape{-1, 2, 4, 4});
    CHECK(graph.values[graph.inputs[0]].dim_params[0] == "N");
    for (int64_t batch : {1, 5}) {
      CHECK(run_reference(graph, {ramp({batch, 2, 4, 4})}, graph.outputs)[0].shape() == Shape{batch, 3});
    }
  }

  TEST_CASE("import: element types, raw and typed data, and the way back") {
    for (int type : {1, 10, 11, 16}) {
      for (bool raw : {false, true}) {
        CAPTURE(type);
        CAPTURE(raw);
        onnx_pb::ModelProto proto = weight_of(type);
        auto* weight = proto.mutable_graph()->mutable_initializer(0);
        const Tensor values = Tensor::vector<float>({1.5f, -2, 0.25f}).cast(static_cast<DType>(type));
        if (raw) {
          weight->set_raw_data(values.raw(), values.bytes());
        } else {
          for (int i = 0; i < 3; ++i) {
            if (type == 1) weight->add_float_data(values.data<float>()[i]);
            if (type == 11) weight->add_double_data(values.data<double>()[i]);
            if (type == 10 || type == 16) weight->add_int32_data(values.data<uint16_t>()[i]);
          }
        }
        const OnnxModel model = read(proto);
        const Value& value = model.graph.values[model.graph.find_value("w")];
        CHECK(value.constant.dtype() == DType::f32);
        CHECK(value.constant.to_floats() == std::vector<float>{1.5f, -2, 0.25f});
        onnx_pb::ModelProto back;
        REQUIRE(back.ParseFromString(write_onnx_bytes(model)));
        CHECK(back.graph().initializer(0).data_type() == type);
        CHECK(back.graph().initializer(0).raw_data() ==
              std::string(static_cast<const char*>(values.raw()), values.bytes()));
        CHECK(back.graph().input(0).type().tensor_type().elem_type() == type);
        CHECK(back.graph().output(0).type().tensor_type().elem_type() == type);
      }
    }
    onnx_pb::ModelProto proto = weight_of(7);
    for (int64_t v : {1, -2, 3}) proto.mutable_graph()->mutable_initializer(0)->add_int64_data(v);
    const Graph graph = read(proto).graph;
    CHECK(graph.values[graph.find_value("w")].constant.to_ints() == std::vector<int64_t>{1, -2, 3});
    proto.mutable_graph()->mutable_initializer(0)->set_data_type(8);
    CHECK(error_of(proto).find("strings") != std::string::npos);
  }

  TEST_CASE("import: Constant nodes of all kinds, unsorted nodes, missing and doubled names") {
    onnx_pb::ModelProto proto = new_model();
    add_input(proto, "x", {2});
    add_output(proto, "y", {2});
    add_node(proto, "Add", "same", {"b", "c2"}, {"y"});
    add_node(proto, "Mul", "same", {"a", "c1"}, {"b"});
    add_node(proto, "Relu", "", {"x"}, {"a"});
    set_float(add_node(proto, "Constant", "", {}, {"c1"}), "value_float", 2);
    auto* floats = add_node(proto, "Constant", "", {}, {"c2"})->add_attribute();
    floats->set_name("value_floats");
    floats->set_type(onnx_pb::AttributeProto::FLOATS);
    floats->add_floats(1);
    floats->add_floats(3);
    const Graph graph = read(proto).graph;
    REQUIRE(graph.nodes.size() == 3);
    CHECK(graph.nodes[0].name == "Relu_0");
    CHECK(graph.nodes[1].name != graph.nodes[2].name);
    const Tensor y = run_reference(graph, {Tensor::vector<float>({-1, 4})}, graph.outputs)[0];
    CHECK(y.to_floats() == std::vector<float>{1, 11});
  }

  TEST_CASE("import: weights that are graph inputs, too, and sparse weights") {
    onnx_pb::ModelProto proto = new_model(17, 3);
    add_input(proto, "x", {2, 2});
    add_input(proto, "w", {2, 2});
    add_output(proto, "y", {2, 2});
    auto* sparse = proto.mutable_graph()->add_sparse_initializer();
    sparse->add_dims(2);
    sparse->add_dims(2);
    sparse->mutable_values()->set_name("w");
    sparse->mutable_values()->set_data_type(1);
    sparse->mutable_values()->add_dims(1);
    sparse->mutable_values()->add_float_data(5);
    sparse->mutable_indices()->set_data_type(7);
    sparse->mutable_indices()->add_dims(1);
    sparse->mutable_indices()->add_int64_data(2);
    add_node(proto, "Add", "add", {"x", "w"}, {"y"});
    const OnnxModel model = read(proto);
    CHECK(model.graph.inputs.size() == 1);
    CHECK(model.graph.values[model.graph.find_value("w")].constant.to_floats() == std::vector<float>{0, 0, 5, 0});
    onnx_pb::ModelProto back;
    REQUIRE(back.ParseFromString(write_onnx_bytes(model)));
    CHECK(back.graph().input_size() == 2);  // as IR version 3 wants it
    sparse->mutable_indices()->set_int64_data(0, 4);
    CHECK(error_of(proto).find("out of range") != std::string::npos);
  }

  TEST_CASE("import: external data inside the folder only") {
    const Folder folder;
    fs::create_directory(folder.path / "model");
    for (const char* name : {"model/w.bin", "secret.bin"}) {
      std::ofstream file(folder.path / name, std::ios::binary);
      const float values[] = {9, 1, 2, 3};
      file.write(reinterpret_cast<const char*>(values), sizeof values);
    }
    fs::create_symlink("../secret.bin", folder.path / "model/link.bin");
    onnx_pb::ModelProto proto = weight_of(1);
    auto* weight = proto.mutable_graph()->mutable_initializer(0);
    weight->set_data_location(onnx_pb::TensorProto::EXTERNAL);
    const auto set = [&](const std::string& location, const std::string& offset, const std::string& length) {
      weight->clear_external_data();
      const std::pair<const char*, std::string> entries[] = {
          {"location", location}, {"offset", offset}, {"length", length}};
      for (const auto& [key, value] : entries) {
        if (value.empty()) continue;
        auto* entry = weight->add_external_data();
        entry->set_key(key);
        entry->set_value(value);
      }
    };
    const std::string where = (folder.path / "model").string();
    set("w.bin", "4", "12");
    const Graph graph = read(proto, where).graph;
    CHECK(graph.values[graph.find_value("w")].constant.to_floats() == std::vector<float>{1, 2, 3});
    CHECK(error_of(proto).find("not read from a file") != std::string::npos);
    set("../secret.bin", "", "");
    CHECK(error_of(proto, where).find("leads out") != std::string::npos);
    set((folder.path / "secret.bin").string(), "", "");
    CHECK(error_of(proto, where).find("not relative") != std::string::npos);
    set("link.bin", "", "");
    CHECK(error_of(proto, where).find("outside") != std::string::npos);
    set("w.bin", "8", "");
    CHECK(error_of(proto, where).find("16 bytes") != std::string::npos);
    set("w.bin", "18446744073709551615", "");
    CHECK(error_of(proto, where).find("16 bytes") != std::string::npos);
    set("w.bin", "-4", "");
    CHECK(error_of(proto, where).find("not a number") != std::string::npos);
    set("w.bin", "", "4");
    CHECK(error_of(proto, where).find("ask for 12") != std::string::npos);
  }

  TEST_CASE("import: a model's functions") {
    onnx_pb::ModelProto proto = new_model();
    add_input(proto, "x", {2});
    add_output(proto, "y", {2});
    auto* function = proto.add_functions();
    function->set_domain("mine");
    function->set_name("Leak");
    function->add_input("a");
    function->add_output("b");
    function->add_attribute("slope");
    auto* inner = function->add_node();
    inner->set_op_type("LeakyRelu");
    inner->add_input("a");
    inner->add_output("t");
    auto* alpha = inner->add_attribute();
    alpha->set_name("alpha");
    alpha->set_ref_attr_name("slope");
    inner = function->add_node();
    inner->set_op_type("Neg");
    inner->add_input("t");
    inner->add_output("b");
    for (int i = 0; i < 2; ++i) {
      auto* call = add_node(proto, "Leak", i ? "second" : "first", {i ? "m" : "x"}, {i ? "y" : "m"});
      call->set_domain("mine");
      set_float(call, "slope", 0.5f);
    }
    const Graph graph = read(proto).graph;
    CHECK(graph.nodes.size() == 4);
    const Tensor y = run_reference(graph, {Tensor::vector<float>({-2, 4})}, graph.outputs)[0];
    CHECK(y.to_floats() == std::vector<float>{-1, 2});
    // A function that calls itself ends with an error.
    inner->set_op_type("Leak");
    inner->set_domain("mine");
    CHECK(error_of(proto).find("deep") != std::string::npos);
  }

  TEST_CASE("import: unknown operators are kept; running them names them all") {
    onnx_pb::ModelProto proto = new_model(15);
    auto* import = proto.add_opset_import();
    import->set_domain("com.example");
    import->set_version(3);
    add_input(proto, "x", {-1, 2});
    add_output(proto, "y", {-1, 2});
    add_node(proto, "Relu", "relu", {"x"}, {"a"});
    set_int(add_node(proto, "Bernoulli", "coin", {"a"}, {"b"}), "seed", 7);
    add_node(proto, "Fused", "fused", {"b"}, {"c"})->set_domain("com.example");
    add_node(proto, "Relu", "last", {"c"}, {"y"});
    set_info(proto.mutable_graph()->add_value_info(), "c", {-1, 2});
    const OnnxModel model = read(proto);
    CHECK(model.graph.nodes.size() == 4);
    const std::vector<TensorInfo> known = infer_known(model.graph, {{3, 2}});
    CHECK(known[model.graph.find_value("b")].dtype == DType::undefined);
    CHECK(known[model.graph.find_value("c")].shape == Shape{3, 2});  // the file says so
    CHECK(known[model.graph.find_value("y")].shape == Shape{3, 2});
    std::string text;
    try {
      infer(model.graph, {{3, 2}});
    } catch (const HException& error) {
      text = error.text();
    }
    CHECK(text.find("[Bernoulli coin]") != std::string::npos);
    CHECK(text.find("[com.example::Fused fused]") != std::string::npos);
    const onnx_pb::ModelProto written = written_proto(model);
    CHECK(written.opset_import_size() == 2);
    CHECK(written.graph().node(1).op_type() == "Bernoulli");
    CHECK(written.graph().node(1).attribute(0).i() == 7);
    CHECK(written.graph().node(2).domain() == "com.example");
  }

  TEST_CASE("import: a branch that is known is taken") {
    // squeeze(2) as exporters write it: only if the axis has one index
    for (int64_t size : {1, 3}) {
      onnx_pb::ModelProto proto = new_model(15);
      add_input(proto, "x", {-1, 2, size});
      add_output(proto, "y", {});
      proto.mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type()->clear_shape();
      add_node(proto, "Shape", "", {"x"}, {"shape"});
      add_ints(proto, "two", {2});
      add_ints(proto, "one", {1});
      add_node(proto, "Gather", "", {"shape", "two"}, {"size"});
      add_node(proto, "Equal", "", {"size", "one"}, {"is_one"});
      auto* choice = add_node(proto, "If", "choice", {"is_one"}, {"y"});
      auto* taken = add_body(choice, "then_branch", "result");
      auto* squeeze = taken->add_node();
      squeeze->set_op_type("Squeeze");
      squeeze->add_input("x");
      squeeze->add_input("two");  // of the body, not of the graph around it
      squeeze->add_output("result");
      auto* axes = taken->add_initializer();
      axes->set_name("two");
      axes->set_data_type(7);
      axes->add_dims(1);
      const int64_t axis = 2;
      axes->set_raw_data(&axis, sizeof axis);
      add_body(choice, "else_branch", "x");
      const OnnxModel model = read(proto);
      for (const Node& node : model.graph.nodes) CHECK(node.op_type != "If");
      const std::vector<TensorInfo> known = infer(model.graph, {{4, 2, size}});
      CHECK(known[model.graph.outputs[0]].shape == (size == 1 ? Shape{4, 2} : Shape{4, 2, size}));
      CHECK(read(written_proto(model)).graph.nodes.size() == model.graph.nodes.size());
    }
  }

  TEST_CASE("import and export: quantized weights stay in bytes") {
    onnx_pb::ModelProto proto = new_model(13);
    add_input(proto, "x", {1, 2, 3, 3});
    add_output(proto, "y", {1, 2, 3, 3});
    auto* weights = proto.mutable_graph()->add_initializer();
    weights->set_name("w");
    weights->set_data_type(3);
    for (int64_t dim : {2, 2, 1, 1}) weights->add_dims(dim);
    weights->set_raw_data(std::string("\x01\xfe\x03\x04", 4));
    add_weight(proto, "scale", {2}, {0.5F, 2.0F});
    set_int(add_node(proto, "DequantizeLinear", "bytes", {"w", "scale"}, {"real"}), "axis", 0);
    add_node(proto, "Conv", "conv", {"x", "real"}, {"y"});
    const OnnxModel model = read(proto);
    CHECK(model.graph.nodes.size() == 2);
    const Tensor y = run_reference(model.graph, {Tensor::of<float>({1, 2, 3, 3}, std::vector<float>(18, 1.0F))},
                                   model.graph.outputs)[0];
    CHECK(y.to_floats()[0] == -0.5F);  // (1 - 2) * 0.5
    CHECK(y.to_floats()[9] == 14.0F);  // (3 + 4) * 2
    const onnx_pb::ModelProto written = written_proto(model);
    CHECK(written.graph().initializer(0).data_type() == 3);
    CHECK(written.graph().initializer(0).raw_data().size() == 4);
  }

  TEST_CASE("export: names, opset, metadata and unknown fields stay") {
    onnx_pb::ModelProto proto = small_network(10);
    // Opset 10 has Clip's limits as attributes.
    auto* clip = proto.mutable_graph()->mutable_node(1);
    clip->mutable_input()->DeleteSubrange(1, 2);
    set_float(clip, "min", 0);
    set_float(clip, "max", 6);
    clip->set_doc_string("about the clip");
    proto.set_producer_name("maker");
    proto.set_doc_string("a network");
    auto* property = proto.add_metadata_props();
    property->set_key("author");
    property->set_value("me");
    set_info(proto.mutable_graph()->add_value_info(), "c", {-1, 2, 4, 4});
    proto.mutable_unknown_fields()->append("\xc2\x3e\x02hi");  // field 1000
    const OnnxModel model = read(proto);
    CHECK(node(model.graph, "clip").inputs.size() == 3);
    onnx_pb::ModelProto back;
    REQUIRE(back.ParseFromString(write_onnx_bytes(model)));
    CHECK(back.opset_import(0).version() == 10);
    CHECK(back.ir_version() == 6);
    CHECK(back.producer_name() == "maker");
    CHECK(back.doc_string() == "a network");
    CHECK(back.metadata_props(0).value() == "me");
    CHECK(back.unknown_fields() == proto.unknown_fields());
    CHECK(back.graph().value_info(0).name() == "c");
    CHECK(back.graph().node(1).doc_string() == "about the clip");
    CHECK(back.graph().node(1).input_size() == 1);
    CHECK(back.graph().node(1).attribute_size() == 2);
    CHECK(write_onnx_bytes(read(back)) == write_onnx_bytes(model));
  }

  TEST_CASE("export: what the old opset cannot say is written at the graph's") {
    OnnxModel model = read(small_network(11));
    model.graph.nodes[1].op_type = "HardSwish";
    model.graph.nodes[1].inputs.resize(1);
    onnx_pb::ModelProto back;
    REQUIRE(back.ParseFromString(write_onnx_bytes(model)));
    CHECK(back.opset_import(0).version() == kOpset);
  }

  TEST_CASE("export: Softmax of old opsets, ReduceMean with axes as input") {
    onnx_pb::ModelProto proto = new_model(11);
    add_input(proto, "x", {-1, 2, 3, 2});
    add_output(proto, "y", {-1, 2, 3, 2});
    set_int(add_node(proto, "Softmax", "soft", {"x"}, {"y"}), "axis", 1);
    const OnnxModel soft = read(proto);
    const Tensor x = ramp({2, 2, 3, 2});
    const Tensor y = run_reference(soft.graph, {x}, soft.graph.outputs)[0];
    for (int n = 0; n < 2; ++n) {
      double sum = 0;
      for (int i = 0; i < 12; ++i) sum += y.data<float>()[n * 12 + i];
      CHECK(sum == doctest::Approx(1));
    }
    onnx_pb::ModelProto back;
    REQUIRE(back.ParseFromString(write_onnx_bytes(soft)));
    CHECK(back.opset_import(0).version() == 11);

    proto = new_model(20, 10);
    add_input(proto, "x", {-1, 2, 3, 2});
    add_output(proto, "y", {-1, 2});
    add_ints(proto, "axes", {2, 3});
    set_int(add_node(proto, "ReduceMean", "mean", {"x", "axes"}, {"y"}), "keepdims", 0);
    const OnnxModel mean = read(proto);
    CHECK(mean.graph.nodes[0].attributes.integers("axes") == std::vector<int64_t>{2, 3});
    REQUIRE(back.ParseFromString(write_onnx_bytes(mean)));
    CHECK(back.opset_import(0).version() == 20);
    CHECK(back.graph().node(0).input_size() == 2);
  }

  TEST_CASE("export: Upsample of opset 9 and back") {
    onnx_pb::ModelProto proto = new_model(9);
    add_input(proto, "x", {-1, 1, 2, 2});
    add_output(proto, "y", {-1, 1, 4, 4});
    add_weight(proto, "scales", {4}, {1, 1, 2, 2});
    add_node(proto, "Upsample", "up", {"x", "scales"}, {"y"});
    const OnnxModel model = read(proto);
    CHECK(model.graph.nodes[0].op_type == "Resize");
    const Tensor y =
        run_reference(model.graph, {Tensor::of<float>({1, 1, 2, 2}, {1, 2, 3, 4})}, model.graph.outputs)[0];
    CHECK(y.to_floats() == std::vector<float>{1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4});
    onnx_pb::ModelProto back;
    REQUIRE(back.ParseFromString(write_onnx_bytes(model)));
    CHECK(back.opset_import(0).version() == 9);
    CHECK(back.graph().node(0).op_type() == "Upsample");
    CHECK(back.graph().node(0).input_size() == 2);
  }

  TEST_CASE("export: files are written whole or not at all") {
    const Folder folder;
    const OnnxModel model = read(small_network());
    const std::string path = (folder.path / "net.onnx").string();
    write_onnx(model, path);
    const auto size = fs::file_size(path);
    CHECK(write_onnx_bytes(read_onnx(path)) == write_onnx_bytes(model));
    CHECK_THROWS_AS(write_onnx(model, (folder.path / "missing/net.onnx").string()), HException);
    CHECK_THROWS_AS(write_onnx(model, "/dev/full"), HException);
    CHECK_THROWS_AS(read_onnx((folder.path / "none.onnx").string()), HException);
    CHECK_THROWS_AS(read_onnx(folder.path.string()), HException);
    CHECK_THROWS_AS(read_onnx("/dev/zero"), HException);
    CHECK(fs::file_size(path) == size);
    int files = 0;
    for (const auto& entry : fs::directory_iterator(folder.path)) files += entry.is_regular_file();
    CHECK(files == 1);
  }
}
