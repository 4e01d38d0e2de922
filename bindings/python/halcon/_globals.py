"""Switches of the runtime as a whole. This library has no licence and no window, so most of them have nothing to switch."""

from .exceptions import HError


def HDoLicenseError(do_error):
    """Whether a missing licence is an error: none is needed."""
    _truth("HDoLicenseError", do_error)


def HUseSpinLock(use_spin_lock):
    """Whether waiting threads spin: the pool of threads decides that by itself."""
    _truth("HUseSpinLock", use_spin_lock)


def HStartUpThreadPool(start_up):
    """Whether threads are started with the library: they are started when the first network runs."""
    _truth("HStartUpThreadPool", start_up)


def HCancelDraw():
    """Ends drawing in a window: there is none."""


def HSetMemoryAllocatorType(allocator_type):
    """Chooses the allocator, 'system' or 'mimalloc'; this library has the system's only."""
    if allocator_type != "system":
        raise HError(f"HSetMemoryAllocatorType: found {allocator_type!r}, wanted 'system'")


def _truth(name, value):
    if not isinstance(value, (bool, int)):
        raise HError(f"{name}: found {value!r}, wanted True or False")
