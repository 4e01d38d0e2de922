// Image and object operators, image files.
#include <doctest/doctest.h>
#include <unistd.h>

#include <functional>
#include <random>

#include "api_call.h"
#include "base/error_codes.h"
#include "base/file.h"
#include "objects/image_ops.h"

using namespace alcedo;

namespace {

std::string temp(const std::string& name) { return "/tmp/alcedo_image_" + std::to_string(getpid()) + "_" + name; }

template <class T>
ImagePtr pattern(PixelType type, int64_t width, int64_t height, int channels) {
  std::vector<ChannelPtr> all;
  for (int c = 0; c < channels; ++c) {
    auto channel = std::make_shared<Channel>(type, width, height);
    for (int64_t i = 0; i < channel->size(); ++i) channel->data<T>()[i] = static_cast<T>((i * 7 + c * 31) % 251);
    all.push_back(channel);
  }
  return std::make_shared<Image>(all);
}

TestObject object(ImagePtr image) { return TestObject(make_object_key(std::move(image))); }
int64_t address(const void* p) { return reinterpret_cast<int64_t>(p); }

}  // namespace

TEST_SUITE("objects") {
  TEST_CASE("images: from memory and back") {
    const std::vector<uint16_t> pixels = {1, 2, 3, 4, 5, 60000};
    const TestObject image = call_object("gen_image1", {"uint2", 3, 2, address(pixels.data())});
    const auto out = call("get_image_pointer1", {}, 4, {image.key()}).controls;
    CHECK(reinterpret_cast<const uint16_t*>(out[0].int_at(0))[5] == 60000);
    CHECK(out[1].string_at(0) == std::string("uint2"));
    CHECK(out[2].int_at(0) == 3);
    CHECK(out[3].int_at(0) == 2);
    CHECK(call_error("gen_image1", {"uint2", 3, 2, 0}, 0, {}, 1).code == 1304);
    CHECK(call_error("gen_image1", {"complex", 3, 2, address(pixels.data())}, 0, {}, 1).code == 1301);
    CHECK(call_error("gen_image_const", {"byte", 0, 2}, 0, {}, 1).code == 1302);
    CHECK(call_error("gen_image_const", {"byte", 1 << 25, 1 << 25}, 0, {}, 1).code != H_MSG_TRUE);
    const uint8_t bgrx[] = {1, 2, 3, 0, 4, 5, 6, 0, 9, 9, 7, 8, 9, 0, 10, 11, 12, 0, 9, 9};
    const TestObject color =
        call_object("gen_image_interleaved", {address(bgrx), "bgrx", 2, 2, 10, "byte", 0, 0, 0, 0, -1, 0});
    const Image& c = *color.objects()[0];
    CHECK(c.data<uint8_t>(0)[0] == 3);
    CHECK(c.data<uint8_t>(2)[3] == 10);
    CHECK(call_error("gen_image_interleaved", {address(bgrx), "bgrx", 2, 2, 10, "byte", 2, 2, 1, 0, -1, 0}, 0, {}, 1)
              .code == 1308);
  }

  TEST_CASE("images: channels") {
    const TestObject image = object(pattern<uint8_t>(PixelType::byte, 4, 3, 3));
    CHECK(call1("count_channels", {}, {image.key()}).int_at(0) == 3);
    auto parts = call("decompose3", {}, 0, {image.key()}, 3).objects;
    const TestObject joined = call_object("compose3", {}, {parts[0].key(), parts[1].key(), parts[2].key()});
    CHECK(call1("test_equal_obj", {}, {image.key(), joined.key()}).int_at(0) == 1);
    const TestObject second = call_object("access_channel", {2}, {image.key()});
    CHECK(call1("test_equal_obj", {}, {second.key(), parts[1].key()}).int_at(0) == 1);
    CHECK(call_error("access_channel", {4}, 0, {image.key()}, 1).code == 1301);
    CHECK(call_error("access_channel", {0}, 0, {image.key()}, 1).code == 1301);
    const TestObject channels = call_object("image_to_channels", {}, {image.key()});
    CHECK(call1("count_obj", {}, {channels.key()}).int_at(0) == 3);
    const TestObject again = call_object("channels_to_image", {}, {channels.key()});
    CHECK(call1("test_equal_obj", {}, {image.key(), again.key()}).int_at(0) == 1);
    CHECK(call_error("decompose3", {}, 0, {second.key()}, 3).code == 3122);
    const TestObject other = object(pattern<uint8_t>(PixelType::byte, 5, 3, 1));
    CHECK(call_error("compose3", {}, 0, {parts[0].key(), parts[1].key(), other.key()}, 1).code == 3117);
    CHECK(call_error("get_image_pointer3", {}, 6, {other.key()}).code == 3122);
  }

  TEST_CASE("images: types, scaling, geometry") {
    const TestObject image = object(pattern<float>(PixelType::real, 4, 2, 1));
    const TestObject scaled = call_object("scale_image", {-2.0, 0.25}, {image.key()});
    const TestObject bytes = call_object("convert_image_type", {"byte"}, {scaled.key()});
    CHECK(bytes.objects()[0]->data<uint8_t>(0)[1] == 0);
    const TestObject small = call_object("convert_image_type", {"int1"}, {scaled.key()});
    CHECK(small.objects()[0]->data<int8_t>(0)[1] == -14);
    CHECK(small.objects()[0]->data<int8_t>(0)[7] == -98);
    const TestObject row = call_object("mirror_image", {"row"}, {image.key()});
    CHECK(row.objects()[0]->data<float>(0)[0] == 28);
    const TestObject diagonal = call_object("mirror_image", {"diagonal"}, {image.key()});
    CHECK(diagonal.objects()[0]->width() == 2);
    CHECK(diagonal.objects()[0]->data<float>(0)[1] == 28);
    const TestObject part = call_object("crop_part", {1, 2, 4, 2}, {image.key()});
    CHECK(part.objects()[0]->data<float>(0)[0] == 42);
    CHECK(part.objects()[0]->data<float>(0)[2] == 0);
    for (const char* how : {"nearest_neighbor", "bilinear", "bicubic", "constant", "weighted"}) {
      const TestObject flat = call_object("scale_image", {0, 100}, {image.key()});
      const TestObject zoomed = call_object("zoom_image_size", {7, 5, how}, {flat.key()});
      const TestObject shrunk = call_object("zoom_image_size", {1, 1, how}, {flat.key()});
      CHECK(zoomed.objects()[0]->data<float>(0)[34] == doctest::Approx(100));
      CHECK(shrunk.objects()[0]->data<float>(0)[0] == doctest::Approx(100));
    }
    const TestObject mean = call_object("zoom_image_size", {1, 1, "constant"}, {image.key()});
    CHECK(mean.objects()[0]->data<float>(0)[0] == doctest::Approx(24.5));
    CHECK(call_error("zoom_image_size", {0, 1, "constant"}, 0, {image.key()}, 1).code == 1301);
    CHECK(call_error("zoom_image_size", {5, 1, "magic"}, 0, {image.key()}, 1).code == 1303);
  }

  TEST_CASE("objects: tuples of them") {
    const TestObject a = object(pattern<uint8_t>(PixelType::byte, 4, 3, 1));
    const TestObject b = object(pattern<uint8_t>(PixelType::byte, 5, 3, 1));
    const TestObject none = call_object("gen_empty_obj", {});
    CHECK(call1("count_obj", {}, {none.key()}).int_at(0) == 0);
    const TestObject both = call_object("concat_obj", {}, {a.key(), b.key()});
    CHECK(call("get_image_size", {}, 2, {both.key()}).controls[1] == Tuple(std::vector<int64_t>{3, 3}));
    const TestObject selected = call_object("select_obj", {std::vector<int64_t>{2, 1, 2}}, {both.key()});
    CHECK(call1("count_obj", {}, {selected.key()}).int_at(0) == 3);
    CHECK(call1("get_obj_class", {}, {both.key()}).string_at(1) == std::string("image"));
    CHECK(call_object("copy_obj", {2, -1}, {both.key()}).objects().size() == 1);
    CHECK(call_error("copy_obj", {2, 2}, 0, {both.key()}, 1).code == 1302);
    CHECK(call_error("select_obj", {3}, 0, {both.key()}, 1).code == 1301);
    CHECK(call_error("count_obj", {}, 1, {UNDEF_KEY}).code == error::kObjectNull);
    CHECK(call_error("count_obj", {}, 1, {reinterpret_cast<Hobject>(0x12345)}).code == error::kObjectDeleted);
    CHECK(call_error("get_image_pointer1", {}, 4, {both.key()}).code == 1501);
    CHECK(call_error("get_image_pointer1", {}, 4, {none.key()}).code == error::kNoObject);
    TestObject copy = call_object("copy_obj", {1, 1}, {a.key()});
    call("clear_obj", {}, 0, {copy.key()});
    CHECK(call_error("count_obj", {}, 1, {copy.key()}).code == error::kObjectDeleted);
  }

  TEST_CASE("image files: what is written is read back") {
    struct Case {
      const char *format, *ending;
      ImagePtr image;
      bool exact;
    };
    const Case cases[] = {{"png", "png", pattern<uint8_t>(PixelType::byte, 13, 7, 1), true},
                          {"png best", "png", pattern<uint8_t>(PixelType::byte, 13, 7, 3), true},
                          {"png", "png", pattern<uint16_t>(PixelType::uint2, 13, 7, 3), true},
                          {"bmp", "bmp", pattern<uint8_t>(PixelType::byte, 13, 7, 1), true},
                          {"bmp", "bmp", pattern<uint8_t>(PixelType::byte, 13, 7, 3), true},
                          {"pgm", "pgm", pattern<uint8_t>(PixelType::byte, 13, 7, 1), true},
                          {"ppm", "ppm", pattern<uint16_t>(PixelType::uint2, 13, 7, 3), true},
                          {"tiff", "tif", pattern<uint8_t>(PixelType::byte, 13, 7, 3), true},
                          {"tiff lzw", "tif", pattern<int16_t>(PixelType::int2, 13, 7, 5), true},
                          {"tiff deflate", "tif", pattern<float>(PixelType::real, 13, 70, 2), true},
                          {"tiff packbits", "tif", pattern<int64_t>(PixelType::int8, 13, 7, 1), true},
                          {"tiff", "tif", pattern<int32_t>(PixelType::int4, 13, 7, 1), true},
                          {"tiff", "tif", pattern<int8_t>(PixelType::int1, 13, 7, 1), true},
                          {"jpeg 100", "jpg", scale(pattern<uint8_t>(PixelType::byte, 13, 7, 3), 0.1, 50), false},
                          {"jpeg", "jpg", pattern<uint8_t>(PixelType::byte, 13, 7, 1), false}};
    for (const Case& c : cases) {
      CAPTURE(c.format);
      const TestObject image = object(c.image);
      const std::string name = temp("roundtrip");
      call("write_image", {c.format, 0, name}, 0, {image.key()});
      const TestObject back = call_object("read_image", {name});
      const Image& read = *back.objects()[0];
      CHECK(read.num_channels() == c.image->num_channels());
      CHECK(read.type() == c.image->type());
      CHECK(read.width() == 13);
      if (c.exact) CHECK(equal(read, *c.image));
      unlink((name + "." + c.ending).c_str());
    }
    const TestObject image = object(pattern<float>(PixelType::real, 4, 4, 2));
    CHECK(call_error("write_image", {"png", 0, temp("x")}, 0, {image.key()}).code == 9001);
    CHECK(call_error("write_image", {"gif", 0, temp("x")}, 0, {image.key()}).code == 5235);
    CHECK(call_error("write_image", {"tiff zip9", 0, temp("x")}, 0, {image.key()}).code == 5235);
    CHECK(call_error("write_image", {"tiff", 0, "/dev/full"}, 0, {image.key()}).code == error::kFileNotWritable);
    CHECK(call_error("write_image", {"tiff", 0, "/nowhere/x.tif"}, 0, {image.key()}).code == error::kFileNotWritable);
    CHECK(call_error("read_image", {temp("missing")}, 0, {}, 1).code == 5200);
    CHECK(call_error("read_image", {"/tmp"}, 0, {}, 1).code == error::kFileNotReadable);
  }

  TEST_CASE("image files: truncated and damaged ones are errors or images, never a crash") {
    const ImagePtr gray = pattern<uint8_t>(PixelType::byte, 33, 21, 1),
                   color = pattern<uint8_t>(PixelType::byte, 33, 21, 3);
    const std::pair<const char*, ImagePtr> formats[] = {
        {"png", color}, {"jpeg", color}, {"bmp", gray},       {"bmp", color},         {"pgm", gray},
        {"ppm", color}, {"tiff", color}, {"tiff lzw", color}, {"tiff deflate", gray}, {"tiff packbits", gray}};
    std::mt19937 random(7);
    const std::string name = temp("fuzz.bin");
    const int64_t objects = num_live_objects();
    for (const auto& entry : formats) {
      const char* format = entry.first;
      const ImagePtr& image = entry.second;
      CAPTURE(format);
      {
        const TestObject o = object(image);
        call("write_image", {format, 0, name}, 0, {o.key()});
      }
      const std::string good = read_file(name, 1);
      for (int i = 0; i < 120; ++i) {
        std::string bad = good;
        const bool truncated = i < 40;
        if (truncated) {
          bad.resize(good.size() * static_cast<size_t>(i) / 40);
        } else {
          const size_t reach = i % 2 ? bad.size() : std::min<size_t>(bad.size(), 64);
          for (int k = 0; k < 1 + i % 4; ++k) bad[random() % reach] = static_cast<char>(random());
        }
        write_test_file(name, bad);
        const int code = call_error("read_image", {name}, 0, {}, 1).code;
        CAPTURE(i);
        if (truncated) CHECK(code != H_MSG_TRUE);
        CHECK((code == H_MSG_TRUE || (code >= 5200 && code < 5600) || code == error::kOutOfMemory ||
               code == error::kWrongImageType));
      }
    }
    CHECK(num_live_objects() == objects);
    // Headers that promise more than there is.
    for (const std::string& bad :
         {std::string("P5 1000000 1000000 255\n"), std::string("P2 3 1 255\n1 2 x"), std::string("P6\n2 2\n70000\n"),
          std::string("BM"), std::string("\x89PNG\r\n\x1a\n"), std::string("\xFF\xD8\xFF"),
          std::string("II*\0\xFF\xFF\xFF\xFF", 8), std::string("P5")}) {
      write_test_file(name, bad);
      CHECK(call_error("read_image", {name}, 0, {}, 1).code != H_MSG_TRUE);
    }
    unlink(name.c_str());
  }
}
