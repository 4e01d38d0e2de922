#include "model/parameters.h"

#include <chrono>
#include <limits>
#include <mutex>
#include <set>
#include <thread>

#include "backends/backend.h"
#include "base/error.h"
#include "base/error_codes.h"
#include "layers/infer.h"
#include "model/checked_value.h"
#include "model/device.h"
#include "model/handle_types.h"
#include "model/image_input.h"
#include "model/meta_data.h"
#include "model/summary.h"
#include "model/teacher.h"

namespace alcedo {
namespace {

constexpr int64_t kMaxBatch = 65536;
constexpr int64_t kMaxSize = 65536;
constexpr const char* kMinVersion = "0.1.0";  // the first that reads version 1 of the file format
constexpr double kHuge = std::numeric_limits<double>::max();
constexpr double kMostFloat = std::numeric_limits<float>::max(), kLeastFloat = std::numeric_limits<float>::min();

ImageInput image_of(const DlModel& model) { return find_image_input(model.structure(), model.shapes()); }

const char* yes_no(bool value) { return value ? "true" : "false"; }

Tuple input_dimensions(const DlModel& model);

void set_class_ids(DlModel& model, const CheckedValue& value) {
  require(model.head().has_value(), error::kNoClassChange, "the model has no class output");
  const std::vector<int64_t> ids = value.integers(-1, 0, std::numeric_limits<int32_t>::max(), error::kClassIdsInvalid);
  std::set<int64_t> seen;
  for (const int64_t id : ids) {
    require(seen.insert(id).second, error::kClassIdsNotUnique, "parameter 'class_ids': found ", id,
            " twice, wanted every id once");
  }
  require(static_cast<int64_t>(ids.size()) == model.head()->num_classes, error::kNoClassChange, "found ", ids.size(),
          " class ids, the network has ", model.head()->num_classes, " classes, and their number cannot be changed");
  model.settings().class_ids = ids;
}

void set_class_names(DlModel& model, const CheckedValue& value) {
  require(model.head().has_value(), error::kNoClassChange, "the model has no class output");
  model.settings().class_names = value.strings(model.head()->num_classes);
}

void set_type(DlModel& model, const CheckedValue& value) {
  const std::string type = value.choice({"classification", "generic"});
  if (type == model.settings().type) return;
  require(!model.settings().type_defined, error::kTypeAlreadyDefined, "the type of the model is already defined: '",
          model.settings().type, "'");
  if (type == "classification" && !model.head()) infer(model.structure(), model.shapes());  // names unknown operators
  require(type != "classification" || model.head().has_value(), error::kOperatorUnsupported,
          "type 'classification' needs a network with one output [N,K]");
  model.settings().type = type;
  model.settings().type_defined = true;
}

void set_num_channels(const DlModel& model, const CheckedValue& value) {
  const int64_t has = image_of(model).channels, wanted = value.integer(1, kMaxSize);
  if (wanted == has) return;
  require(wanted == 1 || wanted == 3, error::kInvalidImageChannels, "parameter 'image_num_channels': found ", wanted,
          ", wanted 1 or 3");
  fail(7725, "parameter 'image_num_channels': found ", wanted, ", wanted ", has,
       ": the number of channels of a network cannot be changed");
}

double below_one(const CheckedValue& value, const char* name) {
  const double number = value.real(0.0, 1.0);
  require(number < 1.0, error::kUnsupportedGenValue, "parameter '", name, "': found 1, wanted a number below 1");
  return number;
}

// Documented switches that are always on here.
void only_true(const CheckedValue& value) { value.choice({"true"}); }

void set_batchnorm_momentum(DlModel& model, const CheckedValue& value) {
  const auto momentum = static_cast<float>(value.real(0.0, 1.0));
  model.edit_graph([momentum](Graph& graph) {
    for (Node& node : graph.nodes) {
      if (node.op_type == "BatchNormalization") node.attributes.set("momentum", momentum);
    }
  });
}

void set_optimize(DlModel& model, const CheckedValue& value) {
  model.settings().optimize_for_inference = value.choice({"true", "false"}) == "true";
  if (model.settings().optimize_for_inference) model.drop_plans();
}

void set_device(const CheckedValue& value) {
  const auto device = handle_content<DlDevice>(value.handle("dl_device"));
  require(device == cpu_device(), error::kDeviceUnsupported, "this build runs models on the CPU only");
}

void set_teacher(DlModel& model, const CheckedValue& value) {
  if (value.tuple().num == 0) return model.set_teacher(nullptr);
  const Hphandle handle = value.handle("dl_model");
  const auto source = handle_content<DlModel>(handle);
  if (source.get() == &model) return model.set_teacher(std::make_shared<Teacher>(model));
  // Only the model itself is locked during the call. Two models that become each other's teacher must not wait for
  // each other for ever.
  std::unique_lock<std::shared_mutex> lock(handle->mutex, std::try_to_lock);
  for (int i = 0; i < 10000 && !lock.owns_lock(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    lock.try_lock();
  }
  require(lock.owns_lock(), error::kUnsupportedGenValue, "'teacher': the model is in use by another call");
  model.set_teacher(std::make_shared<Teacher>(*source));
}

using Getter = Tuple (*)(const DlModel&);
using Setter = void (*)(DlModel&, const CheckedValue&);

struct ModelParam {
  const char* name;
  Getter get;
  Setter set;
};

const ModelParam kParams[] = {
    {"adam_beta1", [](const DlModel& m) { return Tuple(m.optimizer().beta1); },
     [](DlModel& m, const CheckedValue& v) { m.optimizer().beta1 = below_one(v, "adam_beta1"); }},
    {"adam_beta2", [](const DlModel& m) { return Tuple(m.optimizer().beta2); },
     [](DlModel& m, const CheckedValue& v) { m.optimizer().beta2 = below_one(v, "adam_beta2"); }},
    {"adam_epsilon", [](const DlModel& m) { return Tuple(m.optimizer().epsilon); },
     [](DlModel& m, const CheckedValue& v) { m.optimizer().epsilon = v.real(kLeastFloat, kMostFloat); }},
    {"batch_size", [](const DlModel& m) { return Tuple(m.settings().batch_size); },
     [](DlModel& m, const CheckedValue& v) { m.set_batch_size(v.integer(1, kMaxBatch)); }},
    {"batch_size_multiplier", [](const DlModel& m) { return Tuple(m.settings().batch_size_multiplier); },
     [](DlModel& m, const CheckedValue& v) {
       m.settings().batch_size_multiplier = v.integer(1, kMaxBatch, error::kWrongBatchSizeMultiplier);
     }},
    {"batchnorm_momentum", nullptr, set_batchnorm_momentum},
    {"class_ids", [](const DlModel& m) { return Tuple(m.settings().class_ids); }, set_class_ids},
    {"class_names", [](const DlModel& m) { return Tuple(m.settings().class_names); }, set_class_names},
    {"device", [](const DlModel&) { return Tuple(make_handle(kDlDeviceType, cpu_device())); },
     [](DlModel&, const CheckedValue& v) { set_device(v); }},
    {"distillation_temperature", [](const DlModel& m) { return Tuple(m.settings().distillation_temperature); },
     [](DlModel& m, const CheckedValue& v) {
       m.settings().distillation_temperature = v.real(1e-3, 1e6);
       m.drop_training_plan();
     }},
    {"distillation_weight", [](const DlModel& m) { return Tuple(m.settings().distillation_weight); },
     [](DlModel& m, const CheckedValue& v) {
       m.settings().distillation_weight = v.real(0.0, 1.0);
       m.drop_training_plan();
     }},
    {"enable_resizing", nullptr, [](DlModel&, const CheckedValue& v) { only_true(v); }},
    {"fuse_bn_relu", nullptr, [](DlModel&, const CheckedValue& v) { only_true(v); }},
    {"fuse_conv_relu", nullptr, [](DlModel&, const CheckedValue& v) { only_true(v); }},
    {"gpu", [](const DlModel&) { return Tuple(int64_t{0}); }, [](DlModel&, const CheckedValue& v) { v.integer(0, 0); }},
    {"image_dimensions",
     [](const DlModel& m) {
       const ImageInput image = image_of(m);
       return Tuple(std::vector<int64_t>{image.width, image.height, image.channels});
     },
     [](DlModel& m, const CheckedValue& v) {
       const std::vector<int64_t> size = v.integers(3, 1, kMaxSize);
       require(size[2] == image_of(m).channels, error::kNoImageResize, "the network takes images of ",
               image_of(m).channels, " channels, which cannot be changed; found ", size[2]);
       m.set_image_size(size[0], size[1]);
     }},
    {"image_height", [](const DlModel& m) { return Tuple(image_of(m).height); },
     [](DlModel& m, const CheckedValue& v) { m.set_image_size(image_of(m).width, v.integer(1, kMaxSize)); }},
    {"image_num_channels", [](const DlModel& m) { return Tuple(image_of(m).channels); },
     [](DlModel& m, const CheckedValue& v) { set_num_channels(m, v); }},
    {"image_range_max", [](const DlModel& m) { return Tuple(m.settings().image_range_max); },
     [](DlModel& m, const CheckedValue& v) { m.settings().image_range_max = v.real(-kHuge, kHuge); }},
    {"image_range_min", [](const DlModel& m) { return Tuple(m.settings().image_range_min); },
     [](DlModel& m, const CheckedValue& v) { m.settings().image_range_min = v.real(-kHuge, kHuge); }},
    {"image_size",
     [](const DlModel& m) {
       const ImageInput image = image_of(m);
       return Tuple(std::vector<int64_t>{image.width, image.height});
     },
     [](DlModel& m, const CheckedValue& v) {
       const std::vector<int64_t> size = v.integers(2, 1, kMaxSize);
       m.set_image_size(size[0], size[1]);
     }},
    {"image_width", [](const DlModel& m) { return Tuple(image_of(m).width); },
     [](DlModel& m, const CheckedValue& v) { m.set_image_size(v.integer(1, kMaxSize), image_of(m).height); }},
    {"input_dimensions", input_dimensions, nullptr},
    {"layer_names",
     [](const DlModel& m) {
       Tuple names;
       for (const Node& node : m.structure().nodes) names.push(node.name);
       return names;
     },
     nullptr},
    {"layers", [](const DlModel& m) { return Tuple(layers_json(m)); }, nullptr},
    {"learning_rate", [](const DlModel& m) { return Tuple(m.optimizer().learning_rate); },
     [](DlModel& m, const CheckedValue& v) { m.optimizer().learning_rate = v.real(0.0, kMostFloat); }},
    {"macs", [](const DlModel& m) { return Tuple(num_macs(m)); }, nullptr},
    {"meta_data", [](const DlModel& m) { return meta_data_dict(m.settings().meta_data); },
     [](DlModel& m, const CheckedValue& v) { m.settings().meta_data = meta_data_from_dict(v.handle("dict")); }},
    {"min_version", [](const DlModel&) { return Tuple(kMinVersion); }, nullptr},
    {"momentum", [](const DlModel& m) { return Tuple(m.optimizer().momentum); },
     [](DlModel& m, const CheckedValue& v) { m.optimizer().momentum = below_one(v, "momentum"); }},
    {"num_classes",
     [](const DlModel& m) {
       require(m.head().has_value(), error::kParamNotAvailable, "the model has no class output");
       return Tuple(m.head()->num_classes);
     },
     nullptr},
    {"num_params", [](const DlModel& m) { return Tuple(num_params(m.structure())); }, nullptr},
    {"num_trainable_params", [](const DlModel& m) { return Tuple(num_trainable_params(m.structure())); }, nullptr},
    {"optimize_for_inference", [](const DlModel& m) { return Tuple(yes_no(m.settings().optimize_for_inference)); },
     set_optimize},
    {"precision", [](const DlModel& m) { return Tuple(m.settings().precision); },
     [](DlModel& m, const CheckedValue& v) {
       const std::string precision = v.choice({"float32", "bfloat16"});
       require(precision == "float32" || has_bf16(), error::kPrecisionUnsupported,
               "parameter 'precision': found 'bfloat16', wanted 'float32': this processor has no bfloat16 instructions "
               "(avx512_bf16)");
       m.set_precision(precision);
     }},
    {"precision_is_converted", [](const DlModel&) { return Tuple("false"); }, nullptr},
    {"runtime", [](const DlModel&) { return Tuple("cpu"); },
     [](DlModel&, const CheckedValue& v) {
       require(v.choice({"cpu", "gpu"}) == "cpu", error::kDeviceUnsupported, "this build runs models on the CPU only");
     }},
    {"runtime_init", nullptr,
     [](DlModel& m, const CheckedValue& v) {
       v.choice({"immediately"});
       m.inference_plan(m.graph().outputs);
     }},
    {"solver_type",
     [](const DlModel& m) { return Tuple(m.optimizer().kind == Optimizer::Kind::adam ? "adam" : "sgd"); },
     [](DlModel& m, const CheckedValue& v) {
       const bool adam = v.choice({"sgd", "adam"}, 7840) == "adam";
       m.graph();
       Optimizer& optimizer = m.optimizer();
       const Optimizer::Kind kind = adam ? Optimizer::Kind::adam : Optimizer::Kind::sgd;
       if (kind == optimizer.kind) return;
       m.drop_plans();
       optimizer.kind = kind;
       optimizer.steps = 0;
       optimizer.first.clear();
       optimizer.second.clear();
     }},
    {"summary", [](const DlModel& m) { return Tuple(summary(m)); }, nullptr},
    {"teacher", nullptr, set_teacher},
    {"type", [](const DlModel& m) { return Tuple(m.settings().type); }, set_type},
    {"weight_prior", [](const DlModel& m) { return Tuple(m.optimizer().weight_prior); },
     [](DlModel& m, const CheckedValue& v) { m.optimizer().weight_prior = v.real(0.0, kMostFloat); }},
};

Tuple input_dimensions(const DlModel& model) {
  const std::vector<Shape> shapes = model.shapes();
  std::vector<std::pair<std::string, std::vector<int64_t>>> entries;
  for (size_t i = 0; i < shapes.size(); ++i) {
    const ImageInput image = image_layout(shapes[i]);
    std::vector<int64_t> dims{image.width, image.height, image.channels};
    if (image.width == 0) dims.assign(shapes[i].begin() + (shapes[i].empty() ? 0 : 1), shapes[i].end());
    entries.emplace_back(model.structure().values[model.structure().inputs[i]].name, dims);
  }
  return dimensions_dict(entries);
}

const ModelParam& find_param(const std::string& name, bool for_setting) {
  std::string known;
  for (const ModelParam& param : kParams) {
    const bool usable = for_setting ? param.set != nullptr : param.get != nullptr;
    if (name == param.name) {
      require(usable, error::kUnsupportedGenParam, "the parameter '", name, "' can only be ",
              for_setting ? "read" : "set");
      return param;
    }
    if (usable) known += text(known.empty() ? "'" : ", '", param.name, "'");
  }
  fail(error::kUnsupportedGenParam, "found the parameter name '", name, "', wanted one of ", known);
}

}  // namespace

Tuple get_model_param(const DlModel& model, const std::string& name) { return find_param(name, false).get(model); }

void set_model_param(DlModel& model, const std::string& name, const Htuple& value) {
  find_param(name, true).set(model, CheckedValue(name, value));
}

}  // namespace alcedo
