#include "api/call.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <new>
#include <shared_mutex>
#include <vector>

#include "api/args.h"
#include "api/check.h"
#include "base/error.h"
#include "base/error_codes.h"

namespace alcedo {
namespace {

// Locks the handle inputs of a call, each once, in address order, and keeps them alive. Parameters that take any handle
// (sem_type "handle") or values of any type only pass references on, so they are locked only if they are modified.
class HandleLocks {
 public:
  HandleLocks(const OperatorSpec& spec, const HArguments& arguments) {
    for (int i = 0; i < spec.num_in_controls; ++i) {
      const ParameterSpec& parameter = parameter_of(spec, ParameterClass::input_control, i);
      const bool typed = parameter.type_mask == HANDLE_PAR && std::strcmp(parameter.sem_type, "handle") != 0;
      if (!(parameter.type_mask & HANDLE_PAR) || (!typed && !parameter.modified)) continue;
      const Htuple& tuple = arguments.in_controls[i];
      for (Hlong e = 0; e < tuple.num; ++e) {
        if (element_type(tuple, e) != HANDLE_PAR || !handle_at(tuple, e)) continue;
        Handle handle(handle_at(tuple, e));
        const bool exclusive = parameter.modified || handle.get()->type->exclusive;
        locks_.push_back({std::move(handle), exclusive});
      }
    }
    // The exclusive one of equals first, so that unique() keeps it.
    std::sort(locks_.begin(), locks_.end(), [](const Lock& a, const Lock& b) {
      return a.handle.get() != b.handle.get() ? a.handle.get() < b.handle.get() : a.exclusive > b.exclusive;
    });
    const auto same = [](const Lock& a, const Lock& b) { return a.handle.get() == b.handle.get(); };
    locks_.erase(std::unique(locks_.begin(), locks_.end(), same), locks_.end());
    for (Lock& lock : locks_) {
      std::shared_mutex& mutex = lock.handle.get()->mutex;
      lock.exclusive ? mutex.lock() : mutex.lock_shared();
    }
  }
  HandleLocks(const HandleLocks&) = delete;
  HandleLocks& operator=(const HandleLocks&) = delete;
  ~HandleLocks() {
    for (Lock& lock : locks_) {
      std::shared_mutex& mutex = lock.handle.get()->mutex;
      lock.exclusive ? mutex.unlock() : mutex.unlock_shared();
    }
  }

 private:
  struct Lock {
    Handle handle;
    bool exclusive;
  };
  std::vector<Lock> locks_;
};

// Copies text, cut at a character boundary of UTF-8 if it is too long.
void copy_text(const char* from, size_t size, char* to, size_t capacity) {
  size_t n = std::min(size, capacity - 1);
  if (n < size) {
    while (n > 0 && (from[n] & 0xC0) == 0x80) --n;
  }
  std::memcpy(to, from, n);
  to[n] = 0;
}

// The operator has a place of its own in the error, so the text does not say it again.
std::string without_operator(const char* name, const std::string& what) {
  const std::string prefix = text(name, ": ");
  return what.compare(0, prefix.size(), prefix) == 0 ? what.substr(prefix.size()) : what;
}

void run(const OperatorSpec& spec, const HArguments& arguments) {
  check_arguments(spec, arguments);
  Args args(spec, arguments);
  {
    const HandleLocks locks(spec, arguments);
    // A handle may have been cleared while this call waited; Args::in_content notices.
    spec.function(args);
  }
  args.commit();
}

}  // namespace

LastError& last_error() {
  static thread_local LastError error;
  return error;
}

Herror report_error(int code, int parameter, const char* operator_name, const std::string& text,
                    HErrorInfo* info) noexcept {
  if (info) {
    info->code = static_cast<Herror>(code);
    info->parameter = parameter;
    copy_text(operator_name, std::strlen(operator_name), info->operator_name, sizeof info->operator_name);
    copy_text(text.data(), text.size(), info->text, sizeof info->text);
  }
  try {
    last_error() = {code, operator_name, text};
  } catch (...) {
    last_error().code = code;
  }
  return static_cast<Herror>(code);
}

Herror call_operator(const OperatorSpec& spec, const HArguments& arguments, HErrorInfo* info) noexcept {
  try {
    try {
      run(spec, arguments);
      return H_MSG_TRUE;
    } catch (const HException& e) {
      return report_error(e.code(), e.parameter(), spec.name, without_operator(spec.name, e.text()), info);
    } catch (const std::bad_alloc&) {
      return report_error(error::kOutOfMemory, 0, spec.name, "out of memory", info);
    } catch (const std::exception& e) {
      return report_error(error::kInternal, 0, spec.name, text("internal error: ", e.what()), info);
    } catch (...) {
      return report_error(error::kInternal, 0, spec.name, "internal error", info);
    }
  } catch (...) {  // no memory even for the text
    static const std::string none;
    return report_error(error::kOutOfMemory, 0, spec.name, none, info);
  }
}

}  // namespace alcedo
