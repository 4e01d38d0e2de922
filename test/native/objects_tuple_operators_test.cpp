// Tuple operators: mixed types, edges, errors.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cmath>
#include <limits>

#include "api_call.h"
#include "base/error_codes.h"
#include "base/file.h"

using namespace alcedo;

namespace {

using Ints = std::vector<int64_t>;
using Reals = std::vector<double>;
using Strings = std::vector<std::string>;

const Tuple kNone;

template <class... Values>
Tuple tuple(const Values&... values) {
  Tuple t;
  (t.push(values), ...);
  return t;
}

Tuple op(const char* name, const std::vector<Tuple>& in) { return call1((std::string("tuple_") + name).c_str(), in); }
int code(const char* name, const std::vector<Tuple>& in) {
  return call_error((std::string("tuple_") + name).c_str(), in, 1).code;
}

}  // namespace

TEST_SUITE("objects") {
  TEST_CASE("tuple operators: arithmetic") {
    CHECK(op("add", {Ints{1, 2}, 10}) == Ints{11, 12});
    CHECK(op("add", {1, 0.5}) == Tuple(1.5));
    CHECK(op("add", {tuple(1, 2.5), Ints{1, 1}}) == tuple(2, 3.5));
    CHECK(op("add", {"a", 5}) == Tuple("a5"));
    CHECK(op("add", {1.0, "x"}) == Tuple("1.0x"));
    CHECK(op("add", {kNone, 5}).empty());
    CHECK(code("add", {Ints{1, 2}, Ints{1, 2, 3}}) == 1402);
    CHECK(op("add", {std::numeric_limits<int64_t>::max(), 1}) == Tuple(std::numeric_limits<int64_t>::min()));
    CHECK(op("sub", {5, Ints{1, 7}}) == Ints{4, -2});
    CHECK(op("mult", {3, 0.5}) == Tuple(1.5));
    CHECK(op("div", {7, 2}) == Tuple(3));
    CHECK(op("div", {-7, 2}) == Tuple(-3));
    CHECK(op("div", {7, 2.0}) == Tuple(3.5));
    CHECK(op("div", {std::numeric_limits<int64_t>::min(), -1}) == Tuple(std::numeric_limits<int64_t>::min()));
    CHECK(code("div", {1, 0}) == 1302);
    CHECK(op("mod", {-7, 3}) == Tuple(-1));
    CHECK(code("mod", {1, 0}) == 1302);
    CHECK(op("pow", {2, 10}) == Tuple(1024.0));
    CHECK(op("max2", {1, 1.5}) == Tuple(1.5));
    CHECK(op("min2", {Ints{1, 5}, 3}) == Ints{1, 3});
    CHECK(op("abs", {tuple(-3, -2.5)}) == tuple(3, 2.5));
    CHECK(op("neg", {Ints{3}}) == Ints{-3});
    CHECK(op("sqrt", {9}) == Tuple(3.0));
    CHECK(code("sqrt", {-1}) == 1301);
    CHECK(op("floor", {-1.5}) == Tuple(-2.0));
    CHECK(op("ceil", {-1.5}) == Tuple(-1.0));
    CHECK(op("round", {Reals{2.5, -2.5, 0.4}}) == Ints{3, -3, 0});
    CHECK(op("int", {Reals{2.9, -2.9}}) == Ints{2, -2});
    CHECK(code("int", {1e30}) == 1301);
    CHECK(code("int", {std::nan("")}) == 1301);
    CHECK(op("real", {Ints{1, 2}}) == Reals{1, 2});
  }

  TEST_CASE("tuple operators: statistics") {
    CHECK(op("sum", {Ints{1, 2, 3}}) == Tuple(6));
    CHECK(op("sum", {tuple(1, 0.5)}) == Tuple(1.5));
    CHECK(op("sum", {Strings{"a", "b"}}) == Tuple("ab"));
    CHECK(op("sum", {kNone}) == Tuple(0));
    CHECK(op("mean", {Ints{1, 2}}) == Tuple(1.5));
    CHECK(op("mean", {kNone}).empty());
    CHECK(op("deviation", {Ints{1, 2, 3}}) == Tuple(1.0));
    CHECK(op("deviation", {4}) == Tuple(0.0));
    CHECK(op("median", {Ints{5, 1, 4, 2}}) == Tuple(3.0));
    CHECK(op("max", {tuple(1, 0.5)}) == Tuple(1.0));
    CHECK(op("min", {Strings{"b", "a"}}) == Tuple("a"));
    CHECK(code("max", {tuple("a", 1)}) == 1201);
    CHECK(op("cumul", {Ints{1, 2, 3}}) == Ints{1, 3, 6});
  }

  TEST_CASE("tuple operators: comparison and logic") {
    CHECK(op("equal", {Ints{1, 2}, Reals{1.0, 2.0}}) == Tuple(1));
    CHECK(op("equal", {"1", 1}) == Tuple(0));
    CHECK(op("equal", {kNone, kNone}) == Tuple(1));
    CHECK(op("not_equal", {Ints{1}, Ints{1, 2}}) == Tuple(1));
    CHECK(op("less", {Ints{1, 2}, Ints{1, 2, 0}}) == Tuple(1));
    CHECK(op("less", {Strings{"abc"}, Strings{"abd"}}) == Tuple(1));
    CHECK(code("less", {"a", 1}) == 1202);
    CHECK(op("greater_equal_elem", {Ints{1, 2, 3}, 2}) == Ints{0, 1, 1});
    CHECK(op("equal_elem", {tuple("a", 1), tuple("a", 2)}) == Ints{1, 0});
    CHECK(op("equal", {std::nan(""), std::nan("")}) == Tuple(0));
    CHECK(op("less", {int64_t{9007199254740992}, int64_t{9007199254740993}}) == Tuple(1));
    CHECK(op("and", {Ints{1, 0}, 2}) == Ints{1, 0});
    CHECK(op("xor", {Ints{1, 0}, Ints{1, 1}}) == Ints{0, 1});
    CHECK(op("not", {Ints{0, 5}}) == Ints{1, 0});
  }

  TEST_CASE("tuple operators: selection and order") {
    const Tuple t = tuple(1, 2.5, "c");
    CHECK(op("length", {t}) == Tuple(3));
    CHECK(op("concat", {t, 4}).size() == 4);
    CHECK(op("select", {t, Ints{2, 0, 2}}) == tuple("c", 1, "c"));
    CHECK(code("select", {t, 3}) == 1302);
    CHECK(code("select", {t, -1}) == 1302);
    CHECK(op("select_range", {t, 1, 2}) == tuple(2.5, "c"));
    CHECK(op("select_range", {t, 1, 0}).empty());
    CHECK(code("select_range", {t, 1, 3}) == 1303);
    CHECK(op("first_n", {t, 0}) == Tuple(1));
    CHECK(op("first_n", {t, -1}).empty());
    CHECK(op("last_n", {t, 2}) == Tuple("c"));
    CHECK(op("last_n", {t, 3}).empty());
    CHECK(op("select_mask", {t, Ints{1, 0, 1}}) == tuple(1, "c"));
    CHECK(op("remove", {t, Ints{1, 1}}) == tuple(1, "c"));
    CHECK(op("insert", {t, 3, Ints{7, 8}}).size() == 5);
    CHECK(op("insert", {t, 0, "x"}).string_at(0) == std::string("x"));
    CHECK(op("replace", {Ints{1, 2}, Ints{0, 3}, 9}) == Ints{9, 2, 0, 9});
    CHECK(code("replace", {Ints{1, 2}, Ints{0, 1}, Ints{1, 2, 3}}) == 1403);
    CHECK(op("find", {Ints{1, 2, 1, 2, 1}, Ints{1, 2}}) == Ints{0, 2});
    CHECK(op("find", {t, "x"}) == Tuple(-1));
    CHECK(op("sort", {tuple(3, 1.5, 2)}) == tuple(1.5, 2, 3));
    CHECK(code("sort", {tuple("a", 1)}) == 1201);
    CHECK(op("sort_index", {Strings{"b", "a", "b"}}) == Ints{1, 0, 2});
    CHECK(op("inverse", {t}) == tuple("c", 2.5, 1));
    CHECK(op("uniq", {Ints{1, 1, 2, 1}}) == Ints{1, 2, 1});
    CHECK(op("union", {Ints{3, 1}, Ints{2, 3}}) == Ints{1, 2, 3});
    CHECK(op("intersection", {Ints{3, 1, 3}, Ints{3, 4}}) == Ints{3});
    CHECK(op("difference", {Strings{"a", "b"}, Strings{"b"}}) == Strings{"a"});
    CHECK(op("gen_const", {3, "x"}) == Strings{"x", "x", "x"});
    CHECK(op("gen_const", {0, 1}).empty());
    CHECK(code("gen_const", {int64_t{1} << 40, 1}) == 1301);
    CHECK(op("gen_sequence", {1, 7, 3}) == Ints{1, 4, 7});
    CHECK(op("gen_sequence", {1.0, 0.0, -0.25}).size() == 5);
    CHECK(op("gen_sequence", {0, 1, 0.1}).size() == 11);
    CHECK(code("gen_sequence", {1, 2, 0}) == 1303);
    CHECK(code("gen_sequence", {1, 2, -1}) == 1303);
    CHECK(code("gen_sequence", {0, 1, 1e-300}) == 1302);
    CHECK(op("rand", {3}).size() == 3);
  }

  TEST_CASE("tuple operators: strings") {
    CHECK(op("strlen", {Strings{"abc", "äöü", ""}}) == Ints{3, 3, 0});
    CHECK(op("strstr", {"äxbx", "x"}) == Tuple(1));
    CHECK(op("strrstr", {"äxbx", "x"}) == Tuple(3));
    CHECK(op("strchr", {"hello", "lo"}) == Tuple(2));
    CHECK(op("strrchr", {"hello", "xl"}) == Tuple(3));
    CHECK(op("strstr", {"a", "b"}) == Tuple(-1));
    CHECK(op("str_first_n", {"äbc", 1}) == Tuple("äb"));
    CHECK(op("str_last_n", {"äbc", 1}) == Tuple("bc"));
    CHECK(op("substr", {"äbcd", 1, 2}) == Tuple("bc"));
    CHECK(code("substr", {"abc", 1, 3}) == 1303);
    CHECK(code("str_first_n", {"abc", 3}) == 1302);
    CHECK(op("str_bit_select", {"äbc", Ints{2, 0}}) == Strings{"c", "ä"});
    CHECK(op("str_replace", {"aaba", "aa", "x"}) == Tuple("xba"));
    CHECK(code("str_replace", {"a", "", "x"}) == 1302);
    CHECK(op("split", {"a,b;;c", ",;"}) == Strings{"a", "b", "c"});
    CHECK(op("string", {tuple(7, 1.5, "x"), ""}) == Strings{"7", "1.5", "x"});
    CHECK(op("string", {3.14159, ".2f"}) == Tuple("3.14"));
    CHECK(op("string", {7, "05d"}) == Tuple("00007"));
    CHECK(op("string", {255, "$x"}) == Tuple("ff"));
    CHECK(op("string", {"ä", "3s"}) == Tuple("  ä"));
    CHECK(op("string", {2.9, "d"}) == Tuple("2"));
    for (const char* bad : {"n", "%n", "99999d", "ss", "*d", "5.2.1f"}) CHECK(code("string", {1, bad}) == 1302);
    CHECK(op("number", {Strings{"12", "0x10", "1e3", "abc", "010"}}) == tuple(12, 16, 1000.0, "abc", 8));
    CHECK(op("is_number", {tuple(1, "2.5", "x", "nan")}) == Ints{1, 1, 0, 0});
  }

  TEST_CASE("tuple operators: regular expressions") {
    CHECK(op("regexp_match", {Strings{"abc123", "x"}, "[0-9]+"}) == Strings{"123", ""});
    CHECK(op("regexp_match", {"key=value", "(\\w+)=(\\w+)"}) == Strings{"key", "value"});
    CHECK(op("regexp_match", {"ABC", Strings{"b", "ignore_case"}}) == Tuple("B"));
    CHECK(op("regexp_match", {"äöü", "^.{2}"}) == Tuple("äö"));
    CHECK(op("regexp_replace", {"a-b-c", "-", "+"}) == Tuple("a+b-c"));
    CHECK(op("regexp_replace", {"a-b-c", Strings{"-", "replace_all"}, "<$0>"}) == Tuple("a<->b<->c"));
    CHECK(op("regexp_replace", {"ab", Strings{"x*", "replace_all"}, "_"}) == Tuple("_a_b_"));
    CHECK(op("regexp_replace", {"john smith", "(\\w+) (\\w+)", "$2 $1 $$"}) == Tuple("smith john $"));
    CHECK(op("regexp_select", {Strings{"a.png", "b.jpg"}, "\\.png$"}) == Tuple("a.png"));
    CHECK(op("regexp_select", {Strings{"a.png", "b.jpg"}, Strings{"\\.png$", "invert_match"}}) == Tuple("b.jpg"));
    CHECK(op("regexp_test", {Strings{"a", "b", "a"}, "a"}) == Tuple(2));
    for (const char* bad : {"(", "[a", "*", "a{2"}) CHECK(code("regexp_match", {"x", bad}) == 1302);
    CHECK(code("regexp_match", {"x", std::string(5000, '(')}) == 1302);
    CHECK(op("regexp_match", {"abab", "(ab)\\1"}) == Tuple("ab"));
    CHECK(code("regexp_match", {std::string(5000, 'a'), "(a)\\1"}) == 1301);
    // Long strings and expressions that make simple matchers explode.
    CHECK(op("regexp_test", {std::string(200000, 'a'), "^a*$"}) == Tuple(1));
    CHECK(op("regexp_test", {std::string(40, 'a') + "b", "^(a|a)*$"}) == Tuple(0));
    CHECK(op("regexp_replace", {std::string("\xFFz\xC3"), "z", "y"}) == Tuple(std::string("\xFFy\xC3")));
  }

  TEST_CASE("tuple operators: types") {
    CHECK(op("type", {Ints{1, 2}}) == Tuple(1));
    CHECK(op("type", {tuple(1, 2.5)}) == Tuple(8));
    CHECK(op("type", {kNone}) == Tuple(31));
    CHECK(op("type_elem", {tuple(1, 2.5, "a")}) == Ints{1, 2, 4});
    CHECK(op("is_int", {Ints{1}}) == Tuple(1));
    CHECK(op("is_int", {kNone}) == Tuple(1));
    CHECK(op("is_real", {tuple(1, 2.5)}) == Tuple(0));
    CHECK(op("is_string_elem", {tuple(1, "a")}) == Ints{0, 1});
    CHECK(op("is_mixed", {tuple(1, "a")}) == Tuple(1));
    const Tuple d = call1("create_dict", {});
    CHECK(op("is_handle", {d}) == Tuple(1));
    CHECK(op("is_serializable", {d}) == Tuple(1));
    CHECK(op("is_serializable", {Handle()}) == Tuple(0));
    CHECK(op("is_nan_elem", {tuple(std::nan(""), 1.0, 1)}) == Ints{1, 0, 0});
  }

  TEST_CASE("tuple operators: files") {
    const std::string file = "/tmp/alcedo_tuple_" + std::to_string(getpid());
    const Tuple t = tuple(int64_t{-5}, 0.1, "line\nbreak \\ ä", 1e300, "");
    call("write_tuple", {t, file}, 0);
    CHECK(call1("read_tuple", {file}) == t);
    call("write_tuple", {kNone, file}, 0);
    CHECK(call1("read_tuple", {file}).empty());
    for (const char* bad :
         {"", "x\n", "2\n1 5\n", "1\n9 5\n", "1\n1 5x\n", "1\n1 5\nmore\n", "99999999999999999999\n", "1\n1\n"}) {
      write_test_file(file, bad);
      CHECK(call_error("read_tuple", {file}, 1).code == error::kFileNotReadable);
    }
    unlink(file.c_str());
    CHECK(call_error("read_tuple", {file}, 1).code == error::kFileNotFound);
    CHECK(call_error("write_tuple", {t, "/nowhere/x"}, 0).code == error::kFileNotWritable);
  }
}
