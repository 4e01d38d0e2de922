#include "model/samples.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "base/error_codes.h"
#include "base/finite.h"
#include "base/parallel.h"
#include "model/image_input.h"

namespace alcedo {
namespace {

int64_t sample_size(const Shape& shape) { return num_elements(Shape(shape.begin() + 1, shape.end())); }

std::string keys_of(const Dict& dict) {
  std::string list;
  for (const DictKey& key : dict.keys()) list += (list.empty() ? "" : ", ") + to_string(key);
  return list.empty() ? "none" : list;
}

[[noreturn]] void fail_missing(const Dict& sample, size_t which, const std::string& key) {
  fail(error::kInputsMissing, "sample ", which, " has no entry '", key, "' (its entries: ", keys_of(sample), ")");
}

std::string describe_value(const Tuple& tuple) {
  return tuple.size() == 1 ? describe_element(tuple, 0) : text(tuple.size(), " values");
}

std::string entry(size_t which, const std::string& key) { return text("sample ", which, ", entry '", key, "': "); }

}  // namespace

void read_numbers(const Tuple& tuple, int64_t begin, int64_t num, const std::string& where, float* into) {
  for (int64_t i = begin; i < begin + num; ++i) {
    require(is_number(tuple, i), error::kInputWrongType, where, "found ", describe_element(tuple, i), " at index ", i,
            ", wanted a number");
    into[i - begin] = static_cast<float>(tuple.real_at(i));
  }
}

SampleReader::SampleReader(const DlModel& model)
    : model_(model), shapes_(model.shapes()), buffers_(model.sample_memory()) {
  buffers_.resize(shapes_.size());
  for (size_t input = 0; input < shapes_.size(); ++input) {
    require(!shapes_[input].empty(), error::kOperatorUnsupported,
            "the network has an input without dims, which no sample fills");
    buffers_[input].resize(static_cast<size_t>(num_elements(shapes_[input])));
    batch_.inputs.push_back(buffers_[input].data());
  }
}

Batch& SampleReader::read(const std::vector<DictPtr>& samples, size_t begin, size_t num, Wanted wanted) {
  batch_.num = static_cast<int64_t>(num);
  batch_.labels.clear();
  batch_.weights.clear();
  batch_.targets.clear();
  bool weighted = false;
  std::vector<float> weights(num, 1.0F);
  for (size_t i = 0; wanted >= Wanted::weights && i < num; ++i) {
    const Dict& sample = *samples[begin + i];
    if (wanted == Wanted::labels) batch_.labels.push_back(class_index(sample, begin + i));
    const TuplePtr weight = sample.find_tuple("weight");
    if (!weight) continue;
    require(weight->size() == 1 && is_number(*weight, 0), error::kInputWrongType, entry(begin + i, "weight"), "found ",
            describe_value(*weight), ", wanted one number");
    weights[i] = static_cast<float>(weight->real_at(0));
    require(std::isfinite(weights[i]) && weights[i] >= 0, error::kInputWrongValues, entry(begin + i, "weight"),
            "found ", weights[i], ", wanted a number >= 0");
    weighted = true;
  }
  if (weighted) batch_.weights = std::move(weights);
  parallel_for(static_cast<int64_t>(num), 1, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      for (size_t input = 0; input < shapes_.size(); ++input) {
        const int64_t size = sample_size(shapes_[input]);
        float* into = buffers_[input].data() + i * size;
        read_input(*samples[begin + i], begin + i, input, into);
        // What is not finite can vanish in a ReLU and leave wrong scores behind without a trace.
        if (wanted != Wanted::inputs) check_finite(into, size, begin + i, input);
      }
    }
  });
  return batch_;
}

void SampleReader::read_input(const Dict& sample, size_t which, size_t input, float* into) const {
  const Graph& graph = model_.structure();
  std::string key = graph.values[graph.inputs[input]].name;
  if (!sample.contains(key.c_str()) && shapes_.size() == 1) key = "image";
  if (!sample.contains(key.c_str())) fail_missing(sample, which, key);
  if (const TuplePtr tuple = sample.find_tuple(key.c_str())) return read_tuple(*tuple, entry(which, key), input, into);
  const ObjectTuple objects = sample.objects(key.c_str());
  require(objects.size() == 1, error::kInputWrongLength, entry(which, key), "found ", objects.size(),
          " images, wanted one");
  read_image(*objects[0], entry(which, key), input, into);
}

void SampleReader::check_finite(const float* values, int64_t size, size_t which, size_t input) const {
  const float* bad = find_not_finite(values, size);
  if (!bad) return;
  fail(error::kInputWrongValues, "sample ", which, ", input '",
       model_.structure().values[model_.structure().inputs[input]].name, "': found ", *bad, " at index ", bad - values,
       ", wanted finite numbers");
}

void SampleReader::read_image(const Image& image, const std::string& where, size_t input, float* into) const {
  const ImageInput layout = image_layout(shapes_[input]);
  require(layout.width > 0, error::kInputWrongType, where, "found an image, wanted a tuple: the network's input is ",
          to_string(shapes_[input]));
  require(image.width() == layout.width && image.height() == layout.height, error::kInvalidShape, where,
          "found an image of ", image.width(), " x ", image.height(), ", wanted ", layout.width, " x ", layout.height);
  require(image.num_channels() == layout.channels, error::kInvalidShape, where, "found an image of ",
          image.num_channels(), " channels, wanted ", layout.channels);
  const int64_t pixels = layout.width * layout.height;
  for (int64_t c = 0; c < layout.channels; ++c) {
    const Channel& channel = image.channel(c);
    require(channel.type() == PixelType::real, error::kInputWrongType, where, "found pixels of type '",
            name_of(channel.type()), "', wanted 'real' (see convert_image_type)");
    const float* pixel = channel.data<float>();
    if (!layout.channels_last) {
      std::memcpy(into + c * pixels, pixel, static_cast<size_t>(pixels) * sizeof(float));
    } else {
      for (int64_t p = 0; p < pixels; ++p) into[p * layout.channels + c] = pixel[p];
    }
  }
}

void SampleReader::read_tuple(const Tuple& tuple, const std::string& where, size_t input, float* into) const {
  const int64_t size = sample_size(shapes_[input]);
  require(tuple.size() == size, error::kInputWrongLength, where, "found ", tuple.size(), " values, wanted ", size);
  read_numbers(tuple, 0, size, where, into);
}

int64_t SampleReader::class_index(const Dict& sample, size_t which) const {
  const char* const key = "image_label_id";
  if (!sample.contains(key)) fail_missing(sample, which, key);
  const TuplePtr label = sample.find_tuple(key);
  require(label && label->size() == 1 && label->type_at(0) == LONG_PAR, error::kInputWrongType, entry(which, key),
          "found ", label ? describe_value(*label) : "an iconic object", ", wanted one integer");
  const std::vector<int64_t>& ids = model_.settings().class_ids;
  const auto found = std::find(ids.begin(), ids.end(), label->int_at(0));
  require(found != ids.end(), error::kInvalidLabels, entry(which, key), "found ", label->int_at(0),
          ", wanted one of the model's ", ids.size(), " class ids");
  return found - ids.begin();
}

}  // namespace alcedo
