// Call: one operator call, written as a chain:
//   detail::Call("create_dl_pruning").In(model).In("oracle").In(params).Run(0, 1).Get<HDlPrune>(0)
// Inputs are borrowed: they live until the end of that expression. Outputs that nobody takes are freed.
#ifndef HALCONCPP_CALL_H
#define HALCONCPP_CALL_H

#include <list>

#include "HObject.h"

namespace HalconCpp {
namespace detail {

/// Refuses a library that is older than this header; once per process.
inline void CheckInterface() {
  HErrorInfo info;
  const Herror error = HCheckInterface(ALCEDO_INTERFACE, &info);
  if (error != H_MSG_OK) throw HException("HalconCpp.h", HString(info.text), error);
}

const int kMaxObjects = 9;    // of the documented interface, per direction
const int kMaxControls = 20;

class Call {
 public:
  explicit Call(const char* name) : name_(name), arguments_() {
    static const bool checked = (CheckInterface(), true);
    (void)checked;
  }
  ~Call() {
    if (arguments_.num_out_controls > 0) HDestroyTuples(out_, arguments_.num_out_controls);
    for (int i = 0; i < arguments_.num_out_objects; ++i)
      if (out_objects_[i]) HReleaseObject(out_objects_[i]);
  }

  Call& In(const HTuple& value) {
    in_[arguments_.num_in_controls++] = value.GetHctupleRef();
    return *this;
  }
  Call& In(Hlong value) { return In(Long(value)); }
  Call& In(double value) { return In(Double(value)); }
  Call& In(const char* value) { return In(String(value)); }
  Call& In(const HString& value) { return In(String(value.Text())); }
  Call& In(void* value) { return In(Long(reinterpret_cast<Hlong>(value))); }
  Call& In(const HHandleBase& value) { return In(Handle(value.Raw())); }
  template <class Tool>
  Call& In(const HHandleArray<Tool>& value) {
    arrays_.push_back(value.ConvertToTuple());
    return In(arrays_.back());
  }
  /// Where the empty tuple is allowed, an uninitialised handle stands for it.
  Call& InOptional(const HHandleBase& value) { return value.IsInitialized() ? In(value) : Empty(); }
  Call& InObject(const HObjectBase& value) {
    in_objects_[arguments_.num_in_objects++] = value.Key();
    return *this;
  }

  Call& Run(int num_out_objects, int num_out_controls) {
    for (int i = 0; i < num_out_objects; ++i) out_objects_[i] = UNDEF_KEY;
    for (int i = 0; i < num_out_controls; ++i) out_[i] = Htuple();
    HArguments arguments = arguments_;
    arguments.in_objects = in_objects_;
    arguments.out_objects = out_objects_;
    arguments.in_controls = in_;
    arguments.out_controls = out_;
    arguments.num_out_objects = num_out_objects;
    arguments.num_out_controls = num_out_controls;
    HErrorInfo info;
    const Herror error = HCall(name_, &arguments, &info);
    // Outputs exist only now: on an error there is nothing to free.
    if (error >= 1000) throw HOperatorException(name_, HString(info.text), error, info.parameter);
    arguments_ = arguments;
    return *this;
  }

  /// Output `i` as HTuple, HString, Hlong, double, void*, a handle class or an array of them.
  template <class T>
  T Get(int i) {
    return Taken(HTuple::FromResult(&out_[i]), static_cast<T*>(nullptr));
  }
  template <class T>
  T GetObject(int i) {
    const Hkey key = out_objects_[i];
    out_objects_[i] = UNDEF_KEY;
    return T(key, false);
  }
  template <class T>
  Call& Store(int i, T* target) {
    *target = Get<T>(i);
    return *this;
  }
  template <class T>
  Call& StoreObject(int i, T* target) {
    *target = GetObject<T>(i);
    return *this;
  }

 private:
  Call(const Call&);
  Call& operator=(const Call&);

  Call& In(const Hcpar& value) {
    Htuple& tuple = Next();
    tuple.val = value.par;
    tuple.type = value.type;
    tuple.num = tuple.capacity = 1;
    tuple.elem.l = &tuple.val.l;
    return *this;
  }
  Call& Empty() {
    Next();
    return *this;
  }
  Htuple& Next() { return in_[arguments_.num_in_controls++] = Htuple(); }

  static Hcpar One(const HTuple& tuple) {
    if (tuple.Length() != 1)
      throw HTupleAccessException("one value is expected, found " + Number(tuple.Length()), 2402);
    return tuple.At(0);
  }
  static HTuple Taken(const HTuple& tuple, HTuple*) { return tuple; }
  static HString Taken(const HTuple& tuple, HString*) { return AsText(One(tuple)); }
  static Hlong Taken(const HTuple& tuple, Hlong*) { return AsLong(One(tuple)); }
  static double Taken(const HTuple& tuple, double*) { return AsDouble(One(tuple)); }
  static void* Taken(const HTuple& tuple, void**) { return reinterpret_cast<void*>(AsLong(One(tuple))); }
  template <class Tool>
  static HHandleArray<Tool> Taken(const HTuple& tuple, HHandleArray<Tool>*) {
    return HHandleArray<Tool>(tuple);
  }
  template <class T>
  static typename std::enable_if<std::is_base_of<HHandle, T>::value, T>::type Taken(const HTuple& tuple, T*) {
    return T(AsHandle(One(tuple)));
  }

  const char* name_;
  HArguments arguments_;
  Hobject in_objects_[kMaxObjects], out_objects_[kMaxObjects];
  Htuple in_[kMaxControls], out_[kMaxControls];
  std::list<HTuple> arrays_;
};

}  // namespace detail
}  // namespace HalconCpp
#endif
