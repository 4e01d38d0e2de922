// The call path: checks from the table, errors, ownership, threads.
#include "api_call.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "api/args.h"
#include "api/call.h"
#include "objects/dict.h"

using namespace alcedo;

namespace {

void probe(Args& args) { args.out(0, args.in_length(1)); }
void failing(Args& args) {
  args.out(0, Tuple(std::string(2000, 'x')));
  throw std::runtime_error("broken");
}

const char* const kModes[] = {"oracle", "other", nullptr};
const ParameterSpec kParameters[] = {{"DictHandle", ParameterClass::input_control, "dict", HANDLE_PAR, Multivalue::no,
                                      false, nullptr, false, false, 0, 0, false, "none", "", ""},
                                     {"Mode", ParameterClass::input_control, "string", STRING_PAR, Multivalue::no,
                                      false, kModes, false, false, 0, 0, false, "string", "oracle", ""},
                                     {"Numbers", ParameterClass::input_control, "number", DOUBLE_PAR,
                                      Multivalue::optional, true, nullptr, true, true, 0, 100, false, "real", "", ""},
                                     {"Result", ParameterClass::output_control, "integer", LONG_PAR, Multivalue::no,
                                      false, nullptr, false, false, 0, 0, false, "integer", "", ""}};
OperatorSpec spec_of(OperatorFn function) {
  return {"probe", function, kParameters, 4, 0, 0, 3, 1, "", "", "", "", "", "", ""};
}

CallError run(const std::vector<Tuple>& in, OperatorFn function = probe) {
  const OperatorSpec spec = spec_of(function);
  std::vector<Htuple> inputs;
  for (const Tuple& tuple : in) inputs.push_back(tuple.raw());
  Htuple output = {};
  output.num = 77;
  const HArguments arguments = {nullptr, nullptr, inputs.data(), &output, 0, 0, static_cast<int32_t>(in.size()), 1};
  HErrorInfo info{};
  const Herror code = call_operator(spec, arguments, &info);
  if (code == H_MSG_TRUE) {
    tuple_clear(&output);
    return {};
  }
  CHECK(output.num == 77);  // untouched
  CHECK(std::string(info.operator_name) == "probe");
  return {static_cast<int>(info.code), info.parameter, info.text};
}

Tuple dict() { return make_dict_handle(std::make_shared<Dict>()); }

}  // namespace

