// Handles of every kind.
#include <cstring>

#include "api/args.h"
#include "base/error_codes.h"

namespace alcedo::operators {
namespace {

// "any" for an element that is no handle.
const char* sem_type_at(const Htuple& tuple, Hlong i) {
  return element_type(tuple, i) == HANDLE_PAR ? sem_type_of(handle_at(tuple, i)) : "any";
}

}  // namespace

void clear_handle(Args& args) {
  const auto handles = args.in_handles(0);
  for (const Handle& handle : handles) require(static_cast<bool>(handle), error::kHandleNull, "the handle is null");
  for (const Handle& handle : handles) handle.get()->clear();
}

void handle_to_integer(Args& args) {
  Tuple numbers;
  for (const Handle& handle : args.in_handles(0)) numbers.push(reinterpret_cast<int64_t>(handle.get()));
  args.out(0, std::move(numbers));
}

void integer_to_handle(Args& args) {
  const Htuple& numbers = args.in(0);
  Tuple handles;
  for (Hlong i = 0; i < numbers.num; ++i) {
    if (element_type(numbers, i) == HANDLE_PAR) {
      handles.push_element(numbers, i);
      continue;
    }
    const auto record = reinterpret_cast<Hphandle>(int_at(numbers, i));
    require(!record || is_live_handle(record), error::kWrongHandleNumber, "the number ", int_at(numbers, i),
            " stands for no handle");
    handles.push(Handle(record));
  }
  args.out(0, std::move(handles));
}

void tuple_is_valid_handle(Args& args) {
  const Htuple& tuple = args.in(0);
  Tuple valid;
  for (Hlong i = 0; i < tuple.num; ++i) {
    const Hphandle handle = element_type(tuple, i) == HANDLE_PAR ? handle_at(tuple, i) : nullptr;
    valid.push(handle && handle->content() ? 1 : 0);
  }
  args.out(0, std::move(valid));
}

void tuple_sem_type(Args& args) {
  const Htuple& tuple = args.in(0);
  const char* common = tuple.num ? sem_type_at(tuple, 0) : "any";
  for (Hlong i = 1; i < tuple.num; ++i) {
    const char* found = sem_type_at(tuple, i);
    if (!std::strcmp(found, "any")) common = "any";
    if (!std::strcmp(common, "any")) break;
    if (std::strcmp(found, common) != 0) common = "handle";
  }
  args.out(0, common);
}

void tuple_sem_type_elem(Args& args) {
  Tuple types;
  for (Hlong i = 0; i < args.in_length(0); ++i) types.push(sem_type_at(args.in(0), i));
  args.out(0, std::move(types));
}

}  // namespace alcedo::operators
