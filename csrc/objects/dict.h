// Dictionaries: string or integer keys, in insertion order, each with a control tuple or an object tuple. A Dict is
// safe to use from several threads by itself (dictionaries inside others are reached without HCall's lock); what it
// hands out is shared and immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "objects/object.h"
#include "objects/tuple.h"

namespace alcedo {

using DictKey = std::variant<int64_t, std::string>;
std::string to_string(const DictKey& key);  // "'name'" or "3", for texts
DictKey dict_key_at(const Htuple& tuple, Hlong i);

using TuplePtr = std::shared_ptr<const Tuple>;
using DictValue = std::variant<TuplePtr, ObjectTuple>;

class Dict {
 public:
  Dict() = default;
  Dict(const Dict& other);  // entries are shared
  Dict& operator=(const Dict&) = delete;

  void set(const DictKey& key, DictValue value);
  void set(const DictKey& key, Tuple tuple) { set(key, DictValue(std::make_shared<const Tuple>(std::move(tuple)))); }
  void set(const DictKey& key, ObjectTuple objects) { set(key, DictValue(std::move(objects))); }
  void set(const char* key, Tuple tuple) { set(DictKey(std::string(key)), std::move(tuple)); }
  void set(const char* key, ObjectTuple objects) { set(DictKey(std::string(key)), std::move(objects)); }
  bool remove(const DictKey& key);

  size_t size() const;
  std::vector<DictKey> keys() const;                           // in insertion order
  std::vector<std::pair<DictKey, DictValue>> entries() const;  // likewise
  bool contains(const DictKey& key) const;

  // nullptr if the key is missing or holds an object.
  TuplePtr find_tuple(const DictKey& key) const;
  // Throw 2894 for a missing key, 2460/2461 if it holds the other kind.
  TuplePtr tuple(const DictKey& key) const;
  ObjectTuple objects(const DictKey& key) const;

  // Shorthands for string keys.
  bool contains(const char* key) const { return contains(DictKey(std::string(key))); }
  TuplePtr find_tuple(const char* key) const { return find_tuple(DictKey(std::string(key))); }
  TuplePtr tuple(const char* key) const { return tuple(DictKey(std::string(key))); }
  ObjectTuple objects(const char* key) const { return objects(DictKey(std::string(key))); }

 private:
  const DictValue* find(const DictKey& key) const;  // the lock is held
  mutable std::shared_mutex mutex_;
  std::vector<std::pair<DictKey, DictValue>> entries_;
  std::unordered_map<DictKey, size_t> index_;
};
using DictPtr = std::shared_ptr<Dict>;

extern const HandleType kDictType;  // defined in serialize.cpp
inline Handle make_dict_handle(DictPtr dict) { return make_handle(kDictType, std::move(dict)); }

// Whether `tuple` holds, directly or through dictionaries, a handle whose content is `dict`.
bool reaches(const Htuple& tuple, const Dict* dict);

}  // namespace alcedo
