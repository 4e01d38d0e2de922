/* A peer of the benchmark of calls (bench/rows/calls.ts): answers one JSON line per JSON line. "direct" is the call that
 * every language ends in, with its arguments prepared; "call" the C function. */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "HalconC.h"

static double now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return 1e3 * (double)time.tv_sec + 1e-6 * (double)time.tv_nsec;
}

static void direct(long n) {
  const int32_t id = HOperatorId("tuple_length");
  Htuple in, out;
  HArguments arguments = {0, 0, 0, 0, 0, 0, 1, 1};
  HErrorInfo error;
  create_tuple_i(&in, 5);
  arguments.in_controls = &in;
  arguments.out_controls = &out;
  while (n-- > 0) {
    if (HCallById(id, &arguments, &error) != H_MSG_OK) exit(1);
    HDestroyTuples(&out, 1);
  }
  destroy_tuple(in);
}

static void call(long n) {
  while (n-- > 0) {
    Htuple in, out;
    create_tuple_i(&in, 5);
    if (T_tuple_length(in, &out) != H_MSG_OK) exit(1);
    destroy_tuple(in);
    destroy_tuple(out);
  }
}

int main(void) {
  char line[256];
  while (fgets(line, sizeof line, stdin)) {
    const char* number = strstr(line, "\"n\":");
    const long n = number ? strtol(number + 4, NULL, 10) : 1;
    const double start = now_ms();
    if (strstr(line, "\"direct\"")) direct(n);
    else if (strstr(line, "\"call\"")) call(n);
    printf("{\"ms\":%.9f}\n", (now_ms() - start) / (double)n);
    fflush(stdout);
  }
  return 0;
}
