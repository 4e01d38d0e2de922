// Deep learning models: files, parameters, application, training, serialisation.
import {
  array,
  chapter,
  constructor,
  control,
  dict,
  error,
  handle,
  instance,
  result,
  string,
} from './build.js';
import type { Parameter } from './types.js';

const model = (extra: Partial<Parameter> = {}, name = 'DLModelHandle') =>
  handle(name, 'dl_model', 'Handle of a deep learning model.', extra);
const batch = (extra: Partial<Parameter> = {}) =>
  dict('DLSampleBatch', 'Batch of data of which every entry is a DLSample dictionary.', {
    multivalue: 'true',
    emptyAllowed: false,
    ...extra,
  });
const parameterName = control(
  'GenParamName',
  'attribute.name',
  ['string'],
  'Name of the generic parameter.',
  {
    default: 'batch_size',
  },
);

export const kModelParameters = [
  'adam_beta1',
  'adam_beta2',
  'adam_epsilon',
  'batch_size',
  'batch_size_multiplier',
  'batchnorm_momentum',
  'class_ids',
  'class_names',
  'device',
  'enable_resizing',
  'fuse_bn_relu',
  'fuse_conv_relu',
  'gpu',
  'image_dimensions',
  'image_height',
  'image_num_channels',
  'image_range_max',
  'image_range_min',
  'image_size',
  'image_width',
  'input_dimensions',
  'learning_rate',
  'meta_data',
  'min_version',
  'momentum',
  'num_trainable_params',
  'optimize_for_inference',
  'precision',
  'precision_is_converted',
  'runtime',
  'runtime_init',
  'solver_type',
  'summary',
  'type',
  'weight_prior',
];
const kGetOnly = new Set([
  'input_dimensions',
  'min_version',
  'num_trainable_params',
  'precision_is_converted',
  'summary',
]);
const kSetOnly = new Set([
  'batchnorm_momentum',
  'enable_resizing',
  'fuse_bn_relu',
  'fuse_conv_relu',
  'runtime_init',
]);

const sampleErrors = [
  error(7783, 'a sample lacks an input of the model'),
  error(7789, 'an input that is a tuple has the wrong length'),
  error(7790, 'an input has the wrong type'),
  error(7791, 'an input has values that are not allowed'),
];
const trainingErrors = [
  error(7707, 'the model cannot be trained in this environment'),
  error(7714, 'a label is outside the classes of the model'),
  error(7917, 'the model is converted and can only be applied'),
];

