// oneDNN's parallel regions in the engine's threads.
#pragma once

namespace alcedo::onednn {

// Once, before oneDNN works. Leads oneDNN's calls of OpenMP to base/thread_pool where it was built for OpenMP and the
// system lets us; else the engine's own loops use OpenMP, too, so that there is one pool in any case.
void adopt_threads();

// What oneDNN makes and runs in the calling thread from here on has one thread, or the engine's number again.
void limit_to_one_thread(bool limited);

}  // namespace alcedo::onednn
