#include "engine/program.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>

#include "base/parallel.h"
#include "base/plan_log.h"
#include "engine/placement.h"

namespace alcedo {

BufferId Program::add_buffer(size_t bytes, bool persistent, const char* kind) {
  Buffer buffer;
  buffer.kind = kind;
  buffer.bytes = bytes;
  buffer.persistent = persistent;
  buffers_.push_back(buffer);
  return num_buffers() - 1;
}

BufferId Program::root(BufferId buffer) const {
  while (buffers_[buffer].stands_in != kNoBuffer) buffer = buffers_[buffer].stands_in;
  return buffer;
}

void Program::find_lives() {
  const int end = static_cast<int>(instructions_.size());
  for (Buffer& buffer : buffers_) {
    buffer.first = end;
    buffer.last = -1;
    if (buffer.from_start) buffer.first = buffer.last = -1;
    if (buffer.to_end) buffer.last = end;
  }
  for (int i = 0; i < end; ++i) {
    for (const auto* list : {&instructions_[i].reads, &instructions_[i].writes}) {
      if (use_of(i) == Use::none || (use_of(i) == Use::writes && list == &instructions_[i].reads)) continue;
      for (BufferId id : *list) {
        buffers_[id].first = std::min(buffers_[id].first, i);
        buffers_[id].last = std::max(buffers_[id].last, i);
      }
    }
  }
}

void Program::allocate(bool share) {
  find_lives();
  if (share) {
    for (int i = 0; i < static_cast<int>(instructions_.size()); ++i) {
      const Instruction& instruction = instructions_[i];
      if (instruction.inplace_read == kNoBuffer || instruction.inplace_write == kNoBuffer) continue;
      if (use_of(i) != Use::all) continue;
      const BufferId from = root(instruction.inplace_read);
      Buffer &a = buffers_[from], &b = buffers_[instruction.inplace_write];
      if (a.persistent || b.persistent || a.bytes != b.bytes || a.last != i || b.first != i || b.from_start) continue;
      // Twice among the operands: the other use would read what was overwritten.
      const auto& reads = instruction.reads;
      if (std::count_if(reads.begin(), reads.end(), [&](BufferId id) { return root(id) == from; }) != 1) continue;
      b.stands_in = from;
      a.last = b.last;
    }
  }
  arena_.allocate(place(share));
}

size_t Program::place(bool share) {
  std::vector<Interval> intervals;
  std::vector<BufferId> ids;
  size_t persistent = 0;
  for (BufferId id = 0; id < num_buffers(); ++id) {
    Buffer& buffer = buffers_[id];
    if (buffer.stands_in != kNoBuffer || buffer.bytes == 0) continue;
    if (buffer.persistent || !share) {
      buffer.offset = persistent;
      persistent += (buffer.bytes + 63) / 64 * 64;
      continue;
    }
    if (!uses_.empty() && buffer.last < buffer.first) continue;
    intervals.push_back({buffer.bytes, buffer.first, std::max(buffer.first, buffer.last), 0});
    ids.push_back(id);
  }
  const size_t shared = place_intervals(intervals.data(), intervals.size());
  shared_ = shared;
  for (size_t i = 0; i < ids.size(); ++i) buffers_[ids[i]].offset = persistent + intervals[i].offset;
  return persistent + shared;
}

void* Program::at(BufferId buffer) const {
  return buffer == kNoBuffer ? nullptr : arena_.data() + buffers_[root(buffer)].offset;
}

void Program::run(size_t begin, size_t end) {
  using Clock = std::chrono::steady_clock;
  set_openmp_threads(thread_num());
  auto before = Clock::now();
  for (size_t i = begin; i < end; ++i) {
    instructions_[i].run();
    const auto after = Clock::now();
    instructions_[i].ms = std::chrono::duration<double, std::milli>(after - before).count();
    before = after;
  }
}

std::string Program::log() const {
  std::string out;
  char line[512];
  double total = 0;
  for (const Instruction& i : instructions_) {
    total += i.ms;
    const double rate = i.ms > 0 ? i.flops / i.ms / 1e6 : 0;
    std::snprintf(line, sizeof line, "%-40s %-28s %-44s %9.3f ms", i.label.c_str(), i.kernel.c_str(), i.formats.c_str(),
                  i.ms);
    out += line;
    if (rate > 0) {
      std::snprintf(line, sizeof line, " %7.1f GFLOP/s", rate);
      out += line;
    }
    out += '\n';
  }
  std::map<std::string, size_t> kinds{{"shared by liveness", shared_}};
  for (const Buffer& buffer : buffers_) {
    if (buffer.persistent) kinds[buffer.kind] += buffer.bytes;
  }
  out += "memory, MiB:";
  for (const auto& [kind, bytes] : kinds) {
    std::snprintf(line, sizeof line, " %s %.1f;", kind.c_str(), static_cast<double>(bytes) / 1048576.0);
    out += line;
  }
  out.back() = '\n';
  const auto reorders = std::count_if(instructions_.begin(), instructions_.end(),
                                      [](const Instruction& i) { return i.label.compare(0, 7, "reorder") == 0; });
  std::snprintf(line, sizeof line, "total %.3f ms, %zu steps, %ld reorders, %.1f MiB\n", total, instructions_.size(),
                static_cast<long>(reorders), static_cast<double>(bytes()) / 1048576.0);
  return out + line;
}

void Program::report(const char* plan, int64_t batch) {
  if (!plan_log_on()) return;
  ++reported_;
  if (reported_ != 1 && reported_ != 10) return;
  char head[256];
  std::snprintf(head, sizeof head, "plan %s, batch %lld, %d threads, run %d\n%-40s %-28s %-44s %12s %16s\n", plan,
                static_cast<long long>(batch), thread_num(), reported_, "layer", "kernel", "format", "time", "rate");
  write_plan_log(head + log());
}

}  // namespace alcedo
