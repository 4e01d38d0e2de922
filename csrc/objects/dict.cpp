#include "objects/dict.h"

#include <mutex>
#include <unordered_set>

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {
namespace {

// The text says which keys the dictionary has instead.
template <class Entries>
[[noreturn]] void fail_missing(const DictKey& key, const Entries& entries) {
  std::string has;
  for (size_t i = 0; i < entries.size() && i < 20; ++i) has += (i ? ", " : "") + to_string(entries[i].first);
  if (entries.size() > 20) has += ", …";
  fail(error::kDictKeyMissing, "found the key ", to_string(key), ", the dictionary has ", has.empty() ? "none" : has);
}

bool search(const Htuple& tuple, const Dict* wanted, std::unordered_set<const Dict*>* seen) {
  if (!(element_types(tuple) & HANDLE_PAR)) return false;
  for (Hlong i = 0; i < tuple.num; ++i) {
    if (element_type(tuple, i) != HANDLE_PAR) continue;
    const Handle handle(handle_at(tuple, i));
    if (!handle || handle.get()->type != &kDictType) continue;
    const auto dict = std::static_pointer_cast<Dict>(handle.get()->content());
    if (dict.get() == wanted) return true;
    if (!dict || !seen->insert(dict.get()).second) continue;
    for (const auto& [key, value] : dict->entries()) {
      const auto* inner = std::get_if<TuplePtr>(&value);
      if (inner && search(**inner, wanted, seen)) return true;
    }
  }
  return false;
}

}  // namespace

std::string to_string(const DictKey& key) {
  if (const auto* number = std::get_if<int64_t>(&key)) return std::to_string(*number);
  return "'" + std::get<std::string>(key) + "'";
}

DictKey dict_key_at(const Htuple& tuple, Hlong i) {
  if (element_type(tuple, i) == LONG_PAR) return int_at(tuple, i);
  return std::string(string_at(tuple, i));
}

Dict::Dict(const Dict& other) {
  std::shared_lock lock(other.mutex_);
  entries_ = other.entries_;
  index_ = other.index_;
}

void Dict::set(const DictKey& key, DictValue value) {
  std::unique_lock lock(mutex_);
  const auto it = index_.find(key);
  if (it != index_.end()) {
    std::swap(entries_[it->second].second, value);
    lock.unlock();  // the old value is freed outside the lock
    return;
  }
  entries_.emplace_back(key, std::move(value));
  try {
    index_.emplace(key, entries_.size() - 1);
  } catch (...) {
    entries_.pop_back();
    throw;
  }
}

bool Dict::remove(const DictKey& key) {
  DictValue old;  // freed outside the lock
  std::unique_lock lock(mutex_);
  const auto it = index_.find(key);
  if (it == index_.end()) return false;
  const size_t position = it->second;
  old = std::move(entries_[position].second);
  index_.erase(it);
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(position));
  for (auto& [k, i] : index_) {
    if (i > position) --i;
  }
  lock.unlock();
  return true;
}

size_t Dict::size() const {
  std::shared_lock lock(mutex_);
  return entries_.size();
}

std::vector<DictKey> Dict::keys() const {
  std::shared_lock lock(mutex_);
  std::vector<DictKey> keys;
  for (const auto& entry : entries_) keys.push_back(entry.first);
  return keys;
}

std::vector<std::pair<DictKey, DictValue>> Dict::entries() const {
  std::shared_lock lock(mutex_);
  return entries_;
}

const DictValue* Dict::find(const DictKey& key) const {
  const auto it = index_.find(key);
  return it == index_.end() ? nullptr : &entries_[it->second].second;
}

bool Dict::contains(const DictKey& key) const {
  std::shared_lock lock(mutex_);
  return find(key) != nullptr;
}

TuplePtr Dict::find_tuple(const DictKey& key) const {
  std::shared_lock lock(mutex_);
  const DictValue* value = find(key);
  const auto* tuple = value ? std::get_if<TuplePtr>(value) : nullptr;
  return tuple ? *tuple : nullptr;
}

TuplePtr Dict::tuple(const DictKey& key) const {
  std::shared_lock lock(mutex_);
  const DictValue* value = find(key);
  if (!value) fail_missing(key, entries_);
  const auto* tuple = std::get_if<TuplePtr>(value);
  require(tuple != nullptr, error::kTupleExpected, "key ", to_string(key), " holds an object, wanted a tuple");
  return *tuple;
}

ObjectTuple Dict::objects(const DictKey& key) const {
  std::shared_lock lock(mutex_);
  const DictValue* value = find(key);
  if (!value) fail_missing(key, entries_);
  const auto* objects = std::get_if<ObjectTuple>(value);
  require(objects != nullptr, error::kObjectExpected, "key ", to_string(key), " holds a tuple, wanted an object");
  return *objects;
}

bool reaches(const Htuple& tuple, const Dict* dict) {
  std::unordered_set<const Dict*> seen;
  return search(tuple, dict, &seen);
}

}  // namespace alcedo