TEST_SUITE("api") {
  TEST_CASE("checks: types, counts, values") {
    CHECK(run({dict(), "oracle", Tuple()}).code == H_MSG_TRUE);
    CHECK(run({dict(), "oracle", 5}).code == H_MSG_TRUE);
    CHECK(run({dict(), "oracle", std::vector<double>{1, 99.5}}).code == H_MSG_TRUE);

    CallError e = run({5, "oracle", Tuple()});
    CHECK(e.code == 1201);
    CHECK(e.parameter == 1);
    CHECK(e.text == "DictHandle (parameter 1): found 5, wanted a dict handle");
    CHECK(run({Tuple(), "oracle", Tuple()}).code == 1401);
    CHECK(run({dict(), 3, Tuple()}).code == 1202);
    CHECK(run({dict(), std::vector<std::string>{"oracle", "oracle"}, Tuple()}).code == 1402);
    e = run({dict(), "foo", Tuple()});
    CHECK(e.code == 1302);
    CHECK(e.text == "Mode (parameter 2): found 'foo', wanted one of 'oracle', 'other'");
    e = run({dict(), "oracle", -1});
    CHECK(e.code == 1303);
    CHECK(e.text == "Numbers (parameter 3): found -1, wanted 0 to 100");
    CHECK(run({dict(), "oracle", std::numeric_limits<double>::quiet_NaN()}).code == 1303);
    CHECK(run({dict(), "oracle", "ten"}).code == 1203);
    CHECK(run({dict(), "oracle"}).code == error::kInputControlMissing);
  }

  TEST_CASE("checks: handles") {
    CHECK(run({Handle(), "oracle", Tuple()}).code == error::kHandleNull);
    Handle handle = make_dict_handle(std::make_shared<Dict>());
    handle.get()->clear();
    CHECK(run({handle, "oracle", Tuple()}).code == error::kHandleCleared);
    static const HandleType other("probe_type", typeid(int));
    CHECK(run({make_handle(other, std::make_shared<int>(1)), "oracle", Tuple()}).code == error::kWrongHandleType);
    // Pointers that are no handles, as they are and within a mixed tuple.
    const OperatorSpec spec = spec_of(probe);
    int nothing = 0;
    Tuple mode("oracle"), empty;
    Htuple inputs[3] = {{}, mode.raw(), empty.raw()};
    inputs[0].type = HANDLE_PAR;
    inputs[0].num = 1;
    inputs[0].val.h = reinterpret_cast<Hphandle>(&nothing);
    inputs[0].elem.l = &inputs[0].val.l;
    Htuple output{};
    const HArguments arguments = {nullptr, nullptr, inputs, &output, 0, 0, 3, 1};
    CHECK(call_operator(spec, arguments, nullptr) == error::kNotAHandle);
    inputs[0].type = UNDEF_TYPE;
    CHECK(call_operator(spec, arguments, nullptr) == error::kTupleDeleted);
    inputs[0].type = 3;
    CHECK(call_operator(spec, arguments, nullptr) == error::kTupleType);
  }

  TEST_CASE("errors: whatever an operator throws becomes a code, outputs stay untouched") {
    const CallError e = run({dict(), "oracle", Tuple()}, failing);
    CHECK(e.code == error::kInternal);
    CHECK(e.text == "internal error: broken");
    CHECK(last_error().code == error::kInternal);
    CHECK(run({dict(), "oracle", Tuple()}, [](Args&) { throw std::bad_alloc(); }).code == 6001);
    CHECK(run({dict(), "oracle", Tuple()}, [](Args&) { throw 1; }).code == error::kInternal);
    const CallError long_text =
        run({dict(), "oracle", Tuple()}, [](Args&) { fail(9999, std::string(5000, 'a'), "ä"); });
    CHECK(long_text.text.size() == MAX_STRING - 1);
    CHECK(HCall("no_such_operator", nullptr, nullptr) == 8000);
    CHECK(HCall(nullptr, nullptr, nullptr) == 8000);
    CHECK(HCallById(-1, nullptr, nullptr) == 8000);
    CHECK(HCallById(1 << 30, nullptr, nullptr) == 8000);
    CHECK(HOperatorId("create_dict") >= 0);
    CHECK(HOperatorId("nothing") == -1);
    CHECK(std::string(HErrorText(1202)).size() > 0);
    CHECK(std::string(HErrorText(35000)).size() > 0);
  }

  TEST_CASE("errors: get_extended_error_info tells the thread's last one") {
    const Tuple d = call1("create_dict", {});
    CHECK_THROWS_AS(call1("get_dict_tuple", {d, "missing"}), HException);
    const auto info = call("get_extended_error_info", {}, 3).controls;
    CHECK(info[0].string_at(0) == std::string("get_dict_tuple"));
    CHECK(info[1].int_at(0) == 2894);
    CHECK(info[2].string_at(0) == std::string("Key (parameter 2): found the key 'missing', the dictionary has none"));
    std::thread([] { CHECK(call("get_extended_error_info", {}, 3).controls[1].int_at(0) == 0); }).join();
  }

  TEST_CASE("threads: one handle and different handles") {
    const Tuple shared = call1("create_dict", {});
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back([&, t] {
        try {
          const Tuple own = call1("create_dict", {});
          for (int i = 0; i < 500; ++i) {
            call("set_dict_tuple", {shared, "counter", i}, 0);
            call("set_dict_tuple", {own, i, t}, 0);
            if (call1("get_dict_tuple", {shared, "counter"}).size() != 1) ++failures;
            if (call1("get_dict_tuple", {own, i}).int_at(0) != t) ++failures;
          }
        } catch (const HException&) {
          ++failures;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(failures == 0);
  }

  TEST_CASE("threads: clearing a handle that others use gives errors, never a crash") {
    std::atomic<bool> strange{false};
    for (int round = 0; round < 50; ++round) {
      const Tuple d = call1("create_dict", {});
      std::thread user([&] {
        for (int i = 0; i < 50; ++i) {
          const CallError e = call_error("set_dict_tuple", {d, "k", i}, 0);
          if (e.code != H_MSG_TRUE && e.code != 2454) strange = true;
        }
      });
      call("clear_handle", {d}, 0);
      user.join();
    }
    CHECK_FALSE(strange);
  }
}
