#include "onnx/scan.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo::onnx {
namespace {

enum class Message : uint8_t { model, graph, node, attribute, tensor };

// The message in field `number` of `message`, if the pass goes into it.
bool enters(Message message, uint32_t number, Message* inner) {
  switch (message) {
    case Message::model:
      *inner = Message::graph;
      return number == 7;
    case Message::graph:
      *inner = number == 1 ? Message::node : Message::tensor;
      return number == 1 || number == 5;
    case Message::node:
      *inner = Message::attribute;
      return number == 5;
    case Message::attribute:
      *inner = number == 6 ? Message::graph : Message::tensor;
      return number == 5 || number == 6;
    case Message::tensor:
      return false;
  }
  return false;
}

constexpr uint32_t kRawData = 9;
constexpr int kDeepest = 64;  // messages within each other: bodies of If within bodies of If
enum Wire : uint32_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

void append_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

class Scanner {
 public:
  explicit Scanner(const ByteSource& source) : source_(source), window_(std::min<uint64_t>(source.size(), 1 << 16)) {}

  // Copies the message in [at, end) to `out`.
  void copy(Message message, uint64_t at, uint64_t end, std::string& out, int depth = 0) {
    check(depth < kDeepest, at);
    while (at < end) {
      const uint64_t field = at;
      const uint64_t tag = read_varint(at, end);
      const auto number = static_cast<uint32_t>(tag >> 3);
      check(tag >> 32 == 0 && number != 0, field);
      uint64_t size = 0;
      switch (tag & 7) {
        case varint:
          read_varint(at, end);
          break;
        case fixed64:
          at += 8;
          break;
        case fixed32:
          at += 4;
          break;
        case bytes: {
          size = read_varint(at, end);
          check(size <= end - at, field);
          Message inner;
          if (enters(message, number, &inner)) {
            std::string content;
            copy(inner, at, at + size, content, depth + 1);
            append_varint(out, tag);
            append_varint(out, content.size());
            out += content;
            at += size;
            continue;
          }
          if (message == Message::tensor && number == kRawData) {
            const Extent extent{at, size};
            append_varint(out, tag);
            append_varint(out, sizeof extent);
            out.append(reinterpret_cast<const char*>(&extent), sizeof extent);
            at += size;
            continue;
          }
          at += size;
          break;
        }
        default:  // groups are not used by the format
          check(false, field);
      }
      check(at <= end, field);
      append(out, field, at - field);
    }
  }

 private:
  static void check(bool good, uint64_t at) {
    require(good, error::kReadOnnx, "the file is not a valid ONNX model: its structure breaks off at byte ", at);
  }

  uint8_t byte(uint64_t at) {
    if (at < start_ || at >= start_ + filled_) {
      start_ = at;
      filled_ = std::min<uint64_t>(window_.size(), source_.size() - at);
      source_.read(start_, window_.data(), filled_);
    }
    return window_[at - start_];
  }

  uint64_t read_varint(uint64_t& at, uint64_t end) {
    const uint64_t begin = at;
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      check(at < end, begin);
      const uint8_t b = byte(at++);
      value |= static_cast<uint64_t>(b & 0x7f) << shift;
      if (!(b & 0x80)) return value;
    }
    check(false, begin);
    return 0;
  }

  void append(std::string& out, uint64_t at, uint64_t size) {
    if (at >= start_ && at + size <= start_ + filled_) {
      out.append(reinterpret_cast<const char*>(window_.data()) + (at - start_), size);
      return;
    }
    const size_t before = out.size();
    out.resize(before + size);
    source_.read(at, out.data() + before, size);
  }

  const ByteSource& source_;
  std::vector<uint8_t> window_;
  uint64_t start_ = 0, filled_ = 0;
};

}  // namespace

std::string scan(const ByteSource& source) {
  std::string out;
  Scanner(source).copy(Message::model, 0, source.size(), out);
  return out;
}

Extent extent_of(const std::string& raw_data) {
  Extent extent;
  require(raw_data.size() == sizeof extent, error::kInternal, "a weight's place in the file was lost");
  std::memcpy(&extent, raw_data.data(), sizeof extent);
  return extent;
}

}  // namespace alcedo::onnx
