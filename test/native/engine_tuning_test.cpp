// Kernels chosen by timing are kept in a file.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "backends/backend.h"
#include "base/checksum.h"
#include "engine_support.h"

using namespace alcedo;
using namespace alcedo::test;

TEST_SUITE_BEGIN("engine");

namespace {

std::string content_of(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream all;
  all << stream.rdbuf();
  return all.str();
}
void write(const std::string& file, const std::string& content) { std::ofstream(file, std::ios::binary) << content; }

// The file with every choice set to `digit`.
std::string with_choices(const std::string& content, char digit) {
  const size_t at = content.find("checksum "), body_at = content.find('\n', at) + 1;
  std::string body = content.substr(body_at);
  for (size_t i = 0; i + 1 < body.size(); ++i) {
    if (body[i] == '\t') body[i + 1] = digit;
  }
  return content.substr(0, at) + "checksum " + std::to_string(checksum64(body.data(), body.size())) + "\n" + body;
}

}  // namespace

TEST_CASE("tuning: choices are kept in a file; a damaged or foreign one is ignored") {
  const std::string folder = (std::filesystem::temp_directory_path() / ("alcedo-" + std::to_string(getpid()))).string();
  const std::string file = folder + "/inner/kernels.txt";
  Builder b;
  const ValueId x = b.input({2, 48, 12, 12}), y = b.conv(x, 48, 48);
  const auto kernel = [&] {
    forget_kernel_choices();
    InferencePlan plan(b.graph, {{2, 48, 12, 12}}, {y});
    return plan.log().find("wino") != std::string::npos ? "winograd" : "direct";
  };
  set_kernel_cache(file);
  const std::string chosen = kernel();
  const std::string first = content_of(file);
  CAPTURE(first);
  REQUIRE(first.find("alcedo kernels 1\nprocessor ") == 0);
  REQUIRE(first.find("\noneDNN ") != std::string::npos);
  REQUIRE(first.find('\t') != std::string::npos);
  write(file, with_choices(first, '0'));
  CHECK(std::string(kernel()) == "direct");
  if (chosen == "winograd" || __builtin_cpu_supports("avx512f")) {
    write(file, with_choices(first, '1'));
    CHECK(std::string(kernel()) == "winograd");
  }
  const std::string other = chosen == "winograd" ? with_choices(first, '0') : with_choices(first, '1');
  std::string damaged = other, foreign = other;
  damaged[damaged.rfind('\t') - 1] ^= 1;
  foreign.replace(foreign.find("processor ") + 10, 1, "?");
  for (const std::string& bad : {damaged, foreign, other.substr(0, other.size() / 2), std::string()}) {
    write(file, bad);
    kernel();
    const std::string again = content_of(file);
    CHECK(again != bad);
    CHECK(again.substr(0, again.find("checksum ")) == first.substr(0, first.find("checksum ")));
    CHECK(with_choices(again, '0') == with_choices(first, '0'));
  }
  set_kernel_cache("");
  forget_kernel_choices();
  std::filesystem::remove_all(folder);
}

TEST_SUITE_END();
