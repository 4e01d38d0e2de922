"""HALCON's documented Python interface on Alcedo's native library: `import halcon as ha`.

Operators are functions of this module, with inputs as arguments and outputs as results; where an output may hold
several values, `name` gives a list and `name_s` the one value. Handles and objects are released by themselves.
"""

from . import errors
from ._call import disable_utf8_error_replace, enable_utf8_error_replace
from ._globals import HCancelDraw, HDoLicenseError, HSetMemoryAllocatorType, HStartUpThreadPool, HUseSpinLock
from .exceptions import HError, HInteropError, HOperatorError, HTupleConversionError
from .numpy_interop import himage_as_numpy_array, himage_from_numpy_array
from .operators import *  # noqa: F401,F403
from .operators import __all__ as _operator_names
from .types import HHandle, HNull, HObject, HTupleElementType, HTupleType, MaybeSequence

__version__ = "0.1.0"
__all__ = [
    "HCancelDraw",
    "HDoLicenseError",
    "HError",
    "HHandle",
    "HInteropError",
    "HNull",
    "HObject",
    "HOperatorError",
    "HSetMemoryAllocatorType",
    "HStartUpThreadPool",
    "HTupleConversionError",
    "HTupleElementType",
    "HTupleType",
    "HUseSpinLock",
    "MaybeSequence",
    "disable_utf8_error_replace",
    "enable_utf8_error_replace",
    "errors",
    "himage_as_numpy_array",
    "himage_from_numpy_array",
    *_operator_names,
]
