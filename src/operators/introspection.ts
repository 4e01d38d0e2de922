// The operator table seen from outside.
import { chapter, control, error, integer, statically, string } from './build.js';
import type { Parameter } from './types.js';

export const kOperatorSlots = [
  'short',
  'abstract',
  'chapter',
  'keywords',
  'module',
  'parallelization',
  'predecessor',
  'successor',
  'alternatives',
  'see_also',
  'result_state',
  'references',
];
export const kParameterSlots = [
  'description',
  'parameter_class',
  'type_list',
  'default_type',
  'sem_type',
  'default_value',
  'modified',
  'multivalue',
  'multichannel',
  'mixed_type',
  'values',
  'value_list',
  'valuemin',
  'valuemax',
];

const operatorName = control('OperatorName', 'proc_name', ['string'], 'Name of the operator.', {
  default: 'get_operator_info',
});
const names = (name: string, description: string, extra: Partial<Parameter> = {}) =>
  string(name, description, { multivalue: 'true', ...extra });
const unknownOperator = error(8000, 'there is no such operator');

export const introspectionOperators = chapter(
  {
    chapter: 'System / Information',
    module: 'Foundation',
    keywords: ['information', 'operator'],
    classes: [statically('HInfo')],
  },
  [
    {
      name: 'get_operator_name',
      brief: 'Get operators with the given string as a substring of their name.',
      description: [
        'The operator `get_operator_name` returns all operators whose name contains `Pattern`, sorted.',
      ],
      inputControls: [string('Pattern', 'Substring of the searched names; empty: all.', { default: 'info' })],
      outputControls: [names('OperatorNames', 'Detected operator names.')],
      successors: ['get_operator_info', 'get_param_names'],
    },
    {
      name: 'get_operator_info',
      brief: 'Get information concerning an operator.',
      description: [
        'The operator `get_operator_info` returns one piece of the documentation of an operator. ' +
          '`query_operator_info` returns the names of all slots.',
      ],
      inputControls: [
        operatorName,
        string('Slot', 'Desired information.', { default: 'abstract', suggested: kOperatorSlots }),
      ],
      outputControls: [
        string('Information', 'Information; empty if there is none.', { multivalue: 'optional' }),
      ],
      predecessors: ['get_operator_name', 'query_operator_info'],
      errors: [unknownOperator, error(1302, 'there is no such slot')],
    },
    {
      name: 'query_operator_info',
      brief: 'Query slots concerning information with relation to the operator get_operator_info.',
      description: ['The operator `query_operator_info` returns the slots of `get_operator_info`.'],
      outputControls: [names('Slots', 'Slot names.')],
      successors: ['get_operator_info'],
    },
    {
      name: 'get_param_names',
      brief: 'Get the names of the parameters of an operator.',
      description: [
        'The operator `get_param_names` returns the names of the parameters, one tuple per class.',
      ],
      inputControls: [operatorName],
      outputControls: [
        names('InpObjPar', 'Names of the input objects.'),
        names('OutpObjPar', 'Names of the output objects.'),
        names('InpCtrlPar', 'Names of the input control parameters.'),
        names('OutpCtrlPar', 'Names of the output control parameters.'),
      ],
      returnsFirst: false,
      successors: ['get_param_info', 'get_param_types'],
      errors: [unknownOperator],
    },
    {
      name: 'get_param_num',
      brief: 'Get number of the different parameter classes of an operator.',
      description: [
        'The operator `get_param_num` returns how many parameters of each class an operator has.',
      ],
      inputControls: [operatorName],
      outputControls: [
        string('CName', 'Name of the C function.'),
        integer('InpObjPar', 'Number of the input object parameters.'),
        integer('OutpObjPar', 'Number of the output object parameters.'),
        integer('InpCtrlPar', 'Number of the input control parameters.'),
        integer('OutpCtrlPar', 'Number of the output control parameters.'),
        string('Type', "'system': an operator of the library."),
      ],
      successors: ['get_param_names', 'get_param_types'],
      errors: [unknownOperator],
    },
    {
      name: 'get_param_types',
      brief: 'Get default data type for the control parameters of an operator.',
      description: [
        "The operator `get_param_types` returns `'integer'`, `'real'`, `'string'` or `'none'` per control parameter: its " +
          "type in the simple form of C, `'none'` if it has none there.",
      ],
      inputControls: [operatorName],
      outputControls: [
        names('InpCtrlParType', 'Default types of the input control parameters.'),
        names('OutpCtrlParType', 'Default types of the output control parameters.'),
      ],
      predecessors: ['get_param_names'],
      errors: [unknownOperator],
    },
    {
      name: 'get_param_info',
      brief: "Get information concerning the operator's parameters.",
      description: [
        'The operator `get_param_info` returns one piece of the documentation of a parameter. `query_param_info` returns ' +
          'the names of all slots.',
      ],
      inputControls: [
        operatorName,
        string('ParamName', 'Name of the parameter.', { default: 'Slot' }),
        string('Slot', 'Desired information.', { default: 'description', suggested: kParameterSlots }),
      ],
      outputControls: [
        string('Information', 'Information; empty if there is none.', { multivalue: 'optional' }),
      ],
      predecessors: ['get_param_names', 'query_param_info'],
      errors: [
        unknownOperator,
        error(1302, 'the operator has no such parameter'),
        error(1303, 'there is no such slot'),
      ],
    },
    {
      name: 'query_param_info',
      brief: 'Query slots of the online information.',
      description: ['The operator `query_param_info` returns the slots of `get_param_info`.'],
      outputControls: [names('Slots', 'Slot names.')],
      successors: ['get_param_info'],
    },
    {
      name: 'get_keywords',
      brief: 'Get keywords which are assigned to operators.',
      description: ['The operator `get_keywords` returns the keywords of an operator.'],
      inputControls: [operatorName],
      outputControls: [names('Keywords', 'Keywords for the operator.')],
      successors: ['search_operator'],
      errors: [unknownOperator],
    },
    {
      name: 'search_operator',
      brief: 'Search names of all operators assigned to one keyword.',
      description: ['The operator `search_operator` returns the operators that have a keyword, sorted.'],
      inputControls: [string('Keyword', 'Keyword for which corresponding operators are searched.')],
      outputControls: [names('OperatorNames', 'Operators whose keywords contain the keyword.')],
      predecessors: ['get_keywords'],
      successors: ['get_operator_info'],
    },
    {
      name: 'get_chapter_info',
      brief: 'Get information concerning the chapters on operators.',
      description: [
        'The operator `get_chapter_info` returns the parts of a chapter: subchapters, then operators. The chapter is given ' +
          'by the names on the way to it; the empty tuple stands for the whole reference.',
      ],
      inputControls: [names('Chapter', 'Names on the way to the chapter.', { default: [] })],
      outputControls: [names('Info', 'Subchapters and operators.')],
      successors: ['get_operator_info'],
      errors: [error(1301, 'there is no such chapter')],
    },
  ],
);
