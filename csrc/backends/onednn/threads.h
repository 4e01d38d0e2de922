// oneDNN's parallel regions in the engine's threads.
#pragma once

namespace alcedo::onednn {

// Once, before oneDNN works. Leads oneDNN's calls of OpenMP to base/thread_pool where it was built for OpenMP and the
// system lets us; else the engine's own loops use OpenMP, too, so that there is one pool in any case.
void adopt_threads();

// While it lives, oneDNN makes and runs primitives of the calling thread with one thread.
class OneThread {
 public:
  explicit OneThread(bool wanted);
  ~OneThread();
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  bool wanted_;
};

}  // namespace alcedo::onednn
