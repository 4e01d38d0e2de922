// The only translation unit of the shared library itself; everything else comes from the static core.
#include "hcore.h"
