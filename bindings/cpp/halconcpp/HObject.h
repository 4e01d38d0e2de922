// HObject: the key of an iconic object (or tuple of them) in the core's database; released with the last copy.
#ifndef HALCONCPP_HOBJECT_H
#define HALCONCPP_HOBJECT_H

#include "HTupleElement.h"

namespace HalconCpp {

class HObjectBase {
 public:
  HObjectBase() : key_(UNDEF_KEY) {}
  /// A new key of the object, or (copy = false) the key itself.
  explicit HObjectBase(Hkey key, bool copy) : key_(key) {
    if (copy) key_ = Copied(key);
  }
  HObjectBase(const HObjectBase& other) : key_(Copied(other.key_)) {}
  HObjectBase(HObjectBase&& other) noexcept : key_(other.key_) { other.key_ = UNDEF_KEY; }
  virtual ~HObjectBase() { Release(); }

  HObjectBase& operator=(const HObjectBase& other) {
    HObjectBase copy(other);
    Swap(copy);
    return *this;
  }
  HObjectBase& operator=(HObjectBase&& other) noexcept {
    Swap(other);
    return *this;
  }

  Hkey Key() const { return key_; }
  /// A new key, which the caller releases.
  Hkey CopyKey() const { return Copied(key_); }
  void SetKey(Hkey key) { *this = HObjectBase(key, false); }
  bool IsInitialized() const { return key_ != UNDEF_KEY; }
  /// Gives the key to the caller.
  Hkey Detach() {
    const Hkey key = key_;
    key_ = UNDEF_KEY;
    return key;
  }
  void Clear() { *this = HObjectBase(); }

 private:
  static Hkey Copied(Hkey key) {
    Hkey copy = UNDEF_KEY;
    const Herror error = key ? HCopyObject(key, &copy) : H_MSG_OK;
    if (error != H_MSG_OK) throw HOperatorException("copy_obj", error);
    return copy;
  }
  void Release() {
    if (key_) HReleaseObject(key_);
  }
  void Swap(HObjectBase& other) {
    const Hkey mine = key_;
    key_ = other.key_;
    other.key_ = mine;
  }

  Hkey key_;
};

class HObject : public HObjectBase {
 public:
  HObject() {}
  explicit HObject(Hkey key, bool copy = true) : HObjectBase(key, copy) {}
  HObject Clone() const { return *this; }
  /// One object of a tuple of objects, counted from 1.
  HObject operator[](Hlong index) const { return SelectObj(index); }

#include "generated/HObject_methods.h"
};

}  // namespace HalconCpp
#endif
