// Documented error codes raised by the core (the full list with texts: src/operators/errors.ts).
#pragma once

namespace alcedo::error {

constexpr int kTupleType = 2400;
constexpr int kElementType = 2401;
constexpr int kTupleIndex = 2402;
constexpr int kWrongFileVersion = 2403;
constexpr int kWrongHandleType = 2404;
constexpr int kNotAHandle = 2450;
constexpr int kHandleNull = 2453;
constexpr int kHandleCleared = 2454;
constexpr int kHandleNotSerializable = 2455;
constexpr int kHandleCycle = 2456;
constexpr int kTupleExpected = 2460;
constexpr int kObjectExpected = 2461;
constexpr int kDictKeyMissing = 2894;
constexpr int kDictTupleLength = 2895;
constexpr int kDictTupleType = 2896;
constexpr int kDictIndex = 2897;
constexpr int kInputControlMissing = 2954;
constexpr int kOutputControlMissing = 2956;
constexpr int kNoObject = 3110;
constexpr int kImageSizesDiffer = 3117;
constexpr int kNumberOfChannels = 3122;
constexpr int kObjectDeleted = 4051;
constexpr int kObjectNull = 4056;
constexpr int kOutOfMemory = 6001;
constexpr int kFileNotFound = 5200;
constexpr int kFileNotReadable = 5250;
constexpr int kFileNotWritable = 5212;
constexpr int kImageWidth = 5218;
constexpr int kImageHeight = 5219;
constexpr int kImageDimensions = 5507;
constexpr int kTupleDeleted = 7404;
constexpr int kUnknownOperator = 8000;
constexpr int kNotImplemented = 9000;
constexpr int kWrongImageType = 9001;
constexpr int kNoSerializedItem = 9580;
constexpr int kEndOfData = 9581;
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
