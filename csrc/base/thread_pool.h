// The compute threads, one pool for the whole process: OpenMP's (libgomp's) wake its threads with system calls, 4 µs
// per parallel region, which is as much as a small layer takes. These spin for a moment, then sleep.
#pragma once

namespace alcedo {

// body(data) in `num` threads at once, the caller being thread 0. Inside another region: in the caller alone, as a
// team of one. Regions of several callers run one after the other.
void run_in_pool(int num, void (*body)(void*), void* data);
// Of the calling thread: its place in its team, the team's size; 0 and 1 outside of regions.
int team_place();
int team_size();
bool in_region();  // of more than one thread
// Waits until the whole team is here.
void team_barrier();

// Threads of regions come from OpenMP instead, because a library beside us uses it and cannot be led to this pool.
void leave_threads_to_openmp();
// Then: how many threads OpenMP, and oneDNN with it, gives to the calling thread. Else nothing: programs beside us keep
// their own setting.
void set_openmp_threads(int num);

}  // namespace alcedo
