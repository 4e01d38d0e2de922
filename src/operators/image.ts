// Images: creation, access, channels, types and formats, simple transformations, files.
import {
  chapter,
  constructor,
  control,
  error,
  image,
  instance,
  integer,
  real,
  result,
  string,
} from './build.js';
import type { Parameter, PixelType } from './types.js';

type Extra = Partial<Parameter>;

export const kPixelTypes: readonly PixelType[] = [
  'byte',
  'direction',
  'cyclic',
  'int1',
  'int2',
  'uint2',
  'int4',
  'int8',
  'real',
];

const pixelType = (description: string, extra: Extra = {}) =>
  string('Type', description, { default: 'byte', values: kPixelTypes, ...extra });
const width = (name = 'Width', description = 'Width of the image.', extra: Extra = {}) =>
  control(name, 'extent.x', ['integer'], description, { default: 512, min: 1, max: 1073741824, ...extra });
const height = (name = 'Height', description = 'Height of the image.', extra: Extra = {}) =>
  control(name, 'extent.y', ['integer'], description, { default: 512, min: 1, max: 1073741824, ...extra });
const pointer = (name: string, description: string, extra: Extra = {}) =>
  control(name, 'pointer', ['integer'], description, extra);
const one = { multivalue: 'false' } as const;
const perImage = { multivalue: 'optional' } as const;
const noImage = error(3110, 'there is no input image');

const foundation = { module: 'Foundation' };

const creation = chapter({ ...foundation, chapter: 'Image / Creation', keywords: ['image', 'creation'] }, [
  {
    name: 'gen_image1',
    brief: 'Create an image from a pointer to the pixels.',
    description: [
      'The operator `gen_image1` makes a one-channel image and copies the pixels from the memory at `PixelPointer`: ' +
        '`Width` · `Height` values of the given type, row by row without gaps.',
    ],
    outputObjects: [image('Image', 'Created image with new image matrix.', one)],
    inputControls: [
      pixelType('Pixel type.'),
      width(),
      height(),
      pointer('PixelPointer', 'Pointer to the first gray value.'),
    ],
    classes: [constructor('HImage')],
    seeAlso: ['gen_image3', 'gen_image_const', 'get_image_pointer1'],
    errors: [error(1304, 'the pointer is null'), error(6001, 'not enough memory')],
  },
  {
    name: 'gen_image3',
    brief: 'Create an image from three pointers to the pixels (red/green/blue).',
    description: [
      'The operator `gen_image3` makes a three-channel image; each channel is copied from a pointer of its own, as ' +
        'in `gen_image1`.',
    ],
    outputObjects: [image('ImageRGB', 'Created image with new image matrix.', one)],
    inputControls: [
      pixelType('Pixel type.'),
      width(),
      height(),
      pointer('PointerRed', 'Pointer to the first red value (channel 1).'),
      pointer('PointerGreen', 'Pointer to the first green value (channel 2).'),
      pointer('PointerBlue', 'Pointer to the first blue value (channel 3).'),
    ],
    classes: [result('HImage')],
    seeAlso: ['gen_image1', 'gen_image_interleaved', 'compose3'],
    errors: [error(6001, 'not enough memory')],
  },
  {
    name: 'gen_image_const',
    brief: 'Create an image with constant gray value 0.',
    description: ['The operator `gen_image_const` makes a one-channel image whose pixels are all 0.'],
    outputObjects: [image('Image', 'Created image with new image matrix.', one)],
    inputControls: [pixelType('Pixel type.'), width(), height()],
    classes: [constructor('HImage')],
    seeAlso: ['gen_image1'],
    errors: [error(6001, 'not enough memory')],
  },
  {
    name: 'gen_image_interleaved',
    brief: 'Create a three-channel image from a pointer to interleaved pixels.',
    description: [
      'The operator `gen_image_interleaved` makes an image from memory in which the channels of a pixel lie side by ' +
        'side, in the order given by `ColorFormat`. A part of the original can be cut out with `StartRow`, ' +
        '`StartColumn`, `ImageWidth` and `ImageHeight`; 0 as size means the whole original.',
    ],
    outputObjects: [image('ImageRGB', 'Created image with new image matrix.', one)],
    inputControls: [
      pointer('PixelPointer', 'Pointer to interleaved pixels.'),
      string('ColorFormat', 'Format of the input pixels.', {
        default: 'rgb',
        values: ['rgb', 'bgr', 'rgbx', 'bgrx', 'xrgb', 'xbgr'],
      }),
      width('OriginalWidth', 'Width of the input image.'),
      height('OriginalHeight', 'Height of the input image.'),
      integer('Alignment', 'Alignment of a row in bytes; -1: rows follow each other without gaps.', {
        default: -1,
        suggested: [-1, 1, 2, 4, 8],
      }),
      pixelType('Pixel type of the output image.', { values: ['byte', 'uint2'] }),
      width('ImageWidth', 'Width of the output image; 0: as the input.', { default: 0, min: 0 }),
      height('ImageHeight', 'Height of the output image; 0: as the input.', { default: 0, min: 0 }),
      control('StartRow', 'point.y', ['integer'], 'Row of the upper left corner of the part.', {
        default: 0,
        min: 0,
      }),
      control('StartColumn', 'point.x', ['integer'], 'Column of the upper left corner of the part.', {
        default: 0,
        min: 0,
      }),
      integer('BitsPerChannel', 'Number of used bits per pixel and channel; -1: all.', { default: -1 }),
      integer('BitShift', 'Number of bits by which the values are shifted to the right.', {
        default: 0,
        min: 0,
      }),
    ],
    classes: [result('HImage')],
    seeAlso: ['gen_image3'],
    errors: [error(1301, 'the pointer is null'), error(6001, 'not enough memory')],
  },
  {
    name: 'copy_image',
    brief: 'Copy an image and allocate new memory for it.',
    description: ['The operator `copy_image` returns images with the same pixels in memory of their own.'],
    inputObjects: [image('Image', 'Image to be copied.')],
    outputObjects: [image('DupImage', 'Copied image.')],
    classes: [instance('HImage')],
    seeAlso: ['copy_obj'],
  },
]);

