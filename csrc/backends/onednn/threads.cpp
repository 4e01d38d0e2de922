// A distribution's oneDNN calls libgomp, and only these six functions of it. Their entries in oneDNN's own table of
// imported functions are set to ours; OpenMP programs and libraries beside us keep theirs.
#include "backends/onednn/threads.h"

#include <dnnl.h>
#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>

#include "base/parallel.h"
#include "base/thread_pool.h"

namespace alcedo::onednn {
namespace {

thread_local bool one_thread = false;
int max_threads() { return one_thread ? 1 : thread_num(); }

void parallel(void (*body)(void*), void* data, unsigned num, unsigned) {
  run_in_pool(num > 0 ? static_cast<int>(num) : max_threads(), body, data);
}
int is_in_parallel() { return in_region() ? 1 : 0; }

struct Redirection {
  const char* name;
  void* to;
  void** entry = nullptr;
};
using Redirections = std::array<Redirection, 6>;

// The entries of one loaded library for the wanted names.
void find_entries(const dl_phdr_info& library, Redirections& redirections) {
  const ElfW(Dyn)* dynamic = nullptr;
  for (int i = 0; i < library.dlpi_phnum; ++i) {
    if (library.dlpi_phdr[i].p_type == PT_DYNAMIC)
      dynamic = reinterpret_cast<const ElfW(Dyn)*>(library.dlpi_addr + library.dlpi_phdr[i].p_vaddr);
  }
  if (!dynamic) return;
  const ElfW(Rela)* relocations = nullptr;
  const ElfW(Sym)* symbols = nullptr;
  const char* names = nullptr;
  size_t bytes = 0;
  for (; dynamic->d_tag != DT_NULL; ++dynamic) {
    const auto pointer = dynamic->d_un.d_ptr;
    if (dynamic->d_tag == DT_JMPREL) relocations = reinterpret_cast<const ElfW(Rela)*>(pointer);
    if (dynamic->d_tag == DT_SYMTAB) symbols = reinterpret_cast<const ElfW(Sym)*>(pointer);
    if (dynamic->d_tag == DT_STRTAB) names = reinterpret_cast<const char*>(pointer);
    if (dynamic->d_tag == DT_PLTRELSZ) bytes = dynamic->d_un.d_val;
    if (dynamic->d_tag == DT_PLTREL && dynamic->d_un.d_val != DT_RELA) return;
  }
  if (!relocations || !symbols || !names) return;
  for (size_t i = 0; i < bytes / sizeof(ElfW(Rela)); ++i) {
    const char* name = names + symbols[ELF64_R_SYM(relocations[i].r_info)].st_name;
    for (Redirection& r : redirections) {
      if (std::strcmp(name, r.name) == 0)
        r.entry = reinterpret_cast<void**>(library.dlpi_addr + relocations[i].r_offset);
    }
  }
}

int visit(dl_phdr_info* library, size_t, void* data) {
  const std::string path = library->dlpi_name;
  if (path.find("/libdnnl.so") != std::string::npos) find_entries(*library, *static_cast<Redirections*>(data));
  return 0;
}

// The table is read-only after loading; it is left as it was found where that cannot be changed.
bool lead(const Redirections& redirections) {
  const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto page_of = [page](void** entry) {
    return reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(entry) / page * page);
  };
  for (const Redirection& r : redirections) {
    if (!r.entry || ::mprotect(page_of(r.entry), page, PROT_READ | PROT_WRITE) != 0) return false;
  }
  for (const Redirection& r : redirections) *r.entry = r.to;
  return true;
}

}  // namespace

void adopt_threads() {
  static_assert(sizeof(void*) == 8, "64-bit tables");
  Redirections redirections{{{"GOMP_parallel", reinterpret_cast<void*>(&parallel)},
                             {"GOMP_barrier", reinterpret_cast<void*>(&team_barrier)},
                             {"omp_get_max_threads", reinterpret_cast<void*>(&max_threads)},
                             {"omp_get_num_threads", reinterpret_cast<void*>(&team_size)},
                             {"omp_get_thread_num", reinterpret_cast<void*>(&team_place)},
                             {"omp_in_parallel", reinterpret_cast<void*>(&is_in_parallel)}}};
  ::dl_iterate_phdr(&visit, &redirections);
  if (!lead(redirections)) leave_threads_to_openmp();
}

namespace {
void limit_to_one_thread(bool limited) {
  one_thread = limited;
  set_openmp_threads(limited ? 1 : thread_num());
}
}  // namespace

OneThread::OneThread(bool wanted) : wanted_(wanted) {
  if (wanted_) limit_to_one_thread(true);
}

OneThread::~OneThread() {
  if (wanted_) limit_to_one_thread(false);
}

}  // namespace alcedo::onednn
