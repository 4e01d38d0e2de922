// Images: channels, gray values, domain.
import { chapter, control, error, image, instance, integer } from './build.js';

const foundation = { module: 'Foundation' };
const one = { multivalue: 'false' } as const;
const perImage = { multivalue: 'optional' } as const;

export const imageChannelOperators = chapter(
  { ...foundation, chapter: 'Image / Channel', keywords: ['image', 'channel'] },
  [
    {
      name: 'count_channels',
      brief: 'Count the channels of an image.',
      description: ['The operator `count_channels` returns the number of channels, one value per image.'],
      inputObjects: [image('MultiChannelImage', 'One- or multichannel image.')],
      outputControls: [integer('Channels', 'Number of channels.', perImage)],
      classes: [instance('HImage')],
      successors: ['access_channel'],
    },
    {
      name: 'access_channel',
      brief: 'Access a channel of a multichannel image.',
      description: [
        'The operator `access_channel` returns channel `Channel` (counted from 1) as a one-channel image.',
      ],
      inputObjects: [image('MultiChannelImage', 'Multichannel image.')],
      outputObjects: [image('Image', 'One channel of the input image.')],
      inputControls: [
        control('Channel', 'channel', ['integer'], 'Index of the channel to be accessed.', {
          default: 1,
          min: 1,
        }),
      ],
      classes: [instance('HImage')],
      predecessors: ['count_channels'],
      alternatives: ['decompose3'],
      errors: [error(1301, 'the image has fewer channels')],
    },
    {
      name: 'compose3',
      brief: 'Convert three images into a three-channel image.',
      description: [
        'The operator `compose3` joins images of the same size and type to three-channel images.',
      ],
      inputObjects: [
        image('Image1', 'Input image 1.'),
        image('Image2', 'Input image 2.'),
        image('Image3', 'Input image 3.'),
      ],
      outputObjects: [image('MultiChannelImage', 'Multichannel image.')],
      classes: [instance('HImage')],
      alternatives: ['channels_to_image'],
      seeAlso: ['decompose3'],
      errors: [error(3117, 'the images have different sizes')],
    },
    {
      name: 'decompose3',
      brief: 'Convert a three-channel image into three images.',
      description: ['The operator `decompose3` returns the three channels as one-channel images.'],
      inputObjects: [image('MultiChannelImage', 'Multichannel image.')],
      outputObjects: [
        image('Image1', 'Output image 1.'),
        image('Image2', 'Output image 2.'),
        image('Image3', 'Output image 3.'),
      ],
      classes: [instance('HImage')],
      alternatives: ['image_to_channels', 'access_channel'],
      seeAlso: ['compose3'],
      errors: [error(3122, 'the image does not have three channels')],
    },
    {
      name: 'channels_to_image',
      brief: 'Convert one-channel images into a multichannel image.',
      description: ['The operator `channels_to_image` joins all images of the tuple `Images` to one image.'],
      inputObjects: [image('Images', 'One-channel images to be combined into one.')],
      outputObjects: [image('MultiChannelImage', 'Multichannel image.', one)],
      classes: [instance('HImage')],
      seeAlso: ['image_to_channels', 'compose3'],
      errors: [error(3117, 'the images have different sizes')],
    },
    {
      name: 'image_to_channels',
      brief: 'Convert a multichannel image into one-channel images.',
      description: ['The operator `image_to_channels` returns one image per channel.'],
      inputObjects: [image('MultiChannelImage', 'Multichannel image to be decomposed.', one)],
      outputObjects: [image('Images', 'Generated one-channel images.')],
      classes: [instance('HImage')],
      seeAlso: ['channels_to_image', 'decompose3'],
    },
    {
      name: 'compose2',
      brief: 'Convert two images into a two-channel image.',
      description: ['The operator `compose2` joins images of the same size and type to two-channel images.'],
      inputObjects: [image('Image1', 'Input image 1.'), image('Image2', 'Input image 2.')],
      outputObjects: [image('MultiChannelImage', 'Multichannel image.')],
      classes: [instance('HImage')],
      alternatives: ['append_channel', 'channels_to_image'],
      seeAlso: ['decompose2'],
      errors: [error(3117, 'the images have different sizes')],
    },
    {
      name: 'decompose2',
      brief: 'Convert a two-channel image into two images.',
      description: ['The operator `decompose2` returns the two channels as one-channel images.'],
      inputObjects: [image('MultiChannelImage', 'Multichannel image.')],
      outputObjects: [image('Image1', 'Output image 1.'), image('Image2', 'Output image 2.')],
      classes: [instance('HImage')],
      alternatives: ['image_to_channels', 'access_channel'],
      seeAlso: ['compose2'],
      errors: [error(3122, 'the image does not have two channels')],
    },
    {
      name: 'append_channel',
      brief: 'Append the channels of an image to another image.',
      description: [
        'The operator `append_channel` returns images with the channels of `MultiChannelImage` followed by those of ' +
          '`Image`.',
      ],
      inputObjects: [
        image('MultiChannelImage', 'Multichannel image.'),
        image('Image', 'Image to be appended.'),
      ],
      outputObjects: [image('ImageExtended', 'Image appended by the channels of `Image`.')],
      classes: [instance('HImage')],
      alternatives: ['compose2', 'compose3', 'channels_to_image'],
      errors: [error(3117, 'the images have different sizes')],
    },
    {
      name: 'rgb1_to_gray',
      chapter: 'Image / Type Conversion',
      keywords: ['image', 'conversion'],
      brief: 'Convert an RGB image to a gray image.',
      description: [
        'The operator `rgb1_to_gray` makes one-channel images of three-channel images: 0.299 · red + 0.587 · green + ' +
          '0.114 · blue, rounded where the pixels are integers. An image with one channel is returned as it is.',
      ],
      inputObjects: [image('RGBImage', 'Three-channel RGB image.')],
      outputObjects: [image('GrayImage', 'Gray image.')],
      classes: [instance('HImage')],
      alternatives: ['decompose3', 'access_channel'],
      errors: [
        error(3122, 'the image does not have one or three channels'),
        error(9001, 'the channels have different types'),
      ],
    },
    {
      name: 'full_domain',
      chapter: 'Image / Domain',
      keywords: ['image', 'domain'],
      brief: 'Set the domain of an image to the whole image.',
      description: [
        'The operator `full_domain` returns the images. Every image of this implementation has the whole image as its domain.',
      ],
      inputObjects: [image('Image', 'Input image.')],
      outputObjects: [image('ImageFull', 'Image with the maximum domain.')],
      classes: [instance('HImage')],
      seeAlso: ['crop_part'],
    },
    {
      name: 'get_grayval',
      chapter: 'Image / Access',
      keywords: ['image', 'access', 'gray value'],
      brief: 'Access the gray values of an image.',
      description: [
        'The operator `get_grayval` returns the pixels at the given points, for an image with several channels all channels of ' +
          'the first point, then those of the next.',
      ],
      inputObjects: [image('Image', 'Image whose gray values are to be accessed.', one)],
      inputControls: [
        control('Row', 'point.y', ['integer'], 'Rows of the pixels.', {
          multivalue: 'optional',
          default: 0,
          min: 0,
          defaultType: 'none',
        }),
        control('Column', 'point.x', ['integer'], 'Columns of the pixels.', {
          multivalue: 'optional',
          default: 0,
          min: 0,
          defaultType: 'none',
        }),
      ],
      outputControls: [
        control('Grayval', 'number', ['integer', 'real'], 'Gray values at the given points.', {
          multivalue: 'optional',
          defaultType: 'none',
        }),
      ],
      classes: [instance('HImage')],
      alternatives: ['get_image_pointer1'],
      errors: [
        error(1301, 'a row is outside the image'),
        error(1302, 'a column is outside the image'),
        error(1402, 'there are not as many columns as rows'),
      ],
    },
  ],
);