const size = [
  width('Width', 'Image width.', { ...perImage, min: 0 }),
  height('Height', 'Image height.', { ...perImage, min: 0 }),
].map(({ default: _, min: _min, max: _max, ...parameter }) => parameter);
const oneSize = size.map((parameter) => ({ ...parameter, ...one }));

const access = chapter({ ...foundation, chapter: 'Image / Access', keywords: ['image', 'access'] }, [
  {
    name: 'get_image_pointer1',
    brief: 'Access the pointer to the pixels of a one-channel image.',
    description: [
      'The operator `get_image_pointer1` returns the address of the first pixel, the pixel type and the size of a ' +
        'one-channel image. The memory belongs to the image and is valid as long as the image lives; it must not be ' +
        'written to.',
    ],
    inputObjects: [image('Image', 'Input image.', one)],
    outputControls: [
      pointer('Pointer', 'Pointer to the image data.'),
      string('Type', 'Pixel type.'),
      ...oneSize,
    ],
    classes: [instance('HImage')],
    alternatives: ['get_image_pointer3'],
    errors: [noImage],
  },
  {
    name: 'get_image_pointer3',
    brief: 'Access the pointers to the pixels of a three-channel image.',
    description: [
      'The operator `get_image_pointer3` returns the addresses of the first pixels of the three channels, the pixel ' +
        'type and the size. The rules of `get_image_pointer1` hold for each of them.',
    ],
    inputObjects: [image('ImageRGB', 'Input image.', one)],
    outputControls: [
      pointer('PointerRed', 'Pointer to the pixels of the first channel.'),
      pointer('PointerGreen', 'Pointer to the pixels of the second channel.'),
      pointer('PointerBlue', 'Pointer to the pixels of the third channel.'),
      string('Type', 'Pixel type.'),
      ...oneSize,
    ],
    classes: [instance('HImage')],
    returnsFirst: false,
    alternatives: ['get_image_pointer1'],
    errors: [noImage],
  },
  {
    name: 'get_image_size',
    brief: 'Return the size of an image.',
    description: ['The operator `get_image_size` returns width and height, one value per image.'],
    inputObjects: [image('Image', 'Input image.')],
    outputControls: size,
    classes: [instance('HImage')],
    returnsFirst: false,
    seeAlso: ['get_image_type'],
  },
  {
    name: 'get_image_type',
    brief: 'Return the pixel type of an image.',
    description: [
      'The operator `get_image_type` returns the pixel type of the first channel, one value per image.',
    ],
    inputObjects: [image('Image', 'Input image.')],
    outputControls: [string('Type', 'Pixel type.', perImage)],
    classes: [instance('HImage')],
    seeAlso: ['convert_image_type'],
  },
]);

