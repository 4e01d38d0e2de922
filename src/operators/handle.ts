// Handles of every kind: clearing, state, semantic type, numbers for other interfaces.
import { any, chapter, control, error, instance, integer, handle, object, string } from './build.js';
import type { Parameter } from './types.js';

const handleIn = handle('HandleIn', 'handle', 'Handle to be examined.');
const key = (extra: Partial<Parameter> = {}) =>
  control('Key', 'tuple', ['string', 'integer'], 'Keys; several are a path through nested dictionaries.', {
    multivalue: 'optional',
    defaultType: 'none',
    ...extra,
  });
const several = { multivalue: 'true', defaultType: 'integer' } as const;

export const handleOperators = chapter(
  { chapter: 'System / Handle', module: 'Foundation', keywords: ['handle'] },
  [
    {
      name: 'clear_handle',
      brief: 'Clear the content of a handle.',
      description: [
        'The operator `clear_handle` frees what is behind the given handles, even while other references to them ' +
          'exist; these are then cleared handles, which every other operator refuses. It is not needed for ' +
          'memory to be freed: the last reference does that.',
      ],
      inputControls: [handle('Handle', 'handle', 'Handle to clear.', { ...several, modified: true })],
      classes: [instance('HHandle'), instance('HTuple')],
      seeAlso: ['tuple_is_valid_handle'],
    },
    {
      name: 'get_handle_param',
      brief: 'Query information about the data of a handle.',
      description: [
        'The operator `get_handle_param` answers the questions of `get_dict_param` about the data of any handle. Only ' +
          'dictionaries have entries.',
      ],
      inputControls: [
        handleIn,
        control('GenParamName', 'attribute.name', ['string'], 'Name of the query.', {
          default: 'keys',
          values: ['keys', 'key_exists', 'key_data_type'],
        }),
        key({ default: [], emptyAllowed: true }),
      ],
      outputControls: [
        control('GenParamValue', 'attribute.value', ['string', 'integer'], 'Results of the query.', {
          multivalue: 'true',
        }),
      ],
      seeAlso: ['get_dict_param', 'get_handle_tuple', 'get_handle_object'],
      errors: [error(2894, "'key_data_type': there is no such key")],
    },
    {
      name: 'get_handle_tuple',
      brief: 'Retrieve a tuple from the data of a handle.',
      description: [
        'The operator `get_handle_tuple` returns the tuple stored under `Key`. Only dictionaries have entries.',
      ],
      inputControls: [handleIn, key()],
      outputControls: [any('Tuple', 'Tuple retrieved from the handle.')],
      seeAlso: ['get_dict_tuple', 'get_handle_param'],
      errors: [error(2894, 'there is no such key'), error(2460, 'the key holds an iconic object')],
    },
    {
      name: 'get_handle_object',
      brief: 'Retrieve an iconic object from the data of a handle.',
      description: [
        'The operator `get_handle_object` returns the object stored under `Key`. Only dictionaries have entries.',
      ],
      inputControls: [handleIn, key()],
      outputObjects: [object('Object', 'object', 'Object retrieved from the handle.')],
      seeAlso: ['get_dict_object', 'get_handle_param'],
      errors: [error(2894, 'there is no such key'), error(2461, 'the key holds a tuple')],
    },
    {
      name: 'handle_to_integer',
      brief: 'Convert a handle into an integer.',
      description: [
        'The operator `handle_to_integer` returns numbers that stand for the given handles, for interfaces without a ' +
          'handle type. A number is valid as long as a reference to the handle exists.',
      ],
      inputControls: [handle('Handle', 'handle', 'The handle to be casted.', several)],
      outputControls: [
        integer('CastedHandle', 'The handle casted to an integer value.', {
          multivalue: 'true',
          defaultType: 'integer',
        }),
      ],
      seeAlso: ['integer_to_handle'],
    },
    {
      name: 'integer_to_handle',
      brief: 'Convert an integer into a handle.',
      description: ['The operator `integer_to_handle` returns the handles that the given numbers stand for.'],
      inputControls: [
        control('IntegerHandle', 'integer', ['integer', 'handle'], 'The handle as integer.', {
          ...several,
          mixed: true,
        }),
      ],
      outputControls: [handle('Handle', 'handle', 'The integer casted to a handle.', several)],
      seeAlso: ['handle_to_integer'],
      errors: [error(2451, 'the number stands for no handle')],
    },
    {
      name: 'tuple_is_valid_handle',
      chapter: 'Tuple / Type',
      brief: 'Check if a tuple contains valid handles.',
      description: [
        'The operator `tuple_is_valid_handle` returns 1 per element that is a handle and not cleared, else 0. For ' +
          'the empty tuple it returns the empty tuple.',
      ],
      inputControls: [any('T', 'Tuple with handles.', { defaultType: 'integer' })],
      outputControls: [
        integer('IsValid', 'Boolean value per element.', { multivalue: 'true', defaultType: 'integer' }),
      ],
      classes: [instance('HTuple'), instance('HHandle')],
      seeAlso: ['clear_handle', 'tuple_sem_type'],
    },
    {
      name: 'tuple_sem_type',
      chapter: 'Tuple / Type',
      brief: 'Return the semantic type of a tuple.',
      description: [
        "The operator `tuple_sem_type` returns the semantic type of the handles in a tuple, such as `'dl_model'`, if " +
          "they all have the same; `'handle'` if they differ, `'hnull'` for null handles, and `'any'` if there is " +
          'an element that is no handle, or none at all.',
      ],
      inputControls: [any('T', 'Input tuple.', { defaultType: 'integer' })],
      outputControls: [string('SemType', 'Semantic type of the input tuple as a string.')],
      classes: [instance('HTuple'), instance('HHandle')],
      seeAlso: ['tuple_is_valid_handle', 'tuple_sem_type_elem'],
    },
    {
      name: 'tuple_sem_type_elem',
      chapter: 'Tuple / Type',
      brief: 'Return the semantic type of the elements of a tuple.',
      description: [
        "The operator `tuple_sem_type_elem` returns the semantic type of every element; `'any'` for an element that " +
          'is no handle.',
      ],
      inputControls: [any('T', 'Input tuple.', { defaultType: 'integer' })],
      outputControls: [
        string('SemTypes', 'Semantic types of the elements as strings.', {
          multivalue: 'true',
          defaultType: 'string',
        }),
      ],
      classes: [instance('HTuple')],
      seeAlso: ['tuple_sem_type'],
    },
  ],
);
