// The parameters of set_system / get_system. Values hold for all threads; a value set with the prefix tsp_ holds for
// the calling thread only and goes before the common one.
#pragma once

#include <string>
#include <vector>

#include "objects/tuple.h"

namespace alcedo {

bool has_system_parameter(const std::string& name);  // with or without tsp_
std::vector<std::string> system_parameter_names();
Tuple system_parameter(const std::string& name);
// Empty text: done; else what was wanted instead of the value.
std::string set_system_parameter(const std::string& name, const Tuple& value);

bool system_flag(const char* name);  // whether the value is 'true'
// Pseudo-random numbers of the tuple operators: 64 fresh bits, from the seed of set_system('seed_rand', n).
uint64_t random_bits();

}  // namespace alcedo
