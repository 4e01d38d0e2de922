// A plan's list of instructions and its buffers. Buffers share memory where their lives do not meet; an instruction
// may write over an operand that dies in it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/arena.h"

namespace alcedo {

using BufferId = int;
constexpr BufferId kNoBuffer = -1;

struct Instruction {
  std::string label, kernel, formats;
  double flops = 0;
  std::vector<BufferId> reads, writes;
  BufferId inplace_read = kNoBuffer, inplace_write = kNoBuffer;  // the write may take the place of the read
  std::function<void()> run;
  double ms = 0;  // of the last run
};

class Program {
 public:
  // A persistent buffer keeps its contents between runs; `kind` is for the log.
  BufferId add_buffer(size_t bytes, bool persistent = false, const char* kind = "values");
  // Contents are there before the first instruction, or must outlive the last one.
  void live_from_start(BufferId buffer) { buffers_[buffer].from_start = true; }
  void live_to_end(BufferId buffer) { buffers_[buffer].to_end = true; }
  void add(Instruction instruction) { instructions_.push_back(std::move(instruction)); }

  // Places the buffers. `share`: by liveness; else each has memory of its own.
  void allocate(bool share);
  void* at(BufferId buffer) const;
  size_t bytes_of(BufferId buffer) const { return buffers_[buffer].bytes; }
  int num_buffers() const { return static_cast<int>(buffers_.size()); }

  // For passes that run only some of the instructions. `uses`: one per instruction; buffers that no used instruction
  // touches get no memory. Call it before allocate().
  enum class Use : uint8_t { none, writes, all };
  void restrict_to(std::vector<Use> uses) { uses_ = std::move(uses); }
  // The buffer gets no memory.
  void drop(BufferId buffer) { buffers_[buffer].bytes = 0; }

  size_t num_instructions() const { return instructions_.size(); }
  Instruction& instruction(size_t i) { return instructions_[i]; }
  void run(size_t begin, size_t end);
  void run() { run(0, instructions_.size()); }
  std::string log() const;
  // After a run, where set_system('log', 'plan') is on: writes the log of the first and the tenth run.
  void report(const char* plan, int64_t batch);
  size_t bytes() const { return arena_.bytes(); }

 private:
  struct Buffer {
    size_t bytes = 0;
    const char* kind = "";
    bool persistent = false, from_start = false, to_end = false;
    BufferId stands_in = kNoBuffer;  // lies on this buffer
    int first = -1, last = -1;
    size_t offset = 0;
  };
  BufferId root(BufferId buffer) const;
  void find_lives();
  Use use_of(int instruction) const { return uses_.empty() ? Use::all : uses_[static_cast<size_t>(instruction)]; }
  size_t place(bool share);

  std::vector<Buffer> buffers_;
  std::vector<Instruction> instructions_;
  std::vector<Use> uses_;
  int reported_ = 0;  // runs while the log was on
  Arena arena_;
  size_t shared_ = 0;  // bytes of the buffers that share memory
};

}  // namespace alcedo
