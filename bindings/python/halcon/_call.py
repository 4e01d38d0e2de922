"""call(): one operator by its name, with Python values in and out."""

import ctypes
from reprlib import repr as _short

from . import _library as native
from .exceptions import HError, HOperatorError, HTupleConversionError
from .types import HHandle, HObject, _standard_text

_LONG, _DOUBLE, _STRING, _MIXED, _HANDLE = 1, 2, 4, 8, 16
_TAGS = {int: _LONG, float: _DOUBLE, str: _STRING}
_ARRAYS = {_LONG: ctypes.c_int64, _DOUBLE: ctypes.c_double, _STRING: ctypes.c_char_p, _HANDLE: ctypes.c_void_p}
_WANTED = "an int, a float, a str or an HHandle"
_FIELDS = {_LONG: "l", _DOUBLE: "d", _STRING: "s", _HANDLE: "h"}
_decoding = "strict"


def enable_utf8_error_replace():
    """Bytes of a string that are no UTF-8 become U+FFFD from now on."""
    global _decoding
    _decoding = "replace"


def disable_utf8_error_replace():
    """Bytes of a string that are no UTF-8 are an error from now on (the default)."""
    global _decoding
    _decoding = "strict"


def _tag(value):
    tag = _TAGS.get(type(value))
    if tag is None:
        if isinstance(value, HHandle):
            return _HANDLE
        raise HTupleConversionError(f"found {_short(value)} of type {type(value).__name__} in a tuple, wanted {_WANTED}")
    return tag


def _raw(value, tag):
    if tag == _STRING:
        if "\0" in value:
            raise HTupleConversionError("a string must not hold a NUL character")
        return value.encode("utf-8")
    if tag == _HANDLE:
        return value.address
    if tag == _LONG and not -(2**63) <= value < 2**63:
        raise HTupleConversionError(f"{value} needs more than 64 bits")
    return value


def _elements(value):
    """The elements of what stands for a tuple: a single value, or anything that has a length and can be iterated."""
    if type(value) in _TAGS or isinstance(value, HHandle):
        return (value,)
    if not hasattr(value, "__len__") or not hasattr(value, "__iter__"):
        raise HTupleConversionError(f"found {_short(value)} of type {type(value).__name__}, wanted {_WANTED} or a sequence")
    return tuple(value)


def _fill(target, value, keep):
    """Writes a value to a native tuple; `keep` keeps its array alive."""
    elements = _elements(value)
    if not elements:
        return
    tags = [_tag(element) for element in elements]
    raw = [_raw(element, tag) for element, tag in zip(elements, tags)]
    if tags.count(tags[0]) == len(tags):
        target.type = tags[0]
        array = (_ARRAYS[tags[0]] * len(raw))(*raw)
    else:
        target.type = _MIXED
        array = (native.Element * len(raw))()
        for slot, one, tag in zip(array, raw, tags):
            setattr(slot.par, _FIELDS[tag], one)
            slot.type = tag
    target.num = target.capacity = len(raw)
    target.elem = ctypes.addressof(array)
    keep.append((array, raw))


def _to_python(raw, tag):
    if tag == _STRING:
        return (raw or b"").decode("utf-8", _decoding)
    if tag == _HANDLE:
        if raw:
            native.HCopyHandle(raw)
        return HHandle._from_owned(raw)
    return raw


def _read(source):
    if source.num == 0:
        return []
    if source.type == _MIXED:
        array = (native.Element * source.num).from_address(source.elem)
        return [_to_python(getattr(slot.par, _FIELDS[slot.type]), slot.type) for slot in array]
    array = (_ARRAYS[source.type] * source.num).from_address(source.elem)
    return list(array) if source.type in (_LONG, _DOUBLE) else [_to_python(raw, source.type) for raw in array]


def _single(name, values):
    if len(values) != 1:
        raise HTupleConversionError(f"{name}: one value is expected, found {len(values)}")
    return values[0]


def _fail(name, code, info):
    text = info.text.decode("utf-8", "replace")
    message = f"error {code} in operator {name}: {_standard_text(code)}"
    raise HOperatorError(code, name, message, text)


def call(name, objects, controls, out_objects, out_controls):
    """`out_controls`: one character per output control, '1' for exactly one value, '*' for a list."""
    arguments = native.Arguments()
    keep = []
    in_keys = (ctypes.c_void_p * len(objects))()
    for i, one in enumerate(objects):
        if not isinstance(one, HObject):
            kind = type(one).__name__
            raise HError(f"{name}, object parameter {i + 1}: found {_short(one)} of type {kind}, wanted an HObject")
        in_keys[i] = one.key
    in_tuples = (native.Tuple * len(controls))()
    for number, (target, value) in enumerate(zip(in_tuples, controls), 1):
        try:
            _fill(target, value, keep)
        except HTupleConversionError as error:
            raise HTupleConversionError(f"{name}, control parameter {number}: {error}") from None
    out_keys = (ctypes.c_void_p * out_objects)()
    out_tuples = (native.Tuple * len(out_controls))()
    arguments.in_objects, arguments.num_in_objects = ctypes.addressof(in_keys), len(objects)
    arguments.out_objects, arguments.num_out_objects = ctypes.addressof(out_keys), out_objects
    arguments.in_controls, arguments.num_in_controls = ctypes.addressof(in_tuples), len(controls)
    arguments.out_controls, arguments.num_out_controls = ctypes.addressof(out_tuples), len(out_controls)

    info = native.ErrorInfo()
    code = native.HCall(name.encode(), ctypes.byref(arguments), ctypes.byref(info))
    if code != 2:
        _fail(name, code, info)
    results = [HObject._from_owned(key) for key in out_keys]
    try:
        for source, wanted in zip(out_tuples, out_controls):
            values = _read(source)
            results.append(_single(name, values) if wanted == "1" else values)
    finally:
        native.HDestroyTuples(ctypes.addressof(out_tuples), len(out_controls))
    if not results:
        return None
    return results[0] if len(results) == 1 else tuple(results)
