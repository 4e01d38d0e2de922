// Parameter checks that follow from the operator table alone, so that every language reports the same code and text.
#pragma once

#include "api/operator_table.h"
#include "hcore.h"

namespace alcedo {

// Throws HException (12xx type, 13xx value, 14xx count, 15xx objects, 24xx handles) for the first fault found.
void check_arguments(const OperatorSpec& spec, const HArguments& arguments);

}  // namespace alcedo
