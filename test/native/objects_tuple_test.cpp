#include <doctest/doctest.h>

#include "base/error.h"
#include "objects/dict.h"
#include "objects/object.h"
#include "objects/tuple.h"

using namespace alcedo;

TEST_SUITE("objects") {
  TEST_CASE("tuple: storage") {
    Tuple one(int64_t{7});
    CHECK(one.raw().type == LONG_PAR);
    CHECK(one.raw().elem.l == &one.raw().val.l);
    Tuple moved(std::move(one));
    CHECK(moved.raw().elem.l == &moved.raw().val.l);
    CHECK(moved.int_at(0) == 7);
    CHECK(one.empty());  // NOLINT(bugprone-use-after-move): a moved-from tuple is empty
    moved.push("text");
    CHECK(moved.raw().type == MIXED_PAR);
    CHECK(moved.string_at(1) == std::string("text"));
    CHECK(moved.real_at(0) == 7.0);
    CHECK_THROWS_AS(moved.int_at(1), HException);
    const Tuple copy = moved;
    CHECK(copy == moved);
    CHECK(copy.raw().elem.cpar[1].par.s != moved.raw().elem.cpar[1].par.s);
  }

  TEST_CASE("tuple: growth, append, back to pure") {
    Tuple tuple;
    for (int i = 0; i < 1000; ++i) tuple.push(i);
    CHECK(tuple.raw().type == LONG_PAR);
    CHECK(ints_of(tuple)[999] == 999);
    Tuple strings(std::vector<std::string>{"a", "b"});
    tuple.append(strings);
    CHECK(tuple.size() == 1002);
    CHECK(tuple.type_at(1001) == STRING_PAR);
    tuple.append(tuple);
    CHECK(tuple.size() == 2004);
    Htuple raw;
    tuple_alloc(&raw, 3, UNDEF_PAR);
    for (int i = 0; i < 3; ++i) tuple_set(&raw, i, LONG_PAR, Hvalue{i});
    Tuple mixed{static_cast<const Htuple&>(raw)};
    CHECK(mixed.raw().type == MIXED_PAR);
    mixed.to_pure();
    CHECK(mixed.raw().type == LONG_PAR);
    CHECK(mixed == Tuple(std::vector<int64_t>{0, 1, 2}));
    tuple_clear(&raw);
  }

  TEST_CASE("tuple: resize and set release what they drop") {
    const int64_t before = num_live_handles();
    {
      Htuple raw{};
      tuple_resize(&raw, 3);
      CHECK(element_type(raw, 2) == UNDEF_PAR);
      for (int i = 0; i < 3; ++i) {
        Hvalue value;
        value.h = make_dict_handle(std::make_shared<Dict>()).release();
        tuple_set(&raw, i, HANDLE_PAR, value);
      }
      CHECK(num_live_handles() == before + 3);
      tuple_resize(&raw, 2);
      CHECK(num_live_handles() == before + 2);
      tuple_set(&raw, 0, LONG_PAR, Hvalue{5});
      CHECK(num_live_handles() == before + 1);
      tuple_clear(&raw);
    }
    CHECK(num_live_handles() == before);
  }

  TEST_CASE("tuple: borrowed arrays are read and never freed") {
    int64_t values[] = {1, 2, 3};
    Htuple borrowed{};
    borrowed.type = LONG_PAR;
    borrowed.num = borrowed.capacity = 3;
    borrowed.elem.l = values;
    Tuple copy{static_cast<const Htuple&>(borrowed)};
    tuple_clear(&borrowed);
    CHECK(copy == Tuple(std::vector<int64_t>{1, 2, 3}));
  }

  TEST_CASE("handle: references, clearing, foreign pointers") {
    const int64_t before = num_live_handles();
    Handle handle = make_dict_handle(std::make_shared<Dict>());
    {
      const Tuple tuple(handle);
      const Handle second = handle;  // NOLINT(performance-unnecessary-copy-initialization): it counts
      CHECK(handle.get()->references == 3);
    }
    CHECK(handle.get()->references == 1);
    CHECK(std::string(sem_type_of(handle.get())) == "dict");
    CHECK(handle_content<Dict>(handle.get()) != nullptr);
    CHECK_THROWS_AS(handle_content<int>(handle.get()), HException);
    handle.get()->clear();
    CHECK_THROWS_AS(handle_content<Dict>(handle.get()), HException);
    int not_a_handle = 0;
    CHECK_THROWS_AS(Handle(reinterpret_cast<Hphandle>(&not_a_handle)), HException);
    release_handle(reinterpret_cast<Hphandle>(&not_a_handle));
    handle = Handle();
    CHECK(num_live_handles() == before);
  }

  TEST_CASE("object keys: given back once") {
    auto channel = std::make_shared<Channel>(PixelType::byte, 4, 3);
    const Hobject key = make_object_key(std::make_shared<Image>(std::vector<ChannelPtr>{channel}));
    CHECK(objects_of(key).size() == 1);
    release_object(key);
    CHECK_THROWS_AS(objects_of(key), HException);
    CHECK_THROWS_AS(release_object(key), HException);
    CHECK(make_object_key({}) == NO_OBJECTS);
    CHECK_THROWS_AS(objects_of(UNDEF_KEY), HException);
  }

  TEST_CASE("dict: order, replacement, removal") {
    Dict dict;
    dict.set("b", 1);
    dict.set("a", "x");
    dict.set(DictKey(int64_t{3}), Tuple(2.5));
    dict.set("b", 2);
    CHECK(dict.keys() == std::vector<DictKey>{std::string("b"), std::string("a"), int64_t{3}});
    CHECK(dict.tuple("b")->int_at(0) == 2);
    CHECK(dict.remove(DictKey(std::string("b"))));
    CHECK_FALSE(dict.remove(DictKey(std::string("b"))));
    CHECK(dict.tuple(DictKey(int64_t{3}))->real_at(0) == 2.5);
    CHECK_THROWS_AS(dict.objects("a"), HException);
  }
}
