// Dictionary operators, JSON, hdict files, serialisation.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <random>

#include "api_call.h"
#include "base/error_codes.h"
#include "base/file.h"
#include "objects/dict.h"
#include "objects/serialized_item.h"

using namespace alcedo;

namespace {

const Tuple kNone;

std::string temp(const std::string& name) { return "/tmp/alcedo_dict_" + std::to_string(getpid()) + "_" + name; }

void put(const Tuple& d, const Tuple& key, const Tuple& value) { call("set_dict_tuple", {d, key, value}, 0); }
Tuple get(const Tuple& d, const Tuple& key) { return call1("get_dict_tuple", {d, key}); }

Tuple mixed() {
  Tuple tuple(int64_t{1});
  tuple.push(2.5);
  tuple.push("drei ä");
  return tuple;
}

Tuple sample() {
  const Tuple d = call1("create_dict", {}), inner = call1("create_dict", {});
  put(inner, "x", 5);
  put(d, "mixed", mixed());
  put(d, "empty", kNone);
  put(d, int64_t{7}, std::vector<double>{0.1, -1e300});
  put(d, "inner", inner);
  const TestObject image = call_object("gen_image_const", {"uint2", 5, 3});
  call("set_dict_object", {d, "image"}, 0, {image.key()});
  return d;
}

}  // namespace

