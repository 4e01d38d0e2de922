// HHandleBase: one reference of a native handle; HHandle: base of the typed handle classes, which check the
// semantic type of what they are given.
#ifndef HALCONCPP_HHANDLE_H
#define HALCONCPP_HHANDLE_H

#include <cstdio>
#include <iosfwd>
#include <vector>

#include "HException.h"
#include "generated/forward.h"

namespace HalconCpp {

class HTuple;

class HHandleBase {
 public:
  HHandleBase() : handle_(HALCONC_HNULL) {}
  /// From the number that GetHandle() gave; takes a reference of its own.
  explicit HHandleBase(Hlong Handle) : handle_(reinterpret_cast<Hphandle>(Handle)) { Retain(); }
  HHandleBase(const HHandleBase& other) : handle_(other.handle_) { Retain(); }
  HHandleBase(HHandleBase&& other) noexcept : handle_(other.handle_) { other.handle_ = HALCONC_HNULL; }
  virtual ~HHandleBase() { Release(); }

  HHandleBase& operator=(const HHandleBase& other) {
    HHandleBase copy(other);
    Swap(copy);
    return *this;
  }
  HHandleBase& operator=(HHandleBase&& other) noexcept {
    Swap(other);
    return *this;
  }
  bool operator==(const HHandleBase& other) const { return handle_ == other.handle_; }
  bool operator!=(const HHandleBase& other) const { return handle_ != other.handle_; }

  void SetHandle(Hlong Handle) { *this = HHandleBase(Handle); }
  Hlong GetHandle() const { return reinterpret_cast<Hlong>(handle_); }
  Hphandle Raw() const { return handle_; }
  bool IsInitialized() const { return handle_ != HALCONC_HNULL; }
  /// Drops this reference; the instance is uninitialised afterwards.
  void Clear() {
    Release();
    handle_ = HALCONC_HNULL;
  }
  /// Semantic type of the handle itself: "dl_model", "dict", ...; "hnull" when uninitialised.
  HString SemType() const { return IsInitialized() ? HHandleSemType(handle_) : "hnull"; }
  HString ToString() const {
    char text[24];
    std::snprintf(text, sizeof text, "H%llX", static_cast<unsigned long long>(GetHandle()));
    return HString(text);
  }

 protected:
  void AssertSemType(const char* wanted, const char* cls) const {
    if (!IsInitialized() || SemType() == wanted) return;
    throw HOperatorException(
        cls, HString("a handle of type ") + wanted + " is expected, found " + SemType(), 2404);
  }

 private:
  void Retain() {
    if (handle_) HCopyHandle(handle_);
  }
  void Release() {
    if (handle_) HReleaseHandle(handle_);
  }
  void Swap(HHandleBase& other) {
    Hphandle mine = handle_;
    handle_ = other.handle_;
    other.handle_ = mine;
  }

  Hphandle handle_;
};

class HHandle : public HHandleBase {
 public:
  HHandle() {}
  explicit HHandle(Hlong Handle) : HHandleBase(Handle) {}
  /// A copy of the content, for types that can be serialized; copying the instance copies the reference.
  HHandle Clone() const;

#include "generated/HHandle_methods.h"
};

/// The null handle.
static const HHandle HNULL = HHandle();

/// Several handles of one class.
template <class Tool>
class HHandleArray {
 public:
  HHandleArray() {}
  HHandleArray(const Tool* Tools, Hlong Num) : tools_(Tools, Tools + Num) {}
  explicit HHandleArray(const HTuple& Handles) { SetFromTuple(Handles); }

  void Clear() { tools_.clear(); }
  Tool* Tools() { return tools_.data(); }
  const Tool* Tools() const { return tools_.data(); }
  Hlong Length() const { return static_cast<Hlong>(tools_.size()); }
  Tool& operator[](Hlong index) { return tools_.at(static_cast<std::size_t>(index)); }
  const Tool& operator[](Hlong index) const { return tools_.at(static_cast<std::size_t>(index)); }
  void Append(const Tool& tool) { tools_.push_back(tool); }
  void SetFromTuple(const HTuple& Handles);
  HTuple ConvertToTuple() const;

 private:
  std::vector<Tool> tools_;
};

}  // namespace HalconCpp
#endif
