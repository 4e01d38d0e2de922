#include "objects/json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kMaxValues = 50'000'000;  // shared dictionaries multiply when they are written out

class Writer {
 public:
  explicit Writer(NotSerializable policy) : policy_(policy) {}

  Json dict(const Dict& dict, bool as_array_if_indexed) {
    if (std::find(open_.begin(), open_.end(), &dict) != open_.end()) {
      fail(error::kHandleCycle, "the dictionary contains itself");
    }
    require(open_.size() < static_cast<size_t>(kMaxDictDepth), error::kHandleCycle,
            "dictionaries are nested deeper than ", kMaxDictDepth, " levels");
    open_.push_back(&dict);
    const auto entries = dict.entries();
    const bool array = as_array_if_indexed && indexed(entries);
    Json json = array ? Json::array() : Json::object();
    for (const auto& [key, value] : entries) {
      const auto* number = std::get_if<int64_t>(&key);
      const std::string name = number ? std::to_string(*number) : std::get<std::string>(key);
      const auto* tuple = std::get_if<TuplePtr>(&value);
      Json written;
      if (!tuple) {
        if (policy_ == NotSerializable::error) fail_entry(name, "an iconic object");
        continue;
      }
      if (!this->tuple(name, **tuple, &written)) continue;
      if (array) {
        json.push_back(std::move(written));
      } else {
        json[name] = std::move(written);
      }
    }
    open_.pop_back();
    return json;
  }

 private:
  using Entries = std::vector<std::pair<DictKey, DictValue>>;

  static bool indexed(const Entries& entries) {
    for (size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].first != DictKey(static_cast<int64_t>(i))) return false;
    }
    return !entries.empty();
  }

  [[noreturn]] static void fail_entry(const std::string& key, const std::string& what) {
    fail(error::kHandleNotSerializable, "key '", key, "' holds ", what, ", which JSON cannot");
  }

  bool tuple(const std::string& key, const Tuple& tuple, Json* to) {
    if (tuple.size() == 1) return element(key, tuple, 0, to);
    *to = Json::array();
    for (Hlong i = 0; i < tuple.size(); ++i) {
      Json value;
      if (!element(key, tuple, i, &value)) return false;
      to->push_back(std::move(value));
    }
    return true;
  }

  // False: the entry is to be left out.
  bool element(const std::string& key, const Tuple& tuple, Hlong i, Json* to) {
    require(++num_values_ <= kMaxValues, error::kHandleNotSerializable, "the JSON text would be too long");
    switch (tuple.type_at(i)) {
      case LONG_PAR:
        *to = tuple.int_at(i);
        return true;
      case DOUBLE_PAR:
        if (!std::isfinite(tuple.real_at(i))) break;
        *to = tuple.real_at(i);
        return true;
      case STRING_PAR:
        *to = tuple.string_at(i);
        return true;
      case HANDLE_PAR: {
        const Handle handle(tuple.handle_at(i));
        if (!handle || handle.get()->type != &kDictType || !handle.get()->content()) break;
        *to = dict(*handle_content<Dict>(handle.get()), true);
        return true;
      }
      default:
        break;
    }
    if (policy_ == NotSerializable::error) fail_entry(key, describe_element(tuple, i));
    return false;
  }

  NotSerializable policy_;
  std::vector<const Dict*> open_;
  int64_t num_values_ = 0;
};

class Reader {
 public:
  explicit Reader(const JsonPrimitives& primitives) : primitives_(primitives) {}

  DictPtr object(const Json& json) const {
    auto dict = std::make_shared<Dict>();
    for (const auto& [key, value] : json.items()) dict->set(DictKey(key), this->value(value));
    return dict;
  }

 private:
  // One element of a tuple, and no more.
  bool is_plain(const Json& json) const { return json.is_null() ? primitives_.for_null.size() == 1 : !json.is_array(); }

  void append(const Json& json, Tuple* to) const {
    if (json.is_null()) return to->append(primitives_.for_null);
    if (json.is_boolean()) return to->append(json.get<bool>() ? primitives_.for_true : primitives_.for_false);
    if (json.is_number_unsigned() && json.get<uint64_t>() > INT64_MAX) return to->push(json.get<double>());
    if (json.is_number_integer()) return to->push(json.get<int64_t>());
    if (json.is_number()) return to->push(json.get<double>());
    if (json.is_string()) return to->push(json.get_ref<const std::string&>());
    if (json.is_object()) return to->push(make_dict_handle(object(json)));
  }

  Tuple value(const Json& json) const {
    Tuple tuple;
    const auto plain = [this](const Json& element) { return is_plain(element); };
    if (!json.is_array()) {
      append(json, &tuple);
    } else if (std::all_of(json.begin(), json.end(), plain)) {
      for (const Json& element : json) append(element, &tuple);
    } else {
      auto indexed = std::make_shared<Dict>();
      for (size_t i = 0; i < json.size(); ++i) indexed->set(DictKey(static_cast<int64_t>(i)), value(json[i]));
      tuple.push(make_dict_handle(std::move(indexed)));
    }
    return tuple;
  }

  const JsonPrimitives& primitives_;
};

}  // namespace

std::string to_json(const Dict& dict, NotSerializable policy, int indent) {
  try {
    return Writer(policy).dict(dict, false).dump(indent);
  } catch (const nlohmann::json::exception& e) {
    fail(error::kHandleNotSerializable, "a string is not valid UTF-8: ", e.what());
  }
}

DictPtr from_json(const std::string& source, int code, const JsonPrimitives& primitives) {
  try {
    const auto check = [code](int depth, Json::parse_event_t event, Json& parsed) {
      require(depth <= kMaxDictDepth, code, "the JSON text is nested deeper than ", kMaxDictDepth, " levels");
      if (parsed.is_string()) {
        const auto& string = parsed.get_ref<const std::string&>();
        require(string.find('\0') == std::string::npos, code, "the JSON text has a NUL character in a string");
        require(event != Json::parse_event_t::key || !string.empty(), code, "the JSON text has an empty key");
      }
      return true;
    };
    const Json json = Json::parse(source, check);
    require(json.is_object(), code, "the outermost JSON value is not an object");
    return Reader(primitives).object(json);
  } catch (const nlohmann::json::exception& e) {
    fail(code, "the text is no valid JSON: ", e.what());
  }
}

}  // namespace alcedo
