// Handles: reference-counted records with a semantic type and a content. A record outlives its content: clear_handle
// empties it and the record stays, "cleared", until the last reference goes. All live records are known, so a pointer
// that is no handle is error 2450 instead of a crash.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include "hcore.h"

namespace alcedo {

// One static object per handle type. Constructing it makes it known to deserialize_handle (by `header`).
struct HandleType {
  using Serialize = std::vector<uint8_t> (*)(const std::shared_ptr<void>& content);
  using Deserialize = std::shared_ptr<void> (*)(const uint8_t* data, size_t size);

  // `header`: unique string at the start of serialised data, nullptr if the type cannot be serialised. `exclusive`:
  // every operator on the handle locks it exclusively. `content_type`: typeid of the C++ content.
  HandleType(const char* sem_type, const std::type_info& content_type, bool exclusive = false,
             const char* header = nullptr, Serialize serialize = nullptr, Deserialize deserialize = nullptr);

  const char* sem_type;
  const std::type_info& content_type;
  bool exclusive;
  const char* header;
  Serialize serialize;
  Deserialize deserialize;
  const HandleType* next;  // list of all types
};
const HandleType* first_handle_type();

}  // namespace alcedo

// The record behind Hphandle (declared in hcore.h, hence outside the namespace).
struct HHandleRecord {
  explicit HHandleRecord(const alcedo::HandleType* t, std::shared_ptr<void> c) : type(t), content_(std::move(c)) {}

  const alcedo::HandleType* const type;
  std::shared_mutex mutex;  // taken by HCall for the handle inputs of a call
  std::atomic<int64_t> references{1};

  std::shared_ptr<void> content() const { return std::atomic_load(&content_); }
  std::shared_ptr<void> clear() { return std::atomic_exchange(&content_, std::shared_ptr<void>()); }

 private:
  std::shared_ptr<void> content_;  // accessed atomically: contents of dictionaries are read without the lock
};

namespace alcedo {

// One reference to a record, or none (the null handle).
class Handle {
 public:
  Handle() = default;
  // Adds a reference. Null stays null; a pointer that is no live handle throws 2450.
  explicit Handle(Hphandle record);
  static Handle adopt(Hphandle record) noexcept;  // takes over a reference
  Handle(const Handle& other);
  Handle(Handle&& other) noexcept : record_(std::exchange(other.record_, nullptr)) {}
  Handle& operator=(Handle other) noexcept {
    std::swap(record_, other.record_);
    return *this;
  }
  ~Handle();

  explicit operator bool() const { return record_ != nullptr; }
  Hphandle get() const { return record_; }
  Hphandle release() noexcept { return std::exchange(record_, nullptr); }
  bool operator==(const Handle& other) const { return record_ == other.record_; }

 private:
  Hphandle record_ = nullptr;
};

// A new record of `type` with this content.
Handle make_handle_record(const HandleType& type, std::shared_ptr<void> content);
template <class T>
Handle make_handle(const HandleType& type, std::shared_ptr<T> content) {
  return make_handle_record(type, std::static_pointer_cast<void>(std::move(content)));
}

bool is_live_handle(Hphandle record) noexcept;
void retain_handle(Hphandle record);            // throws 2450 for what is no handle; null is ignored
void release_handle(Hphandle record) noexcept;  // null and unknown pointers are ignored
const char* sem_type_of(Hphandle record);       // "hnull" for null, throws 2450

// Content of a live, uncleared handle whose content is a `wanted`. Throws 2450, 2453 (null), 2454 (cleared), 2404.
std::shared_ptr<void> checked_content(Hphandle record, const std::type_info& wanted);
template <class T>
std::shared_ptr<T> handle_content(Hphandle record) {
  return std::static_pointer_cast<T>(checked_content(record, typeid(T)));
}

int64_t num_live_handles();  // for leak tests

}  // namespace alcedo
