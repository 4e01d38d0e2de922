// The operator table seen from outside: names, documentation and parameters of operators.
#include <algorithm>
#include <cstring>
#include <functional>
#include <set>

#include "api/args.h"
#include "base/error_codes.h"

namespace alcedo::operators {
namespace {

using Texts = std::vector<std::string>;

Texts split(const std::string& text, const std::string& separator) {
  Texts parts;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find(separator, start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + separator.size();
  }
  return parts;
}
Texts commas(const char* text) { return split(text, ","); }

const OperatorSpec& operator_of(const Args& args) {
  const std::string name = args.in_string(0);
  const OperatorSpec* spec = find_operator(name.c_str());
  if (!spec) fail(error::kUnknownOperator, "there is no operator '", name, "'");
  return *spec;
}

Texts operators_with(const std::function<bool(const OperatorSpec&)>& matches) {
  Texts names;
  for (int i = 0; i < kNumOperators; ++i) {
    if (matches(kOperators[i])) names.push_back(kOperators[i].name);
  }
  return names;
}

Texts single(std::string text) { return text.empty() ? Texts{} : Texts{std::move(text)}; }
const char* truth(bool value) { return value ? "true" : "false"; }

std::string parallelization(const OperatorSpec& spec) {
  return text(spec.reentrant ? "reentrant" : "exclusive", ", ", spec.scope, ", ",
              std::strcmp(spec.parallel, "none") ? "parallelized internally" : "not parallelized");
}

template <class Spec>
struct Slot {
  const char* name;
  Texts (*value)(const Spec&);
};

const Slot<OperatorSpec> kOperatorSlots[] = {
    {"short", [](const OperatorSpec& o) { return single(o.brief); }},
    {"abstract", [](const OperatorSpec& o) { return single(o.description); }},
    {"chapter", [](const OperatorSpec& o) { return split(o.chapter, " / "); }},
    {"keywords", [](const OperatorSpec& o) { return commas(o.keywords); }},
    {"module", [](const OperatorSpec& o) { return single(o.module); }},
    {"parallelization", [](const OperatorSpec& o) { return single(parallelization(o)); }},
    {"predecessor", [](const OperatorSpec& o) { return commas(o.predecessors); }},
    {"successor", [](const OperatorSpec& o) { return commas(o.successors); }},
    {"alternatives", [](const OperatorSpec& o) { return commas(o.alternatives); }},
    {"see_also", [](const OperatorSpec& o) { return commas(o.see_also); }},
    {"result_state", [](const OperatorSpec& o) { return single(o.result); }},
    {"references", [](const OperatorSpec& o) { return split(o.references, "\n"); }},
};

const char* class_name(const ParameterSpec& p) {
  static const char* const names[] = {"input_object", "output_object", "input_control", "output_control"};
  return names[static_cast<int>(p.cls)];
}

Texts type_list(const ParameterSpec& p) {
  if (p.cls == ParameterClass::input_object || p.cls == ParameterClass::output_object) return commas(p.pixel_types);
  Texts types;
  if (p.type_mask & LONG_PAR) types.push_back("integer");
  if (p.type_mask & DOUBLE_PAR) types.push_back("real");
  if (p.type_mask & STRING_PAR) types.push_back("string");
  if (p.type_mask & HANDLE_PAR) types.push_back("handle");
  return types;
}

const char* multivalue(const ParameterSpec& p) {
  return p.multivalue == Multivalue::optional ? "optional" : truth(p.multivalue == Multivalue::yes);
}

Texts value_list(const ParameterSpec& p) {
  Texts values;
  for (const char* const* value = p.values; value && *value; ++value) values.push_back(*value);
  return values;
}

const Slot<ParameterSpec> kParameterSlots[] = {
    {"description", [](const ParameterSpec& p) { return single(p.description); }},
    {"parameter_class", [](const ParameterSpec& p) { return single(class_name(p)); }},
    {"type_list", type_list},
    {"default_type", [](const ParameterSpec& p) { return single(p.default_type); }},
    {"sem_type", [](const ParameterSpec& p) { return single(p.sem_type); }},
    {"default_value", [](const ParameterSpec& p) { return single(p.default_value); }},
    {"modified", [](const ParameterSpec& p) { return single(truth(p.modified)); }},
    {"multivalue", [](const ParameterSpec& p) { return single(multivalue(p)); }},
    {"multichannel",
     [](const ParameterSpec& p) { return single(std::strcmp(p.sem_type, "image") ? "false" : "optional"); }},
    {"mixed_type", [](const ParameterSpec& p) { return single(truth(p.mixed)); }},
    {"values", [](const ParameterSpec& p) { return commas(p.suggested); }},
    {"value_list", value_list},
    {"valuemin", [](const ParameterSpec& p) { return p.has_min ? single(text(p.min)) : Texts{}; }},
    {"valuemax", [](const ParameterSpec& p) { return p.has_max ? single(text(p.max)) : Texts{}; }},
};

template <class Spec, size_t N>
Texts slot_names(const Slot<Spec> (&slots)[N]) {
  Texts names;
  for (const Slot<Spec>& slot : slots) names.push_back(slot.name);
  return names;
}

// The value of the slot that input control `input` names.
template <class Spec, size_t N>
Texts slot_value(const Args& args, int input, const Slot<Spec> (&slots)[N], const Spec& spec) {
  const std::string wanted = args.in_string(input);
  for (const Slot<Spec>& slot : slots) {
    if (wanted == slot.name) return slot.value(spec);
  }
  args.fail_value(input, "there is no slot '", wanted, "'");
}

Texts parameter_texts(const OperatorSpec& spec, ParameterClass cls, const char* ParameterSpec::*field) {
  Texts texts;
  for (int i = 0; i < spec.num_parameters; ++i) {
    if (spec.parameters[i].cls == cls) texts.push_back(spec.parameters[i].*field);
  }
  return texts;
}

bool contains(const Texts& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

constexpr ParameterClass kClasses[] = {ParameterClass::input_object, ParameterClass::output_object,
                                       ParameterClass::input_control, ParameterClass::output_control};

}  // namespace

void get_operator_name(Args& args) {
  const std::string pattern = args.in_string(0);
  args.out(0, operators_with([&](const OperatorSpec& spec) { return std::strstr(spec.name, pattern.c_str()); }));
}

void get_operator_info(Args& args) { args.out(0, slot_value(args, 1, kOperatorSlots, operator_of(args))); }

void query_operator_info(Args& args) { args.out(0, slot_names(kOperatorSlots)); }

void get_param_names(Args& args) {
  const OperatorSpec& spec = operator_of(args);
  for (int i = 0; i < 4; ++i) args.out(i, parameter_texts(spec, kClasses[i], &ParameterSpec::name));
}

void get_param_num(Args& args) {
  const OperatorSpec& spec = operator_of(args);
  args.out(0, spec.name);
  args.out(1, spec.num_in_objects);
  args.out(2, spec.num_out_objects);
  args.out(3, spec.num_in_controls);
  args.out(4, spec.num_out_controls);
  args.out(5, "system");
}

void get_param_types(Args& args) {
  const OperatorSpec& spec = operator_of(args);
  args.out(0, parameter_texts(spec, ParameterClass::input_control, &ParameterSpec::default_type));
  args.out(1, parameter_texts(spec, ParameterClass::output_control, &ParameterSpec::default_type));
}

void get_param_info(Args& args) {
  const OperatorSpec& spec = operator_of(args);
  const std::string name = args.in_string(1);
  for (int i = 0; i < spec.num_parameters; ++i) {
    if (name != spec.parameters[i].name) continue;
    args.out(0, slot_value(args, 2, kParameterSlots, spec.parameters[i]));
    return;
  }
  args.fail_value(1, "operator ", spec.name, " has no parameter '", name, "'");
}

void query_param_info(Args& args) { args.out(0, slot_names(kParameterSlots)); }

void get_keywords(Args& args) { args.out(0, commas(operator_of(args).keywords)); }

void search_operator(Args& args) {
  const std::string keyword = args.in_string(0);
  args.out(0, operators_with([&](const OperatorSpec& spec) { return contains(commas(spec.keywords), keyword); }));
}

void get_chapter_info(Args& args) {
  const Texts path = args.in_strings(0);
  std::set<std::string> chapters;
  Texts names;
  for (int i = 0; i < kNumOperators; ++i) {
    const Texts chapter = split(kOperators[i].chapter, " / ");
    if (chapter.size() < path.size() || !std::equal(path.begin(), path.end(), chapter.begin())) continue;
    if (chapter.size() == path.size()) {
      names.push_back(kOperators[i].name);
    } else {
      chapters.insert(chapter[path.size()]);
    }
  }
  Texts info(chapters.begin(), chapters.end());
  info.insert(info.end(), names.begin(), names.end());
  if (info.empty()) args.fail_value(0, "there is no such chapter");
  args.out(0, info);
}

}  // namespace alcedo::operators