TEST_SUITE("objects") {
  TEST_CASE("dict: set, get, kinds, keys") {
    const Tuple d = sample();
    CHECK(get(d, "mixed") == mixed());
    CHECK(get(d, "empty").empty());
    CHECK(get(d, int64_t{7}).real_at(1) == -1e300);
    CHECK(call1("get_dict_param", {d, "keys", kNone}) ==
          Tuple(std::vector<std::string>{"mixed", "empty", "7", "inner", "image"}));
    Tuple keys("mixed");
    keys.push(7);
    keys.push("nothing");
    CHECK(call1("get_dict_param", {d, "key_exists", keys}) == Tuple(std::vector<int64_t>{1, 1, 0}));
    CHECK(call1("get_dict_param", {d, "key_data_type", std::vector<std::string>{"image", "mixed"}}) ==
          Tuple(std::vector<std::string>{"object", "tuple"}));
    CHECK(get(d, std::vector<std::string>{"inner", "x"}).int_at(0) == 5);
    put(d, std::vector<std::string>{"inner", "y"}, "new");
    CHECK(get(get(d, "inner"), "y").string_at(0) == std::string("new"));

    CHECK(call_error("get_dict_tuple", {d, "nothing"}, 1).code == error::kDictKeyMissing);
    CHECK(call_error("get_dict_tuple", {d, "image"}, 1).code == error::kTupleExpected);
    CHECK(call_error("get_dict_object", {d, "mixed"}, 0, {}, 1).code == error::kObjectExpected);
    CHECK(call_error("get_dict_tuple", {d, ""}, 1).code == 1302);
    CHECK(call_error("get_dict_tuple", {d, 2.5}, 1).code == 1202);
    CHECK(call_error("get_dict_param", {d, "size", kNone}, 1).code == 1302);
    CHECK(call_error("remove_dict_key", {d, std::vector<std::string>{"mixed", "nothing"}}, 0).code ==
          error::kDictKeyMissing);
    CHECK(get(d, "mixed").size() == 3);  // nothing was removed
    call("remove_dict_key", {d, std::vector<std::string>{"mixed", "image"}}, 0);
    CHECK(call1("get_dict_param", {d, "keys", kNone}).size() == 3);
  }

  TEST_CASE("dict: set_dict_tuple_at") {
    const Tuple d = sample();
    call("set_dict_tuple_at", {d, "mixed", std::vector<int64_t>{0, 2}, 9}, 0);
    CHECK(get(d, "mixed").int_at(2) == 9);
    CHECK(call_error("set_dict_tuple_at", {d, "mixed", 3, 1}, 0).code == error::kDictIndex);
    CHECK(call_error("set_dict_tuple_at", {d, "mixed", std::vector<int64_t>{0, 1}, mixed()}, 0).code == 1404);
  }

  TEST_CASE("dict: cycles are refused") {
    const Tuple a = call1("create_dict", {}), b = call1("create_dict", {});
    put(a, "b", b);
    CHECK(call_error("set_dict_tuple", {b, "a", a}, 0).code == error::kHandleCycle);
    CHECK(call_error("set_dict_tuple", {a, "self", a}, 0).code == error::kHandleCycle);
  }

  TEST_CASE("dict: deep copy") {
    const Tuple d = sample();
    const Tuple copy = call1("copy_dict", {d, kNone, kNone});
    put(get(copy, "inner"), "x", 6);
    CHECK(get(get(d, "inner"), "x").int_at(0) == 5);
    CHECK(call_object("get_dict_object", {copy, "image"}).objects()[0]->width() == 5);
    put(d, "bad", make_serialized_item({1, 2, 3}));
    CHECK(call_error("copy_dict", {d, kNone, kNone}, 1).code == error::kHandleNotSerializable);
    const Tuple loose = call1("copy_dict", {d, "raise_error_if_content_not_serializable", "false"});
    CHECK(get(loose, "bad").handle_at(0) == nullptr);
    CHECK(call_error("copy_dict", {d, "speed", "fast"}, 1).code == 1302);
    CHECK(call_error("copy_dict", {d, "raise_error_if_content_not_serializable", "maybe"}, 1).code == 1303);
    CHECK(call_error("copy_dict", {d, "raise_error_if_content_not_serializable", kNone}, 1).code == 1403);
  }

  TEST_CASE("dict: JSON") {
    const Tuple d = call1("create_dict", {});
    put(d, "text", "a \"b\" ä");
    put(d, "big", int64_t{9007199254740993});
    put(d, "list", std::vector<double>{0.5, 2});
    put(d, "none", kNone);
    const std::string json = call1("dict_to_json", {d, kNone, kNone}).string_at(0);
    CHECK(json == "{\"text\":\"a \\\"b\\\" ä\",\"big\":9007199254740993,\"list\":[0.5,2.0],\"none\":[]}");
    const Tuple back = call1("json_to_dict", {json, kNone, kNone});
    CHECK(get(back, "big").int_at(0) == 9007199254740993);
    CHECK(call1("dict_to_json", {back, kNone, kNone}).string_at(0) == json);

    const char* nested = R"({"a":{"b":[{"c":1},{"c":2}]},"m":[[1,2],[3]],"t":true,"n":null})";
    const Tuple n = call1("json_to_dict", {nested, kNone, kNone});
    CHECK(get(n, std::vector<std::string>{"a", "b"}).size() == 2);
    CHECK(get(get(n, "m"), int64_t{0}).size() == 2);
    CHECK(get(n, "t").int_at(0) == 1);
    CHECK(get(n, "n").empty());
    CHECK(call1("dict_to_json", {n, kNone, kNone}).string_at(0) ==
          std::string(R"({"a":{"b":[{"c":1},{"c":2}]},"m":[[1,2],3],"t":1,"n":[]})"));

    const std::vector<std::string> primitives = {"json_value_true", "json_value_null"};
    const Tuple named = call1(
        "json_to_dict", {R"({"t":true,"f":false,"l":[null,1]})", primitives, std::vector<std::string>{"yes", "none"}});
    CHECK(std::string(get(named, "t").string_at(0)) == "yes");
    CHECK(get(named, "f").int_at(0) == 0);
    CHECK(std::string(get(named, "l").string_at(0)) == "none");
    CHECK(get(named, "l").int_at(1) == 1);
    CHECK(call_error("json_to_dict", {"{}", "json_value_two", 2}, 1).code == 1302);

    for (const char* bad : {"", "{", "[1]", "{\"a\":}", "nonsense", "{\"a\":\"\xFF\"}", R"({"a":"x\u0000y"})",
                            R"({"a\u0000":1})", R"({"":1})"}) {
      CHECK(call_error("json_to_dict", {bad, kNone, kNone}, 1).code == 1301);
    }
    CHECK(call_error("json_to_dict", {std::string(100000, '['), kNone, kNone}, 1).code == 1301);
    put(d, "nan", std::nan(""));
    CHECK(call_error("dict_to_json", {d, kNone, kNone}, 1).code == error::kHandleNotSerializable);
    CHECK(call1("dict_to_json", {d, "raise_error_if_content_not_serializable", "false"}).string_at(0) == json);
  }

  TEST_CASE("dict: files") {
    const Tuple d = sample();
    const std::string file = temp("a.hdict"), json = temp("a.json");
    call("write_dict", {d, file, kNone, kNone}, 0);
    const Tuple back = call1("read_dict", {file, kNone, kNone});
    CHECK(get(back, "mixed") == mixed());
    CHECK(get(back, std::vector<std::string>{"inner", "x"}).int_at(0) == 5);
    CHECK(call_object("get_dict_object", {back, "image"}).objects()[0]->type() == PixelType::uint2);
    CHECK(call_error("write_dict", {d, json, kNone, kNone}, 0).code == error::kHandleNotSerializable);
    call("write_dict", {d, json, "raise_error_if_content_not_serializable", "false"}, 0);
    CHECK(get(call1("read_dict", {json, kNone, kNone}), "mixed") == mixed());
    CHECK(call_error("read_dict", {json, "file_type", "hdict"}, 1).code == error::kFileNotReadable);
    CHECK(call_error("read_dict", {temp("missing"), kNone, kNone}, 1).code == error::kFileNotFound);
    CHECK(call_error("read_dict", {"/tmp", kNone, kNone}, 1).code == error::kFileNotReadable);
    CHECK(call_error("write_dict", {d, "/dev/full", kNone, kNone}, 0).code == error::kFileNotWritable);
    CHECK(call_error("write_dict", {d, "/nowhere/a.hdict", kNone, kNone}, 0).code == error::kFileNotWritable);
    unlink(file.c_str());
    unlink(json.c_str());
  }

  TEST_CASE("dict: damaged hdict files are errors") {
    const std::string file = temp("fuzz.hdict");
    call("write_dict", {sample(), file, kNone, kNone}, 0);
    const std::string good = read_file(file, 1);
    std::mt19937 random(1);
    const int64_t handles = num_live_handles(), objects = num_live_objects();
    for (int i = 0; i < 300; ++i) {
      std::string bad = good;
      if (i % 2) {
        bad.resize(random() % good.size());
      } else {
        for (int k = 0; k < 3; ++k) bad[random() % bad.size()] ^= static_cast<char>(1 + random() % 255);
        if (bad == good) continue;
      }
      write_test_file(file, bad);
      CHECK(call_error("read_dict", {file, kNone, kNone}, 1).code == error::kFileNotReadable);
    }
    // With a right checksum over damaged contents, too.
    const auto* bytes = reinterpret_cast<const uint8_t*>(good.data());
    const Payload payload = unseal("ALCEDO HDICT", bytes, good.size());
    for (int i = 0; i < 2000; ++i) {
      std::vector<uint8_t> bad(payload.data, payload.data + payload.size);
      if (i % 4 == 0) bad.resize(random() % bad.size());
      for (int k = 0; k < 2; ++k) {
        if (!bad.empty()) bad[random() % bad.size()] = static_cast<uint8_t>(random());
      }
      const auto sealed = seal("ALCEDO HDICT", bad);
      write_test_file(file, sealed.data(), sealed.size());
      const int code = call_error("read_dict", {file, kNone, kNone}, 1).code;
      CHECK((code == H_MSG_TRUE || code == error::kFileNotReadable || code == error::kOutOfMemory));
    }
    CHECK(num_live_handles() == handles);
    CHECK(num_live_objects() == objects);
    unlink(file.c_str());
  }

  TEST_CASE("serialization: handles and tuples") {
    const Tuple d = sample();
    const Tuple item = call1("serialize_handle", {d});
    CHECK(call1("tuple_sem_type", {item}).string_at(0) == std::string("serialized_item"));
    const Tuple back = call1("deserialize_handle", {item});
    CHECK(get(back, "mixed") == mixed());
    CHECK(call_error("serialize_handle", {item}, 1).code == error::kHandleNotSerializable);
    CHECK(call_error("deserialize_tuple", {item}, 1).code == error::kNoSerializedItem);
    const auto block = call("get_serialized_item_ptr", {item}, 2).controls;
    const Tuple copy = call1("create_serialized_item_ptr", {block[0], block[1], "true"});
    CHECK(get(call1("deserialize_handle", {copy}), "mixed") == mixed());
    const Tuple half = call1("create_serialized_item_ptr", {block[0], block[1].int_at(0) / 2, "false"});
    CHECK(call_error("deserialize_handle", {half}, 1).code == error::kEndOfData);
    CHECK(call_error("create_serialized_item_ptr", {0, 5, "true"}, 1).code == 1301);
    Tuple all = mixed();
    all.append(d);
    const Tuple restored = call1("deserialize_tuple", {call1("serialize_tuple", {all})});
    CHECK(restored.size() == 4);
    CHECK(get(Tuple(Handle(restored.handle_at(3))), "mixed") == mixed());
    CHECK(call1("deserialize_tuple", {call1("serialize_tuple", {kNone})}).empty());
    call("clear_serialized_item", {item}, 0);
    CHECK(call_error("deserialize_handle", {item}, 1).code == error::kHandleCleared);
  }

  TEST_CASE("handles: clear, validity, types, numbers") {
    const Tuple d = call1("create_dict", {});
    Tuple t = d;
    t.push(5);
    t.push(Handle());
    CHECK(call1("tuple_is_valid_handle", {t}) == Tuple(std::vector<int64_t>{1, 0, 0}));
    CHECK(call1("tuple_is_valid_handle", {kNone}).empty());
    CHECK(call1("tuple_sem_type", {d}).string_at(0) == std::string("dict"));
    CHECK(call1("tuple_sem_type", {t}).string_at(0) == std::string("any"));
    CHECK(call1("tuple_sem_type", {Handle()}).string_at(0) == std::string("hnull"));
    CHECK(call1("tuple_sem_type_elem", {t}) == Tuple(std::vector<std::string>{"dict", "any", "hnull"}));
    const Tuple number = call1("handle_to_integer", {d});
    CHECK(call1("integer_to_handle", {number}).handle_at(0) == d.handle_at(0));
    CHECK(call_error("integer_to_handle", {4711}, 1).code == 2451);
    call("clear_handle", {d}, 0);
    CHECK(call1("tuple_is_valid_handle", {d}).int_at(0) == 0);
    CHECK(call_error("get_dict_tuple", {d, "a"}, 1).code == error::kHandleCleared);
    call("clear_handle", {d}, 0);
    CHECK(call_error("clear_handle", {Handle()}, 0).code == error::kHandleNull);
  }

  TEST_CASE("system: parameters") {
    const Tuple old = call1("get_system", {"thread_num"});
    call("set_system", {"thread_num", 1}, 0);
    CHECK(call1("get_system", {"thread_num"}).int_at(0) == 1);
    call("set_system", {"thread_num", "default"}, 0);
    CHECK(call1("get_system", {"thread_num"}) == old);
    call("set_system", {"thread_num", "1"}, 0);  // the simple C form has strings only
    CHECK(call1("get_system", {"thread_num"}).int_at(0) == 1);
    call("set_system", {"thread_num", "default"}, 0);
    for (const char* bad : {"", "0", "1 ", "1.5", "one", "99999999999999999999"}) {
      CHECK(call_error("set_system", {"thread_num", bad}, 0).code == 1302);
    }
    CHECK(call_error("set_system", {"thread_num", 0}, 0).code == 1302);
    CHECK(call_error("set_system", {"no_such_name", 0}, 0).code == 1301);
    CHECK(call_error("get_system", {"no_such_name"}, 1).code == 1301);
    CHECK(call1("get_system", {"?"}).size() > 10);
    call("set_system", {"tsp_width", 640}, 0);
    CHECK(call1("get_system", {"width"}).int_at(0) == 640);
    call("set_system", {"seed_rand", 3}, 0);
    const Tuple first = call1("tuple_rand", {4});
    call("set_system", {"seed_rand", 3}, 0);
    CHECK(call1("tuple_rand", {4}) == first);
    CHECK(std::string(call1("get_error_text", {2894}).string_at(0)).size() > 0);
    CHECK(call_error("get_error_text", {0}, 1).code == 1301);
  }
}
