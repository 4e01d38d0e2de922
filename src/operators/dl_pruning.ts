// Pruning: score the kernels of a network on samples and generate a smaller network.
import { chapter, constructor, control, dict, error, handle, instance, string } from './build.js';
import { batch, model, sampleErrors, trainingErrors } from './dl_model.js';

const pruning = (extra = {}) => handle('DLPruningHandle', 'dl_pruning', 'Pruning data handle.', extra);
const reference =
  'Pavlo Molchanov, Stephen Tyree, Tero Karras, Timo Aila, Jan Kautz "Pruning Convolutional Neural Networks for ' +
  'Resource Efficient Inference", ICLR 2017, 5th International Conference on Learning Representations, Toulon, France.';
const wrongData = error(7980, 'the pruning data does not fit the model');
const wrongType = error(7912, 'the operator does not support the type of the model');

export const kPruningSettable = [
  'mode',
  'percentage',
  'criterion',
  'loss',
  'normalization',
  'ranking',
  'flops_regularization',
  'target',
  'target_value',
  'round_to',
  'min_kernels',
  'max_layer_percentage',
  'exclude_layers',
  'include_layers',
  'recalibrate',
  'reconstruct',
  'random_seed',
  'precision',
];
export const kPruningReadable = [
  'mode',
  'percentage',
  'prunable_conv_num',
  'prunable_conv_layer_name',
  'prunable_kernel_num',
  'pruned_kernel_num',
  'pruned_percentage',
  ...kPruningSettable.slice(2),
  'kernel_scores',
  'kernel_layers',
  'kernel_indices',
  'group_ids',
  'unprunable_layer_name',
  'unprunable_reason',
  'macs',
  'params',
  'macs_pruned',
  'params_pruned',
  'sample_num',
  'target_asked',
  'target_reached',
  'latency_ms',
  'report',
];

