// The checks of set_check / get_check. `give_error`: a C program is stopped by an error instead of getting its code.
#pragma once

#include <string>
#include <vector>

namespace alcedo {

bool check_active(const char* name);
// "name" switches on, "~name" off; 'all', 'none', 'default' change all. False if there is no such check.
bool set_check_mode(const std::string& mode);
std::vector<std::string> check_modes();  // the inactive ones with a tilde

}  // namespace alcedo
