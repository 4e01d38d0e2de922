#include "objects/object.h"

#include <mutex>
#include <unordered_map>

#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {
namespace {

// Keys are numbers that are never used twice, so a key that was given back stays an error. Never destroyed, as late
// finalisers of other languages may still give keys back.
struct Database {
  std::mutex mutex;
  std::unordered_map<uintptr_t, ObjectTuple> objects;
  uintptr_t next = 0x1000;
};

Database& database() {
  static Database* instance = new Database;
  return *instance;
}

[[noreturn]] void fail_unknown() { fail(error::kObjectDeleted, "the object does not exist or was cleared"); }

}  // namespace

const std::vector<ImagePtr>& ObjectTuple::objects() const {
  static const std::vector<ImagePtr> none;
  return objects_ ? *objects_ : none;
}

Hobject make_object_key(ObjectTuple objects) {
  if (objects.empty()) return NO_OBJECTS;
  Database& db = database();
  std::lock_guard lock(db.mutex);
  const uintptr_t key = db.next;
  db.objects.emplace(key, std::move(objects));
  db.next += 16;
  return reinterpret_cast<Hobject>(key);
}

ObjectTuple objects_of(Hobject key) {
  require(key != UNDEF_KEY, error::kObjectNull, "the object is undefined");
  if (key == NO_OBJECTS) return {};
  Database& db = database();
  std::lock_guard lock(db.mutex);
  const auto it = db.objects.find(reinterpret_cast<uintptr_t>(key));
  if (it == db.objects.end()) fail_unknown();
  return it->second;
}

void release_object(Hobject key) {
  if (key == UNDEF_KEY || key == NO_OBJECTS) return;
  ObjectTuple objects;  // freed outside the lock
  Database& db = database();
  std::lock_guard lock(db.mutex);
  const auto it = db.objects.find(reinterpret_cast<uintptr_t>(key));
  if (it == db.objects.end()) fail_unknown();
  objects = std::move(it->second);
  db.objects.erase(it);
}

int64_t num_live_objects() {
  Database& db = database();
  std::lock_guard lock(db.mutex);
  return static_cast<int64_t>(db.objects.size());
}

}  // namespace alcedo
