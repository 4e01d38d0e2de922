"""Images from and to numpy arrays: (rows, columns) for one channel, (rows, columns, channels) for several."""

from . import operators as _operators
from .exceptions import HInteropError
from .types import HObject

_TYPES = {
    "uint8": "byte",
    "uint16": "uint2",
    "int8": "int1",
    "int16": "int2",
    "int32": "int4",
    "float32": "real",
}
_DTYPES = {image_type: dtype for dtype, image_type in _TYPES.items()}


def _numpy():
    try:
        import numpy
    except ImportError as error:
        raise HInteropError("numpy is not installed") from error
    return numpy


class _Pixels:
    """What numpy sees of an image's memory; keeps the image alive."""

    def __init__(self, image, pointer, dtype, shape):
        self._image = image
        self.__array_interface__ = {
            "version": 3,
            "shape": shape,
            "typestr": dtype.str,
            "data": (pointer, True),
        }


def himage_from_numpy_array(arr):
    """A new image with a copy of the pixels."""
    numpy = _numpy()
    if not isinstance(arr, numpy.ndarray) or arr.ndim not in (2, 3):
        raise HInteropError("an array of two or three dimensions is expected")
    image_type = _TYPES.get(arr.dtype.name)
    if image_type is None:
        raise HInteropError(f"there is no image type for {arr.dtype}; known are {', '.join(_TYPES)}")
    if 0 in arr.shape:
        raise HInteropError(f"an image cannot have the shape {arr.shape}")
    rows, columns = arr.shape[:2]
    planes = [arr] if arr.ndim == 2 else [arr[:, :, channel] for channel in range(arr.shape[2])]
    images = []
    for plane in planes:
        pixels = numpy.ascontiguousarray(plane, dtype=arr.dtype.newbyteorder("="))
        images.append(_operators.gen_image1(image_type, columns, rows, pixels.ctypes.data))
    return images[0] if len(images) == 1 else _operators.channels_to_image(HObject(images))


def himage_as_numpy_array(image, copy=True):
    """The pixels of one image; copy=False gives a read-only view of a one-channel image's own memory."""
    numpy = _numpy()
    channels = _operators.count_channels_s(image)
    planes = [_plane(numpy, image if channels == 1 else _operators.access_channel(image, i + 1)) for i in range(channels)]
    if channels == 1:
        return planes[0].copy() if copy else planes[0]
    if not copy:
        raise HInteropError("channels lie in separate memory; a view of several is not possible")
    return numpy.stack(planes, axis=2)


def _plane(numpy, image):
    pointer, image_type, width, height = _operators.get_image_pointer1(image)
    if image_type not in _DTYPES:
        raise HInteropError(f"there is no numpy type for images of type {image_type}")
    return numpy.asarray(_Pixels(image, pointer, numpy.dtype(_DTYPES[image_type]), (height, width)))
