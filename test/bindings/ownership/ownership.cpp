// Every kind of ownership in C++: tuples that share storage, handles, arrays of them, objects, exceptions in between.
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <vector>

#include "HalconCpp.h"

using namespace HalconCpp;

#define CHECK(condition)                                         \
  do {                                                           \
    if (!(condition)) {                                          \
      std::fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
      std::exit(1);                                              \
    }                                                            \
  } while (0)

static long Resident() {
  long pages = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file && std::fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
  if (file) std::fclose(file);
  return pages * 4;
}

template <class Action>
static Herror CodeOf(Action action) {
  try {
    action();
  } catch (const HException& exception) {
    return exception.ErrorCode();
  }
  return H_MSG_OK;
}

static void Cycle() {
  HDict dict, inner;
  HTuple value(1);
  value.Append(2.5).Append("text").Append(inner);
  HTuple shared = value;
  dict.SetDictTuple("key", value);
  value[0] = "changed";
  HTuple back = dict.GetDictTuple("key");
  CHECK(back.Length() == 4 && back[0].I() == 1 && back[2].S() == "text" && shared[0].L() == 1);
  back[1] = back[3];  // taken over from the library, then written to
  CHECK(back[1].H() == inner);
  HImage image("byte", 8, 8);
  dict.SetDictObject(image, "image");
  HObject copy = dict.GetDictObject("image");
  Hlong width = 0, height = 0;
  HImage(copy).GetImageSize(&width, &height);
  CHECK(width == 8 && height == 8 && copy[1].CountObj() == 1);
  HDict clone = dict.Clone();
  CHECK(dict.TupleIsSerializable() == 1 && clone != dict && clone.GetDictTuple("key").Length() == 4);
  const HDict several[] = {dict, inner};
  HDictArray array(several, 2);
  HDictArray again(array.ConvertToTuple());
  CHECK(again.Length() == 2 && again[1] == inner);
  CHECK(CodeOf([&] { dict.GetDictTuple("missing"); }) == 2894);
}

static void Misuse() {
  HDict dict, other = dict;
  HHandle handle = dict;
  CHECK(handle == other && HDict(handle) == dict);
  dict.ClearHandle();
  CHECK(CodeOf([&] { other.SetDictTuple("key", 1); }) == 2454);
  dict.Clear();
  dict.Clear();
  CHECK(!dict.IsInitialized());
  CHECK(CodeOf([&] { dict.SetDictTuple("key", 1); }) == 2453);
  CHECK(CodeOf([&] { HDlModel model = handle; }) == 2404);
  HImage image;
  CHECK(CodeOf([&] { image.CountChannels(); }) >= 1000);
  HTuple tuple;
  CHECK(CodeOf([&] { tuple.I(); }) == 2402 && CodeOf([&] { HTuple("a").D(); }) == 2401);
  // Any order of destruction.
  std::vector<HHandle> handles;
  {
    HDict outer;
    handles.push_back(outer);
    HDict nested;
    outer.SetDictTuple("nested", nested);
    handles.push_back(nested);
  }
  handles.erase(handles.begin());
  CHECK(handles[0].SemType() == "dict");
}

/// Values, operators and conversions of tuples.
static void Tuples() {
  HTuple t(5);
  t[3] = 2.5;
  CHECK(t.Length() == 4 && t.Type() == eTupleTypeMixed && t.ToString() == "[5, 0, 0, 2.5]");
  CHECK(t[0] + 1 == 6 && HTuple("a") + 5 == "a5" && -t[0] == -5 && !(t[0] == 4));
  HTuple sum(1);
  sum.Append(2);
  sum += 3;
  CHECK(sum == HTuple(4).TupleConcat(5) && sum < HTuple(5) && sum * 2 == HTuple(8).TupleConcat(10));
  sum[0] -= 1;
  ++sum;
  CHECK(sum.ToString() == "[4, 6]" && (sum & 4) == HTuple(4).TupleConcat(4) && (HTuple(1) << 4) == 16);
  sum[HTuple(0).TupleConcat(1)] = 7;
  CHECK(sum == HTuple(HTuple(2), HTuple(7)) && sum[HTuple(1)] == 7);
  const int i = sum[0];
  const double d = t[3];
  const HString s = HTuple("text");
  CHECK(i == 7 && d == 2.5 && s == "text" && HString("a") + "b" == "ab");
  HTuple copy = sum;
  copy.Append(copy);
  CHECK(copy.Length() == 4 && sum.Length() == 2 && sum.LArr()[1] == 7);
  Hlong* numbers = copy.ToLArr();
  CHECK(numbers[3] == 7);
  HTuple::DeleteArr(numbers);
  char** texts = HTuple("x").Append(1).ToSArr();
  CHECK(std::strcmp(texts[0], "x") == 0 && texts[1][0] == '\0');
  HTuple::DeleteArr(texts);
  Hctuple raw = HTuple("kept").GetHctuple();
  HImage image("byte", 2, 2);
  CHECK(image.Clone().CopyImage().CountChannels() == 1 && IsHcppInterfaceStringEncodingUtf8());
  const HTuple taken(raw, false);
  CHECK(taken.S() == "kept" && HTuple(copy.GetHctupleRef()) == copy && HTuple().GetHctuple().num == 0);
}

/// Serialized items in streams, one behind the other; what is no item or ends too early is an error.
static void Streams() {
  const HTuple first = HTuple(1).Append("two"), second(3.5);
  std::stringstream stream;
  stream << first.SerializeTuple();
  second.SerializeTuple().Serialize(stream);
  const std::string all = stream.str();
  HSerializedItem item;
  stream >> item;
  CHECK(HTuple::DeserializeTuple(item) == first);
  item.Deserialize(stream);
  CHECK(HTuple::DeserializeTuple(item) == second);
  CHECK(CodeOf([&] { item.Deserialize(stream); }) == 9581);
  std::istringstream cut(all.substr(0, 20)), other("something else, not an item");
  CHECK(CodeOf([&] { item.Deserialize(cut); }) == 9581 && CodeOf([&] { item.Deserialize(other); }) == 9580);
  CHECK(HTuple::DeserializeTuple(item) == second);
}

int main(int argc, char** argv) {
  const long cycles = argc > 1 ? std::atol(argv[1]) : 100;
  try {
    Tuples();
    Streams();
    Misuse();
    for (long i = 0; i < cycles / 10; ++i) Cycle();
    const long before = Resident();
    for (long i = 0; i < cycles; ++i) Cycle();
    std::printf("growth %ld KiB\n", Resident() - before);
  } catch (const HException& exception) {
    std::printf("%s: %s\n", exception.ProcName().Text(), exception.ErrorMessage().Text());
    return 1;
  }
  return 0;
}
