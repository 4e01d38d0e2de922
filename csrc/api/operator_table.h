// The operator table as the core sees it. The data (csrc/generated/operator_table.cpp) is generated from
// src/operators; checks, dispatch and introspection read it and nothing else.
#pragma once

#include <cstdint>

namespace alcedo {

class Args;
using OperatorFn = void (*)(Args&);

enum class ParameterClass : uint8_t { input_object, output_object, input_control, output_control };
enum class Multivalue : uint8_t { no, yes, optional };  // exactly one; a tuple of any length; one or several

struct ParameterSpec {
  const char* name;  // "DLModelHandle"
  ParameterClass cls;
  const char* sem_type;  // "dl_model", "string", "dict", "image", ...
  uint8_t type_mask;     // LONG_PAR | DOUBLE_PAR | STRING_PAR | HANDLE_PAR of hcore.h; 0 for objects
  Multivalue multivalue;
  bool empty_allowed;         // the empty tuple is a valid value (default [])
  const char* const* values;  // closed list of allowed string values, nullptr-terminated; nullptr: any
  bool has_min, has_max;
  double min, max;            // inclusive, checked for every numeric element
  bool modified;              // an input whose state changes
  const char* default_type;   // "integer", "real", "string" or "none"
  const char* default_value;  // as text, "" if none
  const char* description;
  const char* suggested;    // comma-separated
  const char* pixel_types;  // of image parameters, comma-separated; "": any
  bool mixed;               // the elements of one tuple may have different types
};

struct OperatorSpec {
  const char* name;
  OperatorFn function;              // never null: an operator without one does not link
  const ParameterSpec* parameters;  // input objects, output objects, input controls, output controls
  int32_t num_parameters;
  int32_t num_in_objects, num_out_objects, num_in_controls, num_out_controls;
  const char* brief;
  const char* chapter;
  const char* module;
  const char* keywords;  // comma-separated, likewise the next three
  const char* predecessors;
  const char* successors;
  const char* see_also;
  const char* alternatives;
  const char* references;   // one per line
  const char* description;  // Markdown
  const char* result;
  bool reentrant;
  const char* scope;     // "global", "local"
  const char* parallel;  // "none", "internal"
};

extern const OperatorSpec kOperators[];  // sorted by name
extern const int32_t kNumOperators;
const OperatorSpec* find_operator(const char* name);  // nullptr if there is none

struct ErrorText {
  int32_t code;
  const char* symbol;
  const char* text;
};
extern const ErrorText kErrorTexts[];  // sorted by code
extern const int32_t kNumErrorTexts;

}  // namespace alcedo
