// The log of plans, set_system('log', 'plan'): where it goes. Off unless it is set.
#pragma once

#include <string>

namespace alcedo {

// `file`: appended to; empty: stderr.
void set_plan_log(bool on);
void set_plan_log_file(const std::string& file);
bool plan_log_on();
void write_plan_log(const std::string& text);

}  // namespace alcedo
