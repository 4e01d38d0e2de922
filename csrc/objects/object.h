// Iconic objects at the ABI: an Hobject is a key that stands for an object tuple. Each key has one owner and is given
// back once; copying an object makes a new key of the same (shared) tuple. Reserved: UNDEF_KEY and NO_OBJECTS.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "hcore.h"
#include "objects/image.h"

namespace alcedo {

// Zero or more objects. Copies share; cheap to copy.
class ObjectTuple {
 public:
  ObjectTuple() = default;
  ObjectTuple(ImagePtr image) : ObjectTuple(std::vector<ImagePtr>{std::move(image)}) {}
  ObjectTuple(std::shared_ptr<Image> image) : ObjectTuple(ImagePtr(std::move(image))) {}
  ObjectTuple(std::vector<ImagePtr> objects)
      : objects_(std::make_shared<const std::vector<ImagePtr>>(std::move(objects))) {}
  int64_t size() const { return objects_ ? static_cast<int64_t>(objects_->size()) : 0; }
  bool empty() const { return size() == 0; }
  const ImagePtr& operator[](int64_t i) const { return (*objects_)[static_cast<size_t>(i)]; }  // from 0
  auto begin() const { return objects().begin(); }
  auto end() const { return objects().end(); }

 private:
  const std::vector<ImagePtr>& objects() const;
  std::shared_ptr<const std::vector<ImagePtr>> objects_;
};

Hobject make_object_key(ObjectTuple objects);  // NO_OBJECTS for the empty tuple
ObjectTuple objects_of(Hobject key);           // throws 4056 (undefined), 4051 (unknown or given back)
void release_object(Hobject key);              // reserved keys are ignored; throws 4051
int64_t num_live_objects();                    // for leak tests

}  // namespace alcedo