export const dlPruningOperators = chapter(
  {
    chapter: 'Deep Learning / Pruning',
    module: 'Deep Learning Training',
    keywords: ['deep learning', 'pruning'],
  },
  [
    {
      name: 'create_dl_pruning',
      brief: 'Create a pruning data handle.',
      description: [
        'The operator `create_dl_pruning` creates a handle `DLPruningHandle`. This handle is used to pass information ' +
          'when pruning a deep learning model.',
        '`Mode` specifies the pruning method. The mode implies what will be removed and also which scores are needed. ' +
          "Currently only the mode `'oracle'` is implemented: kernels of convolution layers are removed. In order to " +
          'do so, a score is calculated for every (potentially removable) kernel, indicating its importance within ' +
          'the given network for the images used. See the given reference for details.',
        '`GenParam` is a dictionary for setting generic parameters. Currently no generic parameters are supported.',
      ],
      inputControls: [
        model(),
        string('Mode', 'Pruning method.', { default: 'oracle', values: ['oracle'] }),
        dict('GenParam', 'Dictionary with generic parameters.', { default: [] }),
      ],
      outputControls: [pruning()],
      classes: [instance('HDlModel'), constructor('HDlPrune')],
      predecessors: ['read_dl_model'],
      successors: ['get_dl_pruning_param', 'set_dl_model_param'],
      seeAlso: ['add_dl_pruning_batch', 'set_dl_pruning_param', 'gen_dl_pruned_model'],
      references: [reference],
      errors: [
        error(7911, 'GenParam has an entry; none is supported'),
        wrongType,
        error(7917, 'the model is converted and can only be applied'),
        error(7981, 'no convolution of the network can be pruned'),
      ],
    },
    {
      name: 'add_dl_pruning_batch',
      brief: 'Calculate scores to prune a deep learning model.',
      description: [
        'The operator `add_dl_pruning_batch` computes the scores of all removable kernels of the model on the samples ' +
          '`DLSampleBatch` and adds them to those already in `DLPruningHandle`: the final score is the mean over all ' +
          'samples seen, however they were split into batches. The samples are those of training, with their labels.',
        'The model is not changed: neither its weights nor the running statistics of its normalisations.',
      ],
      inputControls: [model({}, 'DLModelHandleToPrune'), pruning({ modified: true }), batch()],
      classes: [instance('HDlModel'), instance('HDlPrune')],
      longRunning: true,
      predecessors: ['create_dl_pruning', 'set_dl_pruning_param'],
      successors: ['gen_dl_pruned_model', 'get_dl_pruning_param'],
      references: [reference],
      errors: [wrongData, wrongType, ...sampleErrors, ...trainingErrors],
    },
    {
      name: 'get_dl_pruning_param',
      brief: 'Return information about the pruning of a deep learning model.',
      description: [
        "The operator `get_dl_pruning_param` returns the value of a parameter of the pruning handle. `'mode'` and " +
          "`'percentage'` are those that `set_dl_pruning_param` sets. `'prunable_conv_num'`, " +
          "`'prunable_conv_layer_name'` and `'prunable_kernel_num'` tell how many convolution layers can be pruned, " +
          'which these are, and how many kernels can be removed in all; every pruned convolution keeps at least one. ' +
          "`'pruned_kernel_num'` and `'pruned_percentage'` tell what `gen_dl_pruned_model` has removed.",
        "Extensions, which only this implementation has: the settings of `set_dl_pruning_param`, `'kernel_scores'` " +
          "and `'kernel_layers'` (score and layer of every removable kernel), `'group_ids'` (kernels that leave " +
          "together have the same number), `'unprunable_layer_name'` and `'unprunable_reason'`, `'macs'`, " +
          "`'params'`, `'macs_pruned'`, `'params_pruned'` and `'report'` (all of it as JSON).",
      ],
      inputControls: [
        pruning(),
        control('GenParamName', 'attribute.name', ['string'], 'Name of the generic parameter.', {
          default: 'prunable_conv_num',
          suggested: kPruningReadable,
        }),
      ],
      outputControls: [
        control(
          'GenParamValue',
          'attribute.value',
          ['string', 'real', 'integer'],
          'Value of the generic parameter.',
          {
            multivalue: 'true',
          },
        ),
      ],
      classes: [instance('HDlPrune')],
      predecessors: ['create_dl_pruning'],
      successors: ['set_dl_pruning_param', 'add_dl_pruning_batch', 'gen_dl_pruned_model'],
      seeAlso: ['set_dl_pruning_param'],
      errors: [error(7911, 'the parameter is unknown')],
    },
    {
      name: 'set_dl_pruning_param',
      brief: 'Set parameters of the pruning of a deep learning model.',
      description: [
        "The operator `set_dl_pruning_param` sets `'mode'` (see `create_dl_pruning`) or `'percentage'`: how much is to " +
          'be removed, in percent of the kernels that can be removed, an integer or real in 0 … 100.',
        "Extensions, which only this implementation has: `'criterion'`, `'normalization'` and " +
          "`'flops_regularization'` decide how kernels are scored; `'target'` and `'target_value'`, `'round_to'`, " +
          "`'min_kernels'`, `'max_layer_percentage'`, `'exclude_layers'` and `'include_layers'` decide which leave; " +
          "`'loss'`, `'ranking'`, `'recalibrate'`, `'reconstruct'`, `'random_seed'` and `'precision'` are described in " +
          'the guide.',
      ],
      inputControls: [
        pruning({ modified: true }),
        control('GenParamName', 'attribute.name', ['string'], 'Name of the generic parameter.', {
          default: 'percentage',
          suggested: kPruningSettable,
        }),
        control('GenParamValue', 'attribute.value', ['string', 'real', 'integer'], 'Value to be set.', {
          multivalue: 'optional',
          emptyAllowed: true,
          default: 10,
          defaultType: 'real',
        }),
      ],
      classes: [instance('HDlPrune')],
      predecessors: ['create_dl_pruning'],
      successors: ['add_dl_pruning_batch', 'gen_dl_pruned_model'],
      seeAlso: ['get_dl_pruning_param'],
      errors: [
        error(7911, 'the parameter is unknown or cannot be set'),
        error(7914, 'the value is not allowed'),
      ],
    },
    {
      name: 'gen_dl_pruned_model',
      brief: 'Prune a deep learning model.',
      description: [
        'The operator `gen_dl_pruned_model` copies the model and removes kernels from the copy, those with the lowest ' +
          "scores first, as many as `'percentage'` asks for. With the kernels leave all weights that read or write " +
          'their feature maps. The input model stays as it is.',
        "The scores stay in the handle: set another `'percentage'` and generate again from the same model. The " +
          'accuracy that was lost is won back by training the pruned model further. To prune the result again, create ' +
          'a new handle for it.',
      ],
      inputControls: [model({}, 'DLModelHandleToPrune'), pruning({ modified: true })],
      outputControls: [
        handle('DLModelHandlePruned', 'dl_model', 'Handle of the pruned deep learning model.'),
      ],
      classes: [instance('HDlModel')],
      longRunning: true,
      predecessors: ['add_dl_pruning_batch'],
      successors: ['train_dl_model_batch', 'apply_dl_model', 'write_dl_model'],
      references: [reference],
      errors: [
        { ...wrongData, when: 'the pruning data does not fit the model, or no batch was added' },
        wrongType,
        error(7917, 'the model is converted and can only be applied'),
      ],
    },
  ],
);
