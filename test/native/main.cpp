// Native tests: run without Node. One file per subject; the runner lists and runs them (scripts/test.mjs).
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
