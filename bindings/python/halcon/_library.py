"""Loads libalcedo and declares its C functions; the structures are those of hcore.h."""

import ctypes
import os
from pathlib import Path

from .exceptions import HError

INTERFACE = 1  # ALCEDO_INTERFACE of the hcore.h that this file was written for


class Value(ctypes.Union):
    _fields_ = [("l", ctypes.c_int64), ("d", ctypes.c_double), ("s", ctypes.c_char_p), ("h", ctypes.c_void_p)]


class Element(ctypes.Structure):
    _fields_ = [("par", Value), ("type", ctypes.c_int32), ("pad", ctypes.c_int32)]


class Tuple(ctypes.Structure):
    _fields_ = [
        ("val", Value),
        ("type", ctypes.c_int32),
        ("pad", ctypes.c_int32),
        ("num", ctypes.c_int64),
        ("capacity", ctypes.c_int64),
        ("free", ctypes.c_int32),
        ("reserved", ctypes.c_int32),
        ("elem", ctypes.c_void_p),
    ]


class Arguments(ctypes.Structure):
    _fields_ = [
        ("in_objects", ctypes.c_void_p),
        ("out_objects", ctypes.c_void_p),
        ("in_controls", ctypes.c_void_p),
        ("out_controls", ctypes.c_void_p),
        ("num_in_objects", ctypes.c_int32),
        ("num_out_objects", ctypes.c_int32),
        ("num_in_controls", ctypes.c_int32),
        ("num_out_controls", ctypes.c_int32),
    ]


class ErrorInfo(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_uint32),
        ("parameter", ctypes.c_int32),
        ("operator_name", ctypes.c_char * 64),
        ("text", ctypes.c_char * 1024),
    ]


def _candidates():
    chosen = os.environ.get("ALCEDO_LIBRARY")
    if chosen:
        return [chosen]
    here = Path(__file__).resolve().parent
    places = [here / "libalcedo.so", here.parents[2] / "build" / "Release" / "libalcedo.so"]
    return [str(place) for place in places if place.exists()] + ["libalcedo.so.0", "libalcedo.so"]


def _load():
    failures = []
    for name in _candidates():
        try:
            return ctypes.CDLL(name)
        except OSError as error:
            failures.append(str(error))
    raise HError("libalcedo.so cannot be loaded (set ALCEDO_LIBRARY to its path): " + "; ".join(failures))


def _declare(name, result, *arguments):
    function = getattr(library, name)
    function.restype = result
    function.argtypes = arguments
    return function


library = _load()
HCall = _declare("HCall", ctypes.c_uint32, ctypes.c_char_p, ctypes.POINTER(Arguments), ctypes.POINTER(ErrorInfo))
HCopyHandle = _declare("HCopyHandle", ctypes.c_uint32, ctypes.c_void_p)
HReleaseHandle = _declare("HReleaseHandle", ctypes.c_uint32, ctypes.c_void_p)
HHandleSemType = _declare("HHandleSemType", ctypes.c_char_p, ctypes.c_void_p)
HCopyObject = _declare("HCopyObject", ctypes.c_uint32, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p))
HReleaseObject = _declare("HReleaseObject", ctypes.c_uint32, ctypes.c_void_p)
HDestroyTuples = _declare("HDestroyTuples", None, ctypes.c_void_p, ctypes.c_int32)
HErrorText = _declare("HErrorText", ctypes.c_char_p, ctypes.c_uint32)
HVersion = _declare("HVersion", ctypes.c_char_p)
HCheckInterface = _declare("HCheckInterface", ctypes.c_uint32, ctypes.c_int32, ctypes.POINTER(ErrorInfo))


def _check_interface():
    info = ErrorInfo()
    if HCheckInterface(INTERFACE, ctypes.byref(info)) != 2:
        raise HError(info.text.decode("utf-8", "replace"))


_check_interface()
