"""Ownership in Python: disposing twice, using after disposing, any order of release, and cycles that keep memory flat."""

import gc
import sys

import halcon as ha


def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4


def code_of(action):
    try:
        action()
    except ha.HOperatorError as error:
        return error.error_code
    return 2


def cycle():
    handle = ha.create_dict()
    ha.set_dict_tuple(handle, "key", [1, 2.5, "text", ha.create_dict()])
    back = ha.get_dict_tuple(handle, "key")
    assert back[:3] == [1, 2.5, "text"] and back[3].sem_type == "dict"
    image = ha.gen_image_const("byte", 8, 8)
    ha.set_dict_object(image, handle, "image")
    copy = ha.get_dict_object(handle, "image")
    assert ha.get_image_size_s(copy) == (8, 8)
    assert code_of(lambda: ha.get_dict_tuple(handle, "missing")) == 2894


def misuse():
    handle = ha.create_dict()
    other = ha.HHandle(handle)
    handle.dispose()
    handle.dispose()
    ha.set_dict_tuple(other, "key", [1])
    try:
        ha.set_dict_tuple(handle, "key", [1])
        raise SystemExit("a disposed handle was used")
    except ha.HError:
        pass
    ha.clear_handle([other])
    assert code_of(lambda: ha.set_dict_tuple(other, "key", [1])) == 2454
    assert code_of(lambda: ha.get_dl_model_param(other, "type")) in (2404, 2454)
    assert code_of(lambda: ha.get_dl_model_param(ha.HHandle(), "type")) == 2453
    image = ha.gen_image_const("byte", 4, 4)
    joined = ha.HObject([image, image])
    assert ha.count_obj(joined) == 2
    image.dispose()
    image.dispose()
    assert ha.count_obj(joined) == 2
    for wrong in (True, None, 2**63, [1, [2]], (x for x in "ab")):
        try:
            ha.set_dict_tuple(ha.create_dict(), "key", wrong)
            raise SystemExit(f"{wrong!r} was taken")
        except ha.HTupleConversionError as error:
            assert str(error).startswith("set_dict_tuple, control parameter 3: "), error
    for several in (range(2), {0: "a", 1: "b"}, b"\0\1", (0, 1), {0, 1}):  # what is iterable and has a length
        assert ha.tuple_max_s(several) == 1 and ha.tuple_length(several) == 2
    try:
        ha.count_obj(3)
        raise SystemExit("3 was taken for an object")
    except ha.HError as error:
        assert "count_obj, object parameter 1: found 3 of type int" in str(error), error


def switches():
    for switch in (ha.HDoLicenseError, ha.HUseSpinLock, ha.HStartUpThreadPool):
        switch(True)
        switch(False)
    ha.HCancelDraw()
    ha.HSetMemoryAllocatorType("system")
    try:
        ha.HSetMemoryAllocatorType("mimalloc")
        raise SystemExit("there is no mimalloc here")
    except ha.HError as error:
        assert "found 'mimalloc', wanted 'system'" in str(error)


def numpy_images():
    try:
        import numpy
    except ImportError:
        print("skipped: numpy is not installed")
        return
    for dtype in ("uint8", "uint16", "int8", "int16", "int32", "float32"):
        for shape in ((3, 4), (3, 4, 2), (5, 1, 3)):
            pixels = (numpy.arange(numpy.prod(shape)) % 100).astype(dtype).reshape(shape)
            for array in (pixels, numpy.asfortranarray(pixels), pixels[::-1]):
                result = ha.himage_as_numpy_array(ha.himage_from_numpy_array(array))
                assert result.dtype == array.dtype and (result == array).all(), (dtype, shape)
    view = ha.himage_as_numpy_array(ha.himage_from_numpy_array(numpy.ones((2, 2), "uint8")), copy=False)
    gc.collect()  # the view keeps the image alive
    assert view.sum() == 4 and not view.flags.writeable
    for wrong in (numpy.zeros(3), numpy.zeros((2, 2), "float64"), numpy.zeros((0, 2), "uint8"), [[1]]):
        try:
            ha.himage_from_numpy_array(wrong)
            raise SystemExit("a wrong array was taken")
        except ha.HInteropError:
            pass


cycles = int(sys.argv[1]) if len(sys.argv) > 1 else 100
misuse()
switches()
numpy_images()
for _ in range(cycles // 10):
    cycle()
before = resident()
for _ in range(cycles):
    cycle()
print(f"growth {resident() - before} KiB")
