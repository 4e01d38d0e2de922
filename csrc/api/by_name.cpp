// Calls by number and by name for C programs (hbyname.h).
#include "api/c_call.h"
#include "api/call.h"
#include "api/operator_table.h"
#include "hbyname.h"

namespace {

using namespace alcedo;

constexpr int kMax = 24;
constexpr Herror kWrongIndex = 7000, kUnknownOperator = 8000;

// Arguments that set_in_opar and its like have collected for the next T_call_halcon.
struct Pending {
  Hobject in_objects[kMax];
  Hobject* out_objects[kMax];
  Htuple in_controls[kMax];
  Htuple* out_controls[kMax];
};
Pending pending;

template <class T>
Herror keep(T (&slots)[kMax], int position, T value) {
  if (position < 1 || position > kMax) return kWrongIndex;
  slots[position - 1] = value;
  return H_MSG_TRUE;
}

Herror unknown_operator(const char* name) {
  HErrorInfo error{};
  return c_result(report_error(kUnknownOperator, 0, name, "there is no such operator", &error), error);
}

}  // namespace

extern "C" {

int get_operator_id(const char* operator_name) { return HOperatorId(operator_name); }

Herror T_call_halcon_by_id(int operator_id, const Hobject in_objs[], Hobject out_objs[], const Htuple in_ctrls[],
                           Htuple out_ctrls[]) {
  if (operator_id < 0 || operator_id >= kNumOperators) return unknown_operator("");
  const OperatorSpec& spec = kOperators[operator_id];
  CCall call(spec.name);
  for (int i = 0; i < spec.num_in_objects; ++i) call.object(in_objs[i]);
  for (int i = 0; i < spec.num_out_objects; ++i) call.object_out(&out_objs[i]);
  for (int i = 0; i < spec.num_in_controls; ++i) call.in(in_ctrls[i]);
  for (int i = 0; i < spec.num_out_controls; ++i) call.out(&out_ctrls[i]);
  return call.run();
}

Herror set_in_opar(Hobject object, int position) { return keep(pending.in_objects, position, object); }
Herror set_out_opar(Hobject* object, int position) { return keep(pending.out_objects, position, object); }
Herror set_in_tpar(Htuple* tuple, int position) { return keep(pending.in_controls, position, *tuple); }
Herror set_out_tpar(Htuple* tuple, int position) { return keep(pending.out_controls, position, tuple); }

Herror T_call_halcon(const char* operator_name) {
  const OperatorSpec* spec = find_operator(operator_name);
  if (!spec) return unknown_operator(operator_name);
  CCall call(spec->name);
  for (int i = 0; i < spec->num_in_objects; ++i) call.object(pending.in_objects[i]);
  for (int i = 0; i < spec->num_out_objects; ++i) call.object_out(pending.out_objects[i]);
  for (int i = 0; i < spec->num_in_controls; ++i) call.in(pending.in_controls[i]);
  for (int i = 0; i < spec->num_out_controls; ++i) call.out(pending.out_controls[i]);
  return call.run();
}

}  // extern "C"
