// HSerializedItem and C++ streams.
#ifndef HALCONCPP_HSERIALIZEDITEM_H
#define HALCONCPP_HSERIALIZEDITEM_H

#include <istream>
#include <ostream>
#include <vector>

#include "Call.h"
#include "generated/classes.h"

#ifndef H_SERIAL_HEADER_SIZE
#define H_SERIAL_HEADER_SIZE 16
#endif

namespace HalconCpp {
namespace detail {

inline const char* StreamMark() { return "ALCEDO\x01\n"; }
const std::size_t kStreamMarkSize = 8;

}  // namespace detail

inline void HSerializedItem::Serialize(std::ostream& stream) const {
  Hlong size = 0;
  const void* data = GetSerializedItemPtr(&size);
  char header[H_SERIAL_HEADER_SIZE];
  std::memcpy(header, detail::StreamMark(), detail::kStreamMarkSize);
  for (int i = 0; i < 8; ++i) header[8 + i] = static_cast<char>(static_cast<unsigned long long>(size) >> 8 * i & 0xFF);
  stream.write(header, sizeof header);
  stream.write(static_cast<const char*>(data), static_cast<std::streamsize>(size));
  if (!stream) throw HException("HSerializedItem::Serialize", HString("the stream cannot be written to"), 5202);
}

inline void HSerializedItem::Deserialize(std::istream& stream) {
  const HString where("HSerializedItem::Deserialize");
  char header[H_SERIAL_HEADER_SIZE];
  if (!stream.read(header, sizeof header)) throw HException(where, HString("the stream ends within the header"), 9581);
  if (std::memcmp(header, detail::StreamMark(), detail::kStreamMarkSize) != 0)
    throw HException(where, HString("the stream holds no serialized item"), 9580);
  unsigned long long size = 0;
  for (int i = 7; i >= 0; --i) size = size << 8 | static_cast<unsigned char>(header[8 + i]);
  // Piece by piece: a wrong size must not ask for memory that the stream cannot fill.
  std::vector<char> data;
  for (const std::size_t piece = 1 << 20; data.size() < size;) {
    const std::size_t begin = data.size();
    data.resize(begin + (size - begin < piece ? static_cast<std::size_t>(size - begin) : piece));
    if (!stream.read(data.data() + begin, static_cast<std::streamsize>(data.size() - begin)))
      throw HException(where, HString("the stream ends before the item does"), 9581);
  }
  CreateSerializedItemPtr(data.data(), static_cast<Hlong>(size), "true");
}

inline std::ostream& operator<<(std::ostream& stream, const HSerializedItem& item) {
  item.Serialize(stream);
  return stream;
}
inline std::istream& operator>>(std::istream& stream, HSerializedItem& item) {
  item.Deserialize(stream);
  return stream;
}

}  // namespace HalconCpp
#endif