const format = chapter(
  { ...foundation, chapter: 'Image / Type Conversion', keywords: ['image', 'conversion'] },
  [
    {
      name: 'convert_image_type',
      brief: 'Convert the type of an image.',
      description: [
        'The operator `convert_image_type` converts all channels to `NewType`. Values outside the range of the new ' +
          'type are set to its nearest limit; reals are rounded.',
      ],
      inputObjects: [image('Image', 'Image whose type is to be changed.')],
      outputObjects: [image('ImageConverted', 'Converted image.')],
      inputControls: [string('NewType', 'Desired image type.', { default: 'byte', values: kPixelTypes })],
      classes: [instance('HImage')],
      seeAlso: ['scale_image'],
    },
    {
      name: 'scale_image',
      chapter: 'Filters / Arithmetic',
      brief: 'Scale the gray values of an image.',
      description: [
        'The operator `scale_image` computes g′ = g · `Mult` + `Add` for every pixel. The type stays as it is; ' +
          'overflowing values are set to the limits of the type.',
      ],
      inputObjects: [image('Image', 'Image whose gray values are to be scaled.')],
      outputObjects: [image('ImageScaled', 'Resulting image.')],
      inputControls: [
        real('Mult', 'Scale factor.', { default: 0.01, suggested: [0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10] }),
        real('Add', 'Offset.', { default: 0, suggested: [0, 10, 50, 100, 200] }),
      ],
      classes: [instance('HImage')],
      seeAlso: ['convert_image_type'],
    },
    {
      name: 'zoom_image_size',
      chapter: 'Filters / Geometric Transformations',
      brief: 'Zoom an image to a given size.',
      description: ['The operator `zoom_image_size` scales images to `Width` × `Height` pixels.'],
      inputObjects: [image('Image', 'Input image.')],
      outputObjects: [image('ImageZoom', 'Scaled image.')],
      inputControls: [
        width('Width', 'Width of the resulting image.'),
        height('Height', 'Height of the resulting image.'),
        string('Interpolation', 'Type of interpolation.', {
          default: 'constant',
          values: ['nearest_neighbor', 'bilinear', 'bicubic', 'constant', 'weighted'],
        }),
      ],
      classes: [instance('HImage')],
      seeAlso: ['crop_part'],
    },
    {
      name: 'mirror_image',
      chapter: 'Filters / Geometric Transformations',
      brief: 'Mirror an image.',
      description: [
        "The operator `mirror_image` reflects images: `'row'` about the horizontal, `'column'` about the vertical " +
          "middle axis, `'diagonal'` about the main diagonal.",
      ],
      inputObjects: [image('Image', 'Input image.')],
      outputObjects: [image('ImageMirror', 'Reflected image.')],
      inputControls: [
        string('Mode', 'Axis of reflection.', { default: 'row', values: ['row', 'column', 'diagonal'] }),
      ],
      classes: [instance('HImage')],
    },
    {
      name: 'crop_part',
      chapter: 'Image / Format',
      brief: 'Cut out a rectangular image area.',
      description: [
        'The operator `crop_part` returns the pixels of a rectangle as a new image. The rectangle lies inside the image.',
      ],
      inputObjects: [image('Image', 'Input image.')],
      outputObjects: [image('ImagePart', 'Image area.')],
      inputControls: [
        control('Row', 'rectangle.origin.y', ['integer'], 'Row of the upper left corner.', { default: 100 }),
        control('Column', 'rectangle.origin.x', ['integer'], 'Column of the upper left corner.', {
          default: 100,
        }),
        control('Width', 'rectangle.extent.x', ['integer'], 'Width of the new image.', {
          default: 128,
          min: 1,
        }),
        control('Height', 'rectangle.extent.y', ['integer'], 'Height of the new image.', {
          default: 128,
          min: 1,
        }),
      ],
      classes: [instance('HImage')],
      seeAlso: ['zoom_image_size'],
    },
  ],
);

const files = chapter({ ...foundation, chapter: 'File / Images', keywords: ['image', 'file'] }, [
  {
    name: 'read_image',
    brief: 'Read an image with different file formats.',
    description: [
      'The operator `read_image` reads images (JPEG, PNG, TIFF, BMP) from files, one image per file name. A name ' +
        'without an ending is tried with the known endings.',
    ],
    outputObjects: [image('Image', 'Read image.')],
    inputControls: [
      control('FileName', 'filename.read', ['string'], 'Name of the image to be read.', {
        multivalue: 'optional',
      }),
    ],
    classes: [constructor('HImage')],
    seeAlso: ['write_image'],
    errors: [
      error(5200, 'the file does not exist'),
      error(5234, 'no image file was found under that name'),
      error(5238, 'the file is damaged or of an unknown format'),
    ],
  },
  {
    name: 'write_image',
    brief: 'Write images in graphic formats.',
    description: [
      'The operator `write_image` writes an image to a file in the given format. An existing file is replaced only ' +
        'after the new one is complete.',
    ],
    inputObjects: [image('Image', 'Image to be written.')],
    inputControls: [
      string('Format', 'Graphic format.', {
        default: 'tiff',
        suggested: ['tiff', 'png', 'jpeg', 'bmp', 'jpeg 90'],
      }),
      integer('FillColor', 'Fill gray value for pixels not belonging to the image domain.', { default: 0 }),
      control('FileName', 'filename.write', ['string'], 'Name of the image file.', {
        multivalue: 'optional',
      }),
    ],
    classes: [instance('HImage')],
    seeAlso: ['read_image'],
    errors: [error(5235, 'the format is unknown'), error(5212, 'the file cannot be written')],
  },
]);

export const imageOperators = [...creation, ...access, ...format, ...files];
