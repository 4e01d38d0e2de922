// Operators on tuples of strings, called through HCall.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "hcore.h"
#include "objects/tuple.h"

using alcedo::Tuple;
using Strings = std::vector<std::string>;
using Integers = std::vector<int64_t>;

namespace {

Herror call(const char* name, const std::vector<Tuple>& in, Tuple* out) {
  std::vector<Htuple> raw;
  for (const Tuple& tuple : in) raw.push_back(tuple.raw());
  Htuple result = HTUPLE_INITIALIZER;
  HArguments arguments = {};
  arguments.in_controls = raw.data();
  arguments.num_in_controls = static_cast<int32_t>(raw.size());
  arguments.out_controls = &result;
  arguments.num_out_controls = 1;
  const Herror code = HCall(name, &arguments, nullptr);
  if (code == H_MSG_TRUE) *out = Tuple(result);
  HDestroyTuples(&result, 1);
  return code;
}

Tuple result_of(const char* name, const std::vector<Tuple>& in) {
  Tuple out;
  CHECK(call(name, in, &out) == H_MSG_TRUE);
  return out;
}

Herror error_of(const char* name, const std::vector<Tuple>& in) {
  Tuple out;
  return call(name, in, &out);
}

Tuple mixed(int64_t integer, double real, const char* text) {
  Tuple tuple(integer);
  tuple.push(real);
  tuple.push(text);
  return tuple;
}

}  // namespace

TEST_SUITE("operators") {
  TEST_CASE("tuple_string: lengths and positions count characters") {
    CHECK(result_of("tuple_strlen", {Strings{"abc", "", "größe"}}) == Tuple(Integers{3, 0, 5}));
    CHECK(result_of("tuple_strstr", {Strings{"größe", "abab"}, Strings{"ße", "ab"}}) == Tuple(Integers{3, 0}));
    CHECK(result_of("tuple_strrstr", {Strings{"abab", "x"}, "ab"}) == Tuple(Integers{2, -1}));
    CHECK(result_of("tuple_strchr", {"a/b.c", "./"}) == Tuple(1));
    CHECK(result_of("tuple_strrchr", {"a/b.c", "./"}) == Tuple(3));
  }

  TEST_CASE("tuple_string: substrings") {
    CHECK(result_of("tuple_str_first_n", {"größe", 2}) == Tuple("grö"));
    CHECK(result_of("tuple_str_last_n", {"größe", 3}) == Tuple("ße"));
    CHECK(result_of("tuple_substr", {"größe", 2, 3}) == Tuple("öß"));
    CHECK(result_of("tuple_str_bit_select", {"größe", Integers{4, 0}}) == Tuple(Strings{"e", "g"}));
    CHECK(error_of("tuple_str_first_n", {"abc", 3}) == 1302);
    CHECK(error_of("tuple_strstr", {Strings{"a", "b", "c"}, Strings{"a", "b"}}) == 1402);
  }

  TEST_CASE("tuple_string: splitting and replacing") {
    CHECK(result_of("tuple_split", {"a,b;;c", ",;"}) == Tuple(Strings{"a", "b", "c"}));
    CHECK(result_of("tuple_split", {Strings{"a b", "c"}, " "}) == Tuple(Strings{"a", "b", "c"}));
    CHECK(result_of("tuple_str_replace", {"aaab", "aa", "x"}) == Tuple("xab"));
    CHECK(error_of("tuple_str_replace", {"a", "", "x"}) == 1302);
  }

  TEST_CASE("tuple_string: formats") {
    CHECK(result_of("tuple_string", {mixed(5, 2.5, "x"), ""}) == Tuple(Strings{"5", "2.5", "x"}));
    CHECK(result_of("tuple_string", {Tuple(3.0), ""}) == Tuple("3.0"));
    CHECK(result_of("tuple_string", {Tuple(0.1), ""}) == Tuple("0.1"));
    CHECK(result_of("tuple_string", {mixed(5, 2.5, "x"), ".2f"}) == Tuple(Strings{"5.00", "2.50", "x"}));
    CHECK(result_of("tuple_string", {Tuple(42), "05d"}) == Tuple("00042"));
    CHECK(result_of("tuple_string", {Tuple(255), "#x"}) == Tuple("0xff"));
    CHECK(result_of("tuple_string", {Strings{"ü"}, "-3s"}) == Tuple("ü  "));
    CHECK(error_of("tuple_string", {Tuple(1), "%s%n"}) == 1302);
    CHECK(error_of("tuple_string", {Tuple(1), "99999d"}) == 1302);
  }

  TEST_CASE("tuple_number: what is no number stays a string") {
    const Tuple out = result_of("tuple_number", {Strings{"12", "0x1F", "2.5", "1e3", "abc", "", "12 "}});
    REQUIRE(out.size() == 7);
    CHECK(out.int_at(0) == 12);
    CHECK(out.int_at(1) == 31);
    CHECK(out.real_at(2) == 2.5);
    CHECK(out.real_at(3) == 1000.0);
    for (Hlong i = 4; i < 7; ++i) CHECK(out.type_at(i) == STRING_PAR);
  }

  TEST_CASE("tuple_regexp: match, groups, options") {
    CHECK(result_of("tuple_regexp_match", {"abba 12", "[0-9]+"}) == Tuple("12"));
    CHECK(result_of("tuple_regexp_match", {"a1", "x"}) == Tuple(""));
    CHECK(result_of("tuple_regexp_match", {"size=3x4", "(\\d)x(\\d)"}) == Tuple(Strings{"3", "4"}));
    CHECK(result_of("tuple_regexp_match", {Strings{"a1", "b2"}, "([0-9])"}) == Tuple(Strings{"1", "2"}));
    CHECK(result_of("tuple_regexp_match", {"HALLO", Strings{"hal+o", "ignore_case"}}) == Tuple("HALLO"));
    CHECK(result_of("tuple_regexp_match", {"größe", "r.ß"}) == Tuple("röß"));
    CHECK(result_of("tuple_regexp_match", {"abab", "(ab)\\1"}) == Tuple("ab"));
    CHECK(error_of("tuple_regexp_match", {"a", "("}) == 1302);
  }

  TEST_CASE("tuple_regexp: replace, select, test") {
    CHECK(result_of("tuple_regexp_replace", {"a1b2", "([0-9])", "<$1>"}) == Tuple("a<1>b2"));
    CHECK(result_of("tuple_regexp_replace", {"a1b2", Strings{"[0-9]", "replace_all"}, "[$0]"}) == Tuple("a[1]b[2]"));
    CHECK(result_of("tuple_regexp_replace", {"abc", Strings{"x*", "replace_all"}, "-"}) == Tuple("-a-b-c-"));
    const Tuple files = Strings{"a.png", "b.txt", "c.png"};
    CHECK(result_of("tuple_regexp_select", {files, "\\.png$"}) == Tuple(Strings{"a.png", "c.png"}));
    CHECK(result_of("tuple_regexp_select", {files, Strings{"\\.png$", "invert_match"}}) == Tuple(Strings{"b.txt"}));
    CHECK(result_of("tuple_regexp_test", {files, "png"}) == Tuple(2));
  }

  TEST_CASE("tuple_regexp: long texts do not overflow the stack") {
    const std::string text(5000, 'a');
    CHECK(result_of("tuple_regexp_test", {text, "(a*)*b"}) == Tuple(0));
    CHECK(error_of("tuple_regexp_test", {text, "(a)\\1b"}) == 1301);
  }
}
