"""The Python form of the documented page, run as written. Prints the signature line that was run."""

import inspect
import sys

import halcon as ha
from halcon import HHandle

LINE = "def create_dl_pruning(dlmodel_handle: HHandle, mode: str, gen_param: HHandle) -> HHandle"

# The line itself, compiled: the function's signature must equal it.
scope = {"HHandle": HHandle}
exec(LINE + ": ...", scope)
assert inspect.signature(scope["create_dl_pruning"]) == inspect.signature(ha.create_dl_pruning)

model = ha.read_dl_model(sys.argv[1])
assert ha.create_dl_pruning(model, "oracle", []).sem_type == "dl_pruning"
assert ha.create_dl_pruning(dlmodel_handle=model, mode="oracle", gen_param=ha.create_dict()).sem_type == "dl_pruning"
try:
    ha.create_dl_pruning(model, "no such mode", [])
    raise SystemExit(3)
except ha.HOperatorError as error:
    assert error.error_code == 1302, error
print(LINE)
