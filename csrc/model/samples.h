// From sample dictionaries (DLSample) to the dense batches that plans eat.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/batch.h"
#include "model/dl_model.h"
#include "objects/dict.h"

namespace alcedo {

// Numbers [begin, begin + num) of an entry of a sample as floats; 7790 for the first element that is none.
void read_numbers(const Tuple& tuple, int64_t begin, int64_t num, const std::string& where, float* into);

// Fills the model's sample memory; a batch is valid until the next read() for the same model.
class SampleReader {
 public:
  explicit SampleReader(const DlModel& model);

  enum class Wanted : uint8_t { inputs, finite_inputs, weights, labels };  // each with those before it

  // Samples [begin, begin + num). weights: also 'weight'; labels: also 'image_label_id' (as class index).
  // Errors, each naming the sample and the entry: 7783 missing, 7790 wrong type, 7735 wrong image size or number of
  // channels, 7789 wrong tuple length, 7714 label that is no class id, 7791 a negative weight or, beyond `inputs`,
  // a pixel that is not finite.
  Batch& read(const std::vector<DictPtr>& samples, size_t begin, size_t num, Wanted wanted);

 private:
  void read_input(const Dict& sample, size_t which, size_t input, float* into) const;
  void check_finite(const float* values, int64_t size, size_t which, size_t input) const;
  void read_image(const Image& image, const std::string& where, size_t input, float* into) const;
  void read_tuple(const Tuple& tuple, const std::string& where, size_t input, float* into) const;
  int64_t class_index(const Dict& sample, size_t which) const;

  const DlModel& model_;
  std::vector<Shape> shapes_;
  std::vector<std::vector<float>>& buffers_;
  Batch batch_;
};

}  // namespace alcedo
