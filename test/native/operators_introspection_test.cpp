// The operator table seen from outside, and its soundness as the core needs it.
#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "api/operator_table.h"
#include "hcore.h"
#include "objects/tuple.h"

using alcedo::kErrorTexts;
using alcedo::kNumErrorTexts;
using alcedo::kNumOperators;
using alcedo::kOperators;
using alcedo::Tuple;
using Strings = std::vector<std::string>;

namespace {

struct Result {
  Herror code;
  std::vector<Tuple> outputs;
};

Result call(const char* name, const std::vector<Tuple>& in, int num_out) {
  std::vector<Htuple> raw, out(static_cast<size_t>(num_out), Htuple HTUPLE_INITIALIZER);
  for (const Tuple& tuple : in) raw.push_back(tuple.raw());
  HArguments arguments = {};
  arguments.in_controls = raw.data();
  arguments.num_in_controls = static_cast<int32_t>(raw.size());
  arguments.out_controls = out.data();
  arguments.num_out_controls = num_out;
  Result result{HCall(name, &arguments, nullptr), {}};
  for (Htuple& tuple : out) {
    if (result.code == H_MSG_TRUE) result.outputs.push_back(Tuple(tuple));
  }
  HDestroyTuples(out.data(), num_out);
  return result;
}

Tuple one(const char* name, const std::vector<Tuple>& in) {
  const Result result = call(name, in, 1);
  REQUIRE(result.code == H_MSG_TRUE);
  return result.outputs[0];
}

}  // namespace

TEST_SUITE("operators") {
  TEST_CASE("operator table: sorted, every operator has a function") {
    for (int i = 0; i < kNumOperators; ++i) {
      CAPTURE(kOperators[i].name);
      const bool has_function = kOperators[i].function != nullptr;
      CHECK(has_function);
      if (i > 0) CHECK(std::strcmp(kOperators[i - 1].name, kOperators[i].name) < 0);
    }
    for (int i = 1; i < kNumErrorTexts; ++i) CHECK(kErrorTexts[i - 1].code < kErrorTexts[i].code);
  }

  TEST_CASE("introspection: names and parameters") {
    CHECK(one("get_operator_name", {"create_dl_pr"}) == Tuple("create_dl_pruning"));
    const Result names = call("get_param_names", {"create_dl_pruning"}, 4);
    REQUIRE(names.code == H_MSG_TRUE);
    CHECK(names.outputs[0].empty());
    CHECK(names.outputs[2] == Tuple(Strings{"DLModelHandle", "Mode", "GenParam"}));
    CHECK(names.outputs[3] == Tuple("DLPruningHandle"));
    const Result num = call("get_param_num", {"get_image_pointer1"}, 6);
    REQUIRE(num.code == H_MSG_TRUE);
    CHECK(num.outputs[1] == Tuple(1));
    CHECK(num.outputs[4] == Tuple(4));
    const Result types = call("get_param_types", {"create_dl_pruning"}, 2);
    REQUIRE(types.code == H_MSG_TRUE);
    CHECK(types.outputs[0] == Tuple(Strings{"none", "string", "none"}));
  }

  TEST_CASE("introspection: every slot of every operator and parameter can be read") {
    const Tuple operator_slots = one("query_operator_info", {}), parameter_slots = one("query_param_info", {});
    for (int i = 0; i < kNumOperators; ++i) {
      const auto& spec = kOperators[i];
      for (Hlong s = 0; s < operator_slots.size(); ++s)
        one("get_operator_info", {spec.name, operator_slots.string_at(s)});
      for (int p = 0; p < spec.num_parameters; ++p) {
        for (Hlong s = 0; s < parameter_slots.size(); ++s) {
          one("get_param_info", {spec.name, spec.parameters[p].name, parameter_slots.string_at(s)});
        }
      }
    }
    CHECK(one("get_param_info", {"create_dl_pruning", "Mode", "value_list"}) == Tuple("oracle"));
    CHECK(one("get_param_info", {"create_dl_pruning", "GenParam", "default_value"}) == Tuple("[]"));
    CHECK(one("get_param_info", {"create_dl_pruning", "DLModelHandle", "sem_type"}) == Tuple("dl_model"));
    CHECK(one("get_operator_info", {"create_dl_pruning", "predecessor"}) == Tuple("read_dl_model"));
  }

  TEST_CASE("introspection: keywords and chapters") {
    const Tuple found = one("search_operator", {"pruning"});
    CHECK(found.size() == 5);
    CHECK(one("get_keywords", {"create_dl_pruning"}) == Tuple(Strings{"deep learning", "pruning"}));
    CHECK(one("get_chapter_info", {Strings{"Deep Learning", "Pruning"}}).size() == 5);
    CHECK(one("get_chapter_info", {Tuple()}).size() > 5);
  }

  TEST_CASE("introspection: what does not exist is an error") {
    CHECK(call("get_operator_info", {"no_such_operator", "short"}, 1).code == 8000);
    CHECK(call("get_operator_info", {"create_dict", "no_such_slot"}, 1).code == 1302);
    CHECK(call("get_param_info", {"create_dict", "NoParam", "description"}, 1).code == 1302);
    CHECK(call("get_param_info", {"create_dict", "DictHandle", "no_such_slot"}, 1).code == 1303);
    CHECK(call("get_chapter_info", {"No Chapter"}, 1).code == 1301);
  }
}
