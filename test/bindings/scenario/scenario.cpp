// The scenario of README.md in C++.
#include <cmath>
#include <cstdio>
#include <vector>

#include "HalconCpp.h"

using namespace HalconCpp;

static std::FILE* text;

static void Print(const char* name, const HTuple& tuple) {
  for (Hlong i = 0; i < tuple.Length(); ++i) {
    if (tuple[i].Type() == eElementTypeString)
      std::fprintf(text, "%s %s\n", name, tuple[i].C());
    else if (tuple[i].Type() == eElementTypeLong)
      std::fprintf(text, "%s %ld\n", name, tuple[i].L());
    else
      std::fprintf(text, "%s %.0f\n", name, std::floor(tuple[i].D() * 1e6 + 0.5));
  }
}

static HImage SampleImage(int s) {
  std::vector<float> pixels(3 * 32 * 32);
  for (int c = 0; c < 3; ++c)
    for (int i = 0; i < 32 * 32; ++i)
      pixels[static_cast<std::size_t>(c * 32 * 32 + i)] = static_cast<float>((7 * i + 13 * c + 29 * s) % 101 / 50.5 - 1);
  HImage image;
  image.GenImage3("real", 32, 32, &pixels[0], &pixels[32 * 32], &pixels[2 * 32 * 32]);
  return image;
}

static HDictArray Samples(int first, int num) {
  HDictArray batch;
  for (int s = first; s < first + num; ++s) {
    HDict sample;
    sample.SetDictObject(SampleImage(s), "image");
    sample.SetDictTuple("image_label_id", s % 10);
    batch.Append(sample);
  }
  return batch;
}

static void Run(char** files) {
  HDlModel model(files[1]);
  Print("type", model.GetDlModelParam("type"));
  Print("image_dimensions", model.GetDlModelParam("image_dimensions"));
  model.SetDlModelParam("batch_size", 4);

  HDict none;
  HDlPrune pruning = model.CreateDlPruning("oracle", none);
  pruning.AddDlPruningBatch(model, Samples(0, 4));
  model.AddDlPruningBatch(pruning, Samples(4, 3));
  Print("prunable_conv_num", pruning.GetDlPruningParam("prunable_conv_num"));
  Print("prunable_conv_layer_name", pruning.GetDlPruningParam("prunable_conv_layer_name"));
  Print("prunable_kernel_num", pruning.GetDlPruningParam("prunable_kernel_num"));

  pruning.SetDlPruningParam("percentage", 40);
  HDlModel pruned = model.GenDlPrunedModel(pruning);
  Print("pruned_kernel_num", pruning.GetDlPruningParam("pruned_kernel_num"));
  Print("pruned_percentage", pruning.GetDlPruningParam("pruned_percentage"));

  pruned.SetDlModelParam("learning_rate", 0.01);
  const HDictArray batch = Samples(0, 4);
  for (int step = 0; step < 2; ++step) Print("total_loss", pruned.TrainDlModelBatch(batch).GetDictTuple("total_loss"));
  const HDictArray results = pruned.ApplyDlModel(batch, HTuple());
  for (Hlong i = 0; i < results.Length(); ++i) {
    Print("classification_class_ids", results[i].GetDictTuple("classification_class_ids"));
    Print("classification_confidences", results[i].GetDictTuple("classification_confidences"));
  }
  pruned.WriteDlModel(files[3]);
}

int main(int argc, char** argv) {
  if (argc < 4 || !(text = std::fopen(argv[2], "wb"))) return 2;
  try {
    Run(argv);
  } catch (const HException& exception) {
    std::printf("%s: %s\n", exception.ProcName().Text(), exception.ErrorMessage().Text());
    return 1;
  }
  std::fclose(text);
  return 0;
}
