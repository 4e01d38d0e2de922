// Devices that deep learning models run on.
import { chapter, control, error, genericParameters, handle, instance, statically } from './build.js';

const device = (extra = {}) =>
  handle('DLDeviceHandle', 'dl_device', 'Handle of the deep learning device.', extra);
export const kDeviceParameters = [
  'ai_accelerator_interface',
  'calibration_precisions',
  'cast_precisions',
  'conversion_supported',
  'id',
  'inference_only',
  'name',
  'optimize_for_inference_params',
  'precisions',
  'settable_device_params',
  'type',
];

export const dlDeviceOperators = chapter(
  {
    chapter: 'Deep Learning / Device',
    module: 'Deep Learning Inference',
    keywords: ['deep learning', 'device'],
  },
  [
    {
      name: 'query_available_dl_devices',
      brief: 'Get the list of deep learning devices that fulfil conditions.',
      description: [
        'The operator `query_available_dl_devices` returns the devices whose parameters have the given values. A name ' +
          'may be given several times: the device has then one of the values. Without conditions all devices are ' +
          "returned. Besides the parameters of `get_dl_device_param` there is `'runtime'` with the values `'cpu'` and " +
          "`'gpu'`. The list may be empty.",
      ],
      inputControls: genericParameters(['runtime', ...kDeviceParameters]),
      outputControls: [
        handle('DLDeviceHandles', 'dl_device', 'Handles of the devices that fulfil the conditions.', {
          multivalue: 'true',
        }),
      ],
      classes: [statically('HDlDevice')],
      successors: ['get_dl_device_param', 'set_dl_model_param'],
      errors: [
        error(7911, 'a parameter name is unknown'),
        error(1402, 'there are not as many values as names'),
      ],
    },
    {
      name: 'get_dl_device_param',
      brief: 'Return the parameters of a deep learning device.',
      description: ['The operator `get_dl_device_param` returns the value of a parameter of a device.'],
      inputControls: [
        device(),
        control('GenParamName', 'attribute.name', ['string'], 'Name of the generic parameter.', {
          default: 'type',
          suggested: kDeviceParameters,
        }),
      ],
      outputControls: [
        control(
          'GenParamValue',
          'attribute.value',
          ['string', 'integer', 'real', 'handle'],
          'Value of the generic parameter.',
          {
            multivalue: 'true',
          },
        ),
      ],
      classes: [instance('HDlDevice')],
      predecessors: ['query_available_dl_devices'],
      successors: ['set_dl_device_param', 'set_dl_model_param'],
      errors: [error(7911, 'the parameter is unknown')],
    },
    {
      name: 'set_dl_device_param',
      brief: 'Set a parameter of a deep learning device.',
      description: [
        "The operator `set_dl_device_param` changes parameters that are in the device's `'settable_device_params'`, one value " +
          'per name.',
      ],
      inputControls: [
        device({ modified: true }),
        control('GenParamName', 'attribute.name', ['string'], 'Names of the generic parameters.', {
          multivalue: 'optional',
        }),
        control('GenParamValue', 'attribute.value', ['string', 'integer', 'real'], 'Values to be set.', {
          multivalue: 'optional',
        }),
      ],
      classes: [instance('HDlDevice')],
      predecessors: ['query_available_dl_devices'],
      seeAlso: ['get_dl_device_param'],
      errors: [
        error(7911, 'a parameter is unknown or cannot be set'),
        error(1403, 'there are not as many values as names'),
      ],
    },
  ],
);
