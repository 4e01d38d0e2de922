// Documented error codes that the compute side raises (the full list with texts: src/operators/errors.ts).
#pragma once

namespace alcedo::error {

constexpr int kOutOfMemory = 6001;
constexpr int kFileNotFound = 5200;
constexpr int kTrainingFailed = 7720;
constexpr int kInvalidLabels = 7714;
constexpr int kInvalidShape = 7735;
constexpr int kInvalidInputData = 7736;
constexpr int kInferenceFailed = 7741;
constexpr int kInvalidGraph = 7773;
constexpr int kNoClassChange = 7774;
constexpr int kNoImageResize = 7775;
constexpr int kLayerUnsupported = 7778;
constexpr int kInternal = 7779;
constexpr int kFileRead = 7780;
constexpr int kFileWrite = 7781;
constexpr int kFileWrongVersion = 7782;
constexpr int kInputsMissing = 7783;
constexpr int kWrongBatchSize = 7784;
constexpr int kInvalidLayerName = 7785;
constexpr int kParamNotAvailable = 7788;
constexpr int kInputWrongLength = 7789;
constexpr int kInputWrongType = 7790;
constexpr int kInputWrongValues = 7791;
constexpr int kTypeAlreadyDefined = 7795;
constexpr int kWrongBatchSizeMultiplier = 7799;
constexpr int kWrongBatchSizeWithMultiplier = 7800;
constexpr int kReadOnnx = 7801;
constexpr int kWriteOnnx = 7803;
constexpr int kUnsupportedGenParam = 7911;
constexpr int kOperatorUnsupported = 7912;
constexpr int kUnsupportedGenValue = 7914;
constexpr int kPruningWrongData = 7980;
constexpr int kPruningUnsupported = 7981;

}  // namespace alcedo::error
