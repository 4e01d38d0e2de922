#include "objects/serialize.h"

#include <algorithm>

#include "base/error.h"
#include "base/error_codes.h"
#include "objects/serialized_item.h"

namespace alcedo {
namespace {

enum class HandleForm : uint8_t { null, dict, known_dict, bytes };
enum class EntryForm : uint8_t { tuple, objects };
enum class KeyForm : uint8_t { integer, string };

[[noreturn]] void fail_damaged(const char* what) { fail(error::kNoSerializedItem, "the data is damaged: ", what); }
[[noreturn]] void fail_cycle() { fail(error::kHandleCycle, "the dictionary contains itself"); }
[[noreturn]] void fail_depth() {
  fail(error::kHandleCycle, "dictionaries are nested deeper than ", kMaxDictDepth, " levels");
}

std::vector<uint8_t> serialize_dict(const std::shared_ptr<void>& content) {
  ByteWriter writer;
  writer.dict(*std::static_pointer_cast<Dict>(content));
  return writer.take();
}

std::shared_ptr<void> deserialize_dict(const uint8_t* data, size_t size) {
  ByteReader reader(data, size);
  DictPtr dict = reader.dict();
  reader.expect_end();
  return dict;
}

class Copier {
 public:
  explicit Copier(NotSerializable policy) : policy_(policy) {}

  DictPtr dict(const Dict& source) {
    if (std::find(open_.begin(), open_.end(), &source) != open_.end()) fail_cycle();
    if (open_.size() >= static_cast<size_t>(kMaxDictDepth)) fail_depth();
    open_.push_back(&source);
    auto copy = std::make_shared<Dict>();
    for (const auto& [key, value] : source.entries()) {
      if (const auto* objects = std::get_if<ObjectTuple>(&value)) {
        copy->set(key, *objects);
      } else {
        copy->set(key, tuple(std::get<TuplePtr>(value)));
      }
    }
    open_.pop_back();
    return copy;
  }

 private:
  DictValue tuple(const TuplePtr& source) {
    if (!(element_types(*source) & HANDLE_PAR)) return source;
    Tuple copy;
    for (Hlong i = 0; i < source->size(); ++i) {
      if (source->type_at(i) == HANDLE_PAR) {
        copy.push(handle(Handle(source->handle_at(i))));
      } else {
        copy.push_element(*source, i);
      }
    }
    return std::make_shared<const Tuple>(std::move(copy));
  }

  Handle handle(const Handle& source) {
    if (!source) return source;
    const auto known = copies_.find(source.get());
    if (known != copies_.end()) return known->second;
    Handle copy;
    if (source.get()->type == &kDictType && source.get()->content()) {
      copy = make_dict_handle(dict(*handle_content<Dict>(source.get())));
    } else {
      try {
        const auto bytes = handle_to_bytes(source);
        copy = handle_from_bytes(bytes.data(), bytes.size());
      } catch (const HException& e) {
        const bool tolerated = e.code() == error::kHandleNotSerializable || e.code() == error::kHandleCleared;
        if (policy_ == NotSerializable::error || !tolerated) throw;
      }
    }
    copies_.emplace(source.get(), copy);
    return copy;
  }

