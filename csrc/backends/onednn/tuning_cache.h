// Choices between kernels that were made by timing: kept for the process, and in a file for the next one. A file of
// another machine, another oneDNN or another format, or a damaged one, is not used, and written anew.
#pragma once

#include <string>

namespace alcedo::onednn {

bool known_choice(const std::string& key, bool& second);
void keep_choice(const std::string& key, bool second);
// Writes what is new since the last time, with what other processes have added.
void save_choices();

}  // namespace alcedo::onednn