export const dlModelOperators = chapter(
  { chapter: 'Deep Learning / Model', module: 'Deep Learning Inference', keywords: ['deep learning'] },
  [
    {
      name: 'read_dl_model',
      brief: 'Read a deep learning model from a file.',
      description: [
        'The operator `read_dl_model` reads a model from an ONNX file (`.onnx`) or from a file in the format of ' +
          '`write_dl_model` (`.hdl`, also tried when the name has no ending). The file is looked for in the current ' +
          'directory and in `$HALCONROOT/dl/`. Parameters that depend on the runtime, such as `runtime`, are not ' +
          'stored in a file and have their default values after reading.',
        'Nodes of an ONNX graph with unknown operators are kept: such a network can be pruned by its weights and written, ' +
          'running it is an error that lists all of them with name and type. If, Loop and Scan are unfolded where the ' +
          'branch or the number of turns does not depend on the input, else kept in the same way. Unsupported settings ' +
          'of known operators are errors on reading, listed with the opset.',
      ],
      inputControls: [
        control('FileName', 'filename.read', ['string'], 'Filename of the deep learning model.', {
          suggested: ['model.onnx'],
        }),
      ],
      outputControls: [model()],
      classes: [constructor('HDlModel')],
      longRunning: true,
      successors: [
        'set_dl_model_param',
        'get_dl_model_param',
        'apply_dl_model',
        'train_dl_model_batch',
        'create_dl_pruning',
      ],
      alternatives: ['deserialize_dl_model'],
      seeAlso: ['write_dl_model'],
      errors: [
        error(5200, 'the file does not exist'),
        error(7780, 'the file cannot be read or is damaged'),
        error(7782, 'the file was written by a newer version'),
        error(7801, 'the ONNX graph is invalid or holds nodes that are not supported'),
      ],
    },
    {
      name: 'write_dl_model',
      brief: 'Write a deep learning model in a file.',
      description: [
        'The operator `write_dl_model` writes a model to a file. The ending `.onnx` selects ONNX, everything else the ' +
          'format `.hdl`, which also keeps the parameters of training. Parameters of the runtime are not written. An ' +
          'existing file is replaced only after the new one is complete.',
      ],
      inputControls: [
        model(),
        control('FileName', 'filename.write', ['string'], 'Filename of the deep learning model.'),
      ],
      classes: [instance('HDlModel')],
      longRunning: true,
      predecessors: ['train_dl_model_batch', 'gen_dl_pruned_model', 'set_dl_model_param'],
      alternatives: ['serialize_dl_model'],
      seeAlso: ['read_dl_model'],
      errors: [
        error(7781, 'the file cannot be written'),
        error(7803, 'the model cannot be expressed in ONNX'),
      ],
    },
    {
      name: 'serialize_dl_model',
      brief: 'Serialize a deep learning model.',
      description: [
        'The operator `serialize_dl_model` writes a model into a memory block, as `write_dl_model` into a file.',
      ],
      inputControls: [model()],
      outputControls: [handle('SerializedItemHandle', 'serialized_item', 'Handle of the serialized item.')],
      classes: [instance('HDlModel')],
      successors: ['deserialize_dl_model', 'get_serialized_item_ptr'],
      alternatives: ['write_dl_model'],
    },
    {
      name: 'deserialize_dl_model',
      brief: 'Deserialize a deep learning model.',
      description: [
        'The operator `deserialize_dl_model` makes a model from a memory block of `serialize_dl_model`.',
      ],
      inputControls: [handle('SerializedItemHandle', 'serialized_item', 'Handle of the serialized item.')],
      outputControls: [model()],
      classes: [result('HDlModel')],
      predecessors: ['serialize_dl_model', 'create_serialized_item_ptr'],
      alternatives: ['read_dl_model'],
      errors: [
        error(9580, 'the block is not a serialized model'),
        error(7782, 'the block was written by a newer version'),
      ],
    },
    {
      name: 'clear_dl_model',
      brief: 'Clear a deep learning model.',
      description: [
        'The operator `clear_dl_model` frees models at once. It is not needed for memory to be freed: the last ' +
          'reference to a handle does that.',
      ],
      inputControls: [model({ multivalue: 'optional', modified: true })],
      classes: [instance('HDlModel'), array('HDlModel')],
      predecessors: ['read_dl_model'],
      alternatives: ['clear_handle'],
    },
    {
      name: 'get_dl_model_param',
      brief: 'Return the parameters of a deep learning model.',
      description: [
        'The operator `get_dl_model_param` returns the value of a parameter of the model: ' +
          kModelParameters
            .filter((name) => !kSetOnly.has(name))
            .map((name) => `\`'${name}'\``)
            .join(', ') +
          '.',
        "`'summary'` returns one line of text per layer with its number, name, type, output shape and inputs; " +
          "`'num_trainable_params'` the number of weights that training changes; `'gpu'` is always 0, and " +
          "`'min_version'` the lowest version of the library that reads the model.",
        "Beyond the documented ones: `'num_classes'`, `'num_params'` (weights and running statistics), `'macs'` (per " +
          "sample), `'layer_names'`, `'layers'` (JSON; `params` counts what training changes), `'distillation_weight'`, " +
          "`'distillation_temperature'`.",
      ],
      inputControls: [
        model(),
        { ...parameterName, suggested: kModelParameters.filter((name) => !kSetOnly.has(name)) },
      ],
      outputControls: [
        control(
          'GenParamValue',
          'attribute.value',
          ['integer', 'string', 'real', 'handle'],
          'Value of the generic parameter.',
          {
            multivalue: 'true',
          },
        ),
      ],
      classes: [instance('HDlModel')],
      predecessors: ['read_dl_model', 'set_dl_model_param'],
      successors: ['set_dl_model_param', 'apply_dl_model', 'train_dl_model_batch'],
      seeAlso: ['set_dl_model_param'],
      errors: [error(7911, 'the parameter is unknown'), error(7788, 'the model does not have the parameter')],
    },
    {
      name: 'set_dl_model_param',
      brief: 'Set the parameters of a deep learning model.',
      description: [
        'The operator `set_dl_model_param` changes a parameter of the model: ' +
          kModelParameters
            .filter((name) => !kGetOnly.has(name))
            .map((name) => `\`'${name}'\``)
            .join(', ') +
          '.',
        "`'type'` can be set once, on a model whose type is `'generic'`. Layers are always merged and images can always " +
          "be resized where the network allows it: `'fuse_bn_relu'`, `'fuse_conv_relu'` and `'enable_resizing'` take " +
          "`'true'` only, as `'gpu'` takes 0 and `'image_num_channels'` the number that the network has.",
        "Beyond the documented ones: `'teacher'` (a model, or `[]`), `'distillation_weight'`, " +
          "`'distillation_temperature'`, and `'precision'` (`'float32'`, `'bfloat16'`) for inference.",
      ],
      inputControls: [
        model({ modified: true }),
        {
          ...parameterName,
          default: 'learning_rate',
          suggested: kModelParameters.filter((name) => !kGetOnly.has(name)),
        },
        control(
          'GenParamValue',
          'attribute.value',
          ['integer', 'real', 'string', 'handle'],
          'Value to be set.',
          {
            multivalue: 'optional',
            emptyAllowed: true,
            default: 0.001,
            defaultType: 'real',
          },
        ),
      ],
      classes: [instance('HDlModel')],
      predecessors: ['read_dl_model', 'get_dl_model_param'],
      successors: ['train_dl_model_batch', 'apply_dl_model', 'create_dl_pruning'],
      seeAlso: ['get_dl_model_param'],
      errors: [
        error(7911, 'the parameter is unknown or cannot be set'),
        error(7914, 'the value is not allowed'),
        error(7724, 'a number of channels other than 1 and 3'),
        error(7725, 'the network does not allow another number of channels'),
        error(7774, 'the network does not allow another number of classes'),
        error(7775, 'the network does not allow another image size'),
        error(7792, 'a class id is given twice'),
        error(7793, 'a class id is negative'),
        error(7795, 'the type was set before'),
        error(7799, "'batch_size_multiplier' is not positive"),
        error(7840, "'solver_type' is unknown"),
        error(7913, 'the runtime is not available'),
        error(7916, 'the model is converted and the parameter is fixed'),
      ],
    },
    {
      name: 'apply_dl_model',
      brief: 'Apply a deep learning model to samples.',
      description: [
        'The operator `apply_dl_model` runs the model on any number of samples and returns one result dictionary per ' +
          "sample (none for the empty tuple). The samples are processed in batches of `'batch_size'`.",
        'With `Outputs` = `[]` a result holds the default outputs of the type of the model; for a classifier these ' +
          'are `classification_class_ids`, `classification_class_names` and `classification_confidences` in order of ' +
          'descending confidence. Otherwise `Outputs` names layers whose outputs are returned under their names.',
      ],
      inputControls: [
        model(),
        batch({ description: 'Samples: every entry is a DLSample dictionary.', emptyAllowed: true }),
        string('Outputs', 'Names of the activations which will be returned in each single DLResult.', {
          multivalue: 'true',
          default: [],
        }),
      ],
      outputControls: [
        dict('DLResultBatch', 'Result data: one DLResult dictionary per sample.', { multivalue: 'true' }),
      ],
      classes: [instance('HDlModel')],
      longRunning: true,
      predecessors: ['read_dl_model', 'train_dl_model_batch', 'gen_dl_pruned_model'],
      errors: [
        ...sampleErrors,
        error(7735, 'an image does not have the size of the input'),
        error(7785, 'an output is no layer of the model, or has no row per sample'),
      ],
    },
    {
      name: 'train_dl_model_batch',
      module: 'Deep Learning Training',
      brief: 'Train a deep learning model.',
      description: [
        'The operator `train_dl_model_batch` performs one update of the weights from the given samples, whose number ' +
          "is `'batch_size'` · `'batch_size_multiplier'`. The solver is set by `'solver_type'`, `'learning_rate'`, " +
          "`'momentum'` and `'weight_prior'`.",
        'The dictionary `DLTrainResult` holds `total_loss` and one entry per further loss of the model.',
      ],
      inputControls: [model({ modified: true }), batch()],
      outputControls: [dict('DLTrainResult', 'Dictionary with the train result data.')],
      classes: [instance('HDlModel')],
      longRunning: true,
      predecessors: ['read_dl_model', 'set_dl_model_param', 'get_dl_model_param'],
      successors: ['apply_dl_model', 'write_dl_model'],
      errors: [
        ...sampleErrors,
        ...trainingErrors,
        error(7720, 'the loss is no longer a finite number'),
        error(7784, "the number of samples is not 'batch_size'"),
        error(7800, "the number of samples is not 'batch_size' · 'batch_size_multiplier'"),
        error(7912, 'the type of the model cannot be trained by this operator'),
      ],
    },
  ],
);

export { batch, model, sampleErrors, trainingErrors };