  NotSerializable policy_;
  std::vector<const Dict*> open_;
  std::unordered_map<Hphandle, Handle> copies_;
};

}  // namespace

const HandleType kDictType("dict", typeid(Dict), false, "alcedo dict", serialize_dict, deserialize_dict);

DictPtr deep_copy(const Dict& dict, NotSerializable policy) { return Copier(policy).dict(dict); }

// ---- Writing

void ByteWriter::raw(const void* data, size_t size) {
  const auto* bytes = static_cast<const uint8_t*>(data);
  bytes_.insert(bytes_.end(), bytes, bytes + size);
}

void ByteWriter::string(std::string_view text) {
  put<uint64_t>(text.size());
  raw(text.data(), text.size());
}

void ByteWriter::tuple(const Htuple& t) {
  put<uint64_t>(static_cast<uint64_t>(t.num));
  put<uint8_t>(static_cast<uint8_t>(t.num ? t.type : UNDEF_PAR));
  if (t.num && (t.type == LONG_PAR || t.type == DOUBLE_PAR)) {
    raw(t.elem.l, static_cast<size_t>(t.num) * sizeof(Hvalue));
    return;
  }
  for (Hlong i = 0; i < t.num; ++i) {
    const int type = element_type(t, i);
    if (t.type == MIXED_PAR) put<uint8_t>(static_cast<uint8_t>(type));
    element(type, t, i);
  }
}

void ByteWriter::element(int type, const Htuple& t, Hlong i) {
  if (type == LONG_PAR) put<int64_t>(int_at(t, i));
  if (type == DOUBLE_PAR) put<double>(real_at(t, i));
  if (type == STRING_PAR) string(string_at(t, i));
  if (type == HANDLE_PAR) handle(handle_at(t, i));
}

void ByteWriter::handle(Hphandle record) {
  const Handle handle(record);
  if (!handle) return put(HandleForm::null);
  if (record->type == &kDictType) {
    if (const auto content = std::static_pointer_cast<Dict>(record->content())) {
      const auto known = written_.find(content.get());
      if (known != written_.end()) {
        put(HandleForm::known_dict);
        return put<uint32_t>(known->second);
      }
      put(HandleForm::dict);
      dict(*content);
      written_.emplace(content.get(), static_cast<uint32_t>(written_.size()));
      return;
    }
  }
  try {
    const auto bytes = handle_to_bytes(handle);
    put(HandleForm::bytes);
    put<uint64_t>(bytes.size());
    raw(bytes.data(), bytes.size());
  } catch (const HException& e) {
    const bool tolerated = e.code() == error::kHandleNotSerializable || e.code() == error::kHandleCleared;
    if (policy_ == NotSerializable::error || !tolerated) throw;
    put(HandleForm::null);
  }
}

void ByteWriter::objects(const ObjectTuple& objects) {
  put<uint64_t>(static_cast<uint64_t>(objects.size()));
  for (const ImagePtr& image : objects) {
    put<uint32_t>(static_cast<uint32_t>(image->num_channels()));
    put<uint32_t>(static_cast<uint32_t>(image->width()));
    put<uint32_t>(static_cast<uint32_t>(image->height()));
    for (const ChannelPtr& channel : image->channels()) {
      put<uint16_t>(static_cast<uint16_t>(channel->type()));
      raw(channel->raw(), channel->bytes());
    }
  }
}

void ByteWriter::dict(const Dict& dict) {
  if (std::find(open_.begin(), open_.end(), &dict) != open_.end()) fail_cycle();
  if (open_.size() >= static_cast<size_t>(kMaxDictDepth)) fail_depth();
  open_.push_back(&dict);
  const auto entries = dict.entries();
  put<uint64_t>(entries.size());
  for (const auto& [key, value] : entries) {
    if (const auto* number = std::get_if<int64_t>(&key)) {
      put(KeyForm::integer);
      put<int64_t>(*number);
    } else {
      put(KeyForm::string);
      string(std::get<std::string>(key));
    }
    if (const auto* objects = std::get_if<ObjectTuple>(&value)) {
      put(EntryForm::objects);
      this->objects(*objects);
    } else {
      put(EntryForm::tuple);
      tuple(*std::get<TuplePtr>(value));
    }
  }
  open_.pop_back();
}

// ---- Reading

const uint8_t* ByteReader::raw(uint64_t size) {
  require(size <= size_, error::kEndOfData, "the data ends too early");
  const uint8_t* at = data_;
  data_ += size;
  size_ -= static_cast<size_t>(size);
  return at;
}

uint64_t ByteReader::count(uint64_t min_bytes) {
  const auto n = get<uint64_t>();
  require(n <= size_ / min_bytes, error::kEndOfData, "the data ends too early");
  return n;
}

std::string_view ByteReader::string() {
  const uint64_t n = count(1);
  return {reinterpret_cast<const char*>(raw(n)), static_cast<size_t>(n)};
}

void ByteReader::expect_end() const {
  if (size_ != 0) fail_damaged("there are bytes behind its end");
}

Tuple ByteReader::tuple() {
  const auto n = get<uint64_t>();
  const int type = get<uint8_t>();
  if (n == 0) return {};
  require(n <= size_, error::kEndOfData, "the data ends too early");
  if (type == LONG_PAR || type == DOUBLE_PAR) {
    const uint8_t* from = raw(n > size_ / sizeof(Hvalue) ? UINT64_MAX : n * sizeof(Hvalue));
    if (type == LONG_PAR) {
      std::vector<int64_t> values(n);
      std::memcpy(values.data(), from, n * sizeof(Hvalue));
      return values;
    }
    std::vector<double> values(n);
    std::memcpy(values.data(), from, n * sizeof(Hvalue));
    return values;
  }
  if (type != STRING_PAR && type != HANDLE_PAR && type != MIXED_PAR) fail_damaged("unknown tuple type");
  Tuple tuple;
  for (uint64_t i = 0; i < n; ++i) element(type == MIXED_PAR ? get<uint8_t>() : type, &tuple);
  return tuple;
}

void ByteReader::element(int type, Tuple* to) {
  switch (type) {
    case LONG_PAR:
      return to->push(get<int64_t>());
    case DOUBLE_PAR:
      return to->push(get<double>());
    case STRING_PAR:
      return to->push(string());
    case HANDLE_PAR:
      return to->push(handle());
    default:
      fail_damaged("unknown element type");
  }
}

Handle ByteReader::handle() {
  switch (static_cast<HandleForm>(get<uint8_t>())) {
    case HandleForm::null:
      return {};
    case HandleForm::dict: {
      read_.push_back(make_dict_handle(dict()));
      return read_.back();
    }
    case HandleForm::known_dict: {
      const auto i = get<uint32_t>();
      if (i >= read_.size()) fail_damaged("reference to an unknown dictionary");
      return read_[i];
    }
    case HandleForm::bytes: {
      const uint64_t n = count(1);
      return handle_from_bytes(raw(n), static_cast<size_t>(n));
    }
  }
  fail_damaged("unknown kind of handle");
}

ObjectTuple ByteReader::objects() {
  const uint64_t n = count(12);
  std::vector<ImagePtr> images;
  for (uint64_t i = 0; i < n; ++i) {
    const auto num_channels = get<uint32_t>(), width = get<uint32_t>(), height = get<uint32_t>();
    if (num_channels == 0) fail_damaged("image without channels");
    std::vector<ChannelPtr> channels;
    for (uint32_t c = 0; c < num_channels; ++c) {
      const PixelType type = pixel_type_of_flag(get<uint16_t>());
      const uint64_t bytes = uint64_t{width} * height * size_of(type);
      require(bytes <= size_, error::kEndOfData, "the data ends too early");
      auto channel = std::make_shared<Channel>(type, width, height);
      std::memcpy(channel->raw(), raw(bytes), static_cast<size_t>(bytes));
      channels.push_back(std::move(channel));
    }
    images.push_back(std::make_shared<Image>(std::move(channels)));
  }
  return images;
}

DictPtr ByteReader::dict() {
  if (++depth_ > kMaxDictDepth) fail_depth();
  auto dict = std::make_shared<Dict>();
  for (uint64_t i = 0, n = count(2); i < n; ++i) {
    DictKey key;
    switch (static_cast<KeyForm>(get<uint8_t>())) {
      case KeyForm::integer:
        key = get<int64_t>();
        break;
      case KeyForm::string:
        key = std::string(string());
        break;
      default:
        fail_damaged("unknown kind of key");
    }
    switch (static_cast<EntryForm>(get<uint8_t>())) {
      case EntryForm::tuple:
        dict->set(key, tuple());
        break;
      case EntryForm::objects:
        dict->set(key, objects());
        break;
      default:
        fail_damaged("unknown kind of entry");
    }
  }
  --depth_;
  return dict;
}

}  // namespace alcedo
