// The C++ forms of the documented page, run as written. Prints each signature line that was run. declarations.h is
// made by the test from the page: it declares every line as a friend, which compiles only if a function with exactly
// that signature exists.
#include <cstdio>
#include <cstdlib>

#include "HalconCpp.h"
#include "declarations.h"

using namespace HalconCpp;

static void Ran(const HHandle& pruning, const char* line) {
  if (pruning.SemType() != "dl_pruning") {
    std::printf("no pruning handle: %s\n", line);
    std::exit(1);
  }
  std::puts(line);
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  try {
    const HDlModel model(argv[1]);
    HDict empty, none;
    none.Clear();  // uninitialised: stands for []

    HTuple handle;
    CreateDlPruning(model, "oracle", HTuple(), &handle);
    Ran(handle.H(), "void CreateDlPruning(const HTuple& DLModelHandle, const HTuple& Mode, const HTuple& GenParam, "
        "HTuple* DLPruningHandle)");
    CreateDlPruning(model, "oracle", empty, &handle);

    HDlPrune pruning = model.CreateDlPruning(HString("oracle"), empty);
    Ran(pruning, "HDlPrune HDlModel::CreateDlPruning(const HString& Mode, const HDict& GenParam) const");
    pruning = model.CreateDlPruning("oracle", none);
    Ran(pruning, "HDlPrune HDlModel::CreateDlPruning(const char* Mode, const HDict& GenParam) const");

    HDlPrune made(model, HString("oracle"), none);
    Ran(made, "void HDlPrune::HDlPrune(const HDlModel& DLModelHandle, const HString& Mode, const HDict& GenParam)");
    HDlPrune literal(model, "oracle", empty);
    Ran(literal, "void HDlPrune::HDlPrune(const HDlModel& DLModelHandle, const char* Mode, const HDict& GenParam)");

    HDlPrune replaced;
    replaced.CreateDlPruning(model, HString("oracle"), empty);
    Ran(replaced, "void HDlPrune::CreateDlPruning(const HDlModel& DLModelHandle, const HString& Mode, "
        "const HDict& GenParam)");
    replaced.Clear();
    replaced.CreateDlPruning(model, "oracle", none);
    Ran(replaced, "void HDlPrune::CreateDlPruning(const HDlModel& DLModelHandle, const char* Mode, const HDict& GenParam)");

#ifdef _WIN32
    Ran(model.CreateDlPruning(L"oracle", empty),
        "HDlPrune HDlModel::CreateDlPruning(const wchar_t* Mode, const HDict& GenParam) const   ( Windows only)");
    Ran(HDlPrune(model, L"oracle", none), "void HDlPrune::HDlPrune(const HDlModel& DLModelHandle, const wchar_t* Mode, "
        "const HDict& GenParam)   ( Windows only)");
    replaced.CreateDlPruning(model, L"oracle", empty);
    Ran(replaced, "void HDlPrune::CreateDlPruning(const HDlModel& DLModelHandle, const wchar_t* Mode, "
        "const HDict& GenParam)   ( Windows only)");
    const HString wide(L"a\u00e9\u20ac\U0001F600");
    if (wide != "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80" || HString(wide.TextW()) != wide) return 7;
#endif

    // Misuse is an exception with number, operator and text.
    try {
      HDlPrune wrong(model, "no such mode", none);
      return 3;
    } catch (const HOperatorException& exception) {
      if (exception.ErrorCode() != 1302 || exception.ProcName() != "create_dl_pruning") return 4;
    }
    try {
      HDlModel wrong = HHandle(pruning);
      return 5;
    } catch (const HOperatorException& exception) {
      if (exception.ErrorCode() != 2404) return 6;
    }
  } catch (const HException& exception) {
    std::printf("%s: %s\n", exception.ProcName().Text(), exception.ErrorMessage().Text());
    return 1;
  }
  return 0;
}
