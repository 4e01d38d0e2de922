// oneDNN's parallel regions in the engine's threads.
#pragma once

namespace alcedo::onednn {

// Once, before oneDNN works. Leads oneDNN's calls of OpenMP to base/thread_pool where it was built for OpenMP and the
// system lets us; else the engine's own loops use OpenMP, too, so that there is one pool in any case.
void adopt_threads();

}  // namespace alcedo::onednn
