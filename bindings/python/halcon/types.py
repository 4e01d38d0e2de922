"""HHandle and HObject: one reference each of a native handle and of an iconic object."""

import ctypes
from typing import Sequence, TypeVar, Union

from . import _library as native
from .exceptions import HError, HOperatorError, HTupleConversionError


def _standard_text(code):
    return native.HErrorText(code).decode("utf-8", "replace")


class HHandle:
    """A reference of a native handle; released by dispose(), at the end of a with block, or with the instance."""

    __slots__ = ("_address", "_disposed", "__weakref__")

    def __init__(self, other=None):
        """Without an argument uninitialised; from a handle: a new reference of it."""
        self._address = 0
        self._disposed = False
        if other is None:
            return
        if not isinstance(other, HHandle):
            raise HTupleConversionError(f"an HHandle is expected, not {type(other).__name__}")
        self._address = other.address
        if self._address:
            native.HCopyHandle(self._address)

    @classmethod
    def _from_owned(cls, address):
        handle = HHandle.__new__(HHandle if address else HNull)
        handle._address = address or 0
        handle._disposed = False
        return handle

    @property
    def address(self):
        """The native address; 0 when uninitialised."""
        if self._disposed:
            raise HError("this handle was disposed of")
        return self._address

    @property
    def sem_type(self):
        """Semantic type: 'dl_model', 'dict', ...; 'hnull' when uninitialised."""
        address = self.address
        return native.HHandleSemType(address).decode() if address else "hnull"

    def dispose(self):
        """Gives the reference back at once; a second time nothing happens."""
        address, self._address, self._disposed = self._address, 0, True
        if address:
            native.HReleaseHandle(address)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.dispose()

    def __del__(self, _release=native.HReleaseHandle):
        address, self._address = getattr(self, "_address", 0), 0
        if address:
            _release(address)

    def __eq__(self, other):
        return isinstance(other, HHandle) and self.address == other.address

    def __hash__(self):
        return hash(self._address)

    def __repr__(self):
        return "HHandle(disposed)" if self._disposed else f"HHandle({self.sem_type}, 0x{self._address:x})"


class HNull(HHandle):
    """The null handle."""

    __slots__ = ()


class HObject:
    """The key of an iconic object, or of a tuple of them; released like an HHandle."""

    __slots__ = ("_key", "_disposed", "__weakref__")

    def __init__(self, other=None):
        """Without an argument uninitialised; from an object: a new key of it; from several: their concatenation."""
        self._key = 0
        self._disposed = False
        if other is None:
            return
        if isinstance(other, HObject):
            self._key = _copied(other.key)
            return
        from .operators import concat_obj, gen_empty_obj

        joined = gen_empty_obj()
        for one in other:
            joined = concat_obj(joined, one)
        self._key, joined._key = joined._key, 0

    @classmethod
    def _from_owned(cls, key):
        instance = HObject.__new__(HObject)
        instance._key = key or 0
        instance._disposed = False
        return instance

    @property
    def key(self):
        """The native key; 0 when uninitialised."""
        if self._disposed:
            raise HError("this object was disposed of")
        return self._key

    def dispose(self):
        """Gives the key back at once; a second time nothing happens."""
        key, self._key, self._disposed = self._key, 0, True
        if key:
            native.HReleaseObject(key)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.dispose()

    def __del__(self, _release=native.HReleaseObject):
        key, self._key = getattr(self, "_key", 0), 0
        if key:
            _release(key)

    def __repr__(self):
        return "HObject(disposed)" if self._disposed else f"HObject({self._key})"


def _copied(key):
    copy = ctypes.c_void_p()
    code = native.HCopyObject(key, ctypes.byref(copy)) if key else 2
    if code != 2:
        raise HOperatorError(code, "copy_obj", _standard_text(code))
    return copy.value or 0


_T = TypeVar("_T")
MaybeSequence = Union[_T, Sequence[_T]]
HTupleElementType = Union[int, float, str, HHandle]
HTupleType = Union[HTupleElementType, Sequence[HTupleElementType]]
