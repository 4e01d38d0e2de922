// Dictionaries: unique keys (strings or integers) that hold a tuple or an iconic object each.
import {
  any,
  array,
  chapter,
  constructor,
  control,
  dict,
  error,
  genericParameters,
  instance,
  object,
  result,
  string,
} from './build.js';
import type { Parameter } from './types.js';

const dictHandle = (extra = {}) => dict('DictHandle', 'Dictionary handle.', extra);
const key = (extra: Partial<Parameter> = {}) =>
  control('Key', 'string', ['string', 'integer'], 'Key string or integer.', {
    multivalue: 'optional',
    defaultType: 'string',
    ...extra,
  });
const jsonPrimitives = ['json_value_true', 'json_value_false', 'json_value_null'];
const notSerializable = 'raise_error_if_content_not_serializable';

export const dictOperators = chapter(
  { chapter: 'Tuple / Dictionary', module: 'Foundation', keywords: ['dictionary'] },
  [
    {
      name: 'create_dict',
      brief: 'Create a new empty dictionary.',
      description: [
        'The operator `create_dict` makes an empty dictionary and returns its handle in `DictHandle`.',
        'A dictionary maps unique keys, strings or integers, to tuples or iconic objects. Handles that are stored in ' +
          'a dictionary are references; everything else is copied in and out. The dictionary is freed with the last ' +
          'reference to its handle.',
      ],
      outputControls: [dictHandle()],
      classes: [constructor('HDict')],
      successors: ['set_dict_tuple', 'set_dict_object', 'get_dict_tuple', 'get_dict_object'],
      seeAlso: ['copy_dict', 'read_dict', 'json_to_dict'],
    },
    {
      name: 'set_dict_tuple',
      brief: 'Add a key/tuple pair to a dictionary.',
      description: [
        'The operator `set_dict_tuple` stores a copy of `Tuple` under `Key`. What the key held before, tuple or ' +
          'object, is dropped. The empty tuple is a value like any other.',
      ],
      inputControls: [
        dictHandle({ modified: true }),
        key(),
        any('Tuple', 'Tuple value to be stored in the dictionary.'),
      ],
      classes: [instance('HDict')],
      predecessors: ['create_dict'],
      successors: ['get_dict_tuple', 'get_dict_param'],
      seeAlso: ['set_dict_object', 'set_dict_tuple_at', 'remove_dict_key'],
    },
    {
      name: 'get_dict_tuple',
      brief: 'Retrieve a tuple from a dictionary.',
      description: [
        'The operator `get_dict_tuple` returns a copy of the tuple stored under `Key`. It fails if the key is ' +
          'missing or holds an object.',
      ],
      inputControls: [dictHandle(), key()],
      outputControls: [any('Tuple', 'Tuple value retrieved from the dictionary.')],
      classes: [instance('HDict')],
      predecessors: ['set_dict_tuple'],
      seeAlso: ['get_dict_object', 'get_dict_param'],
      errors: [
        error(2894, 'the key is not in the dictionary'),
        error(2460, 'the key holds an iconic object'),
      ],
    },
    {
      name: 'set_dict_tuple_at',
      brief: 'Change elements of a tuple that is stored in a dictionary.',
      description: [
        'The operator `set_dict_tuple_at` writes `Value` to the elements `Index` (from 0) of the tuple stored under ' +
          '`Key`. One value is written to all given positions; otherwise there are as many values as indices.',
      ],
      inputControls: [
        dictHandle({ modified: true }),
        key({ multivalue: 'false' }),
        control('Index', 'integer', ['integer'], 'Index of the elements to be replaced.', {
          multivalue: 'true',
          emptyAllowed: false,
        }),
        any('Value', 'Values to be written.', { emptyAllowed: false }),
      ],
      classes: [instance('HDict')],
      predecessors: ['set_dict_tuple'],
      errors: [
        error(2894, 'the key is not in the dictionary'),
        error(2460, 'the key holds an iconic object'),
        error(2897, 'an index is outside the stored tuple'),
      ],
    },
    {
      name: 'set_dict_object',
      brief: 'Add a key/object pair to a dictionary.',
      description: [
        'The operator `set_dict_object` stores the iconic object `Object` (or object tuple) under `Key`. What the ' +
          'key held before is dropped.',
      ],
      inputObjects: [object('Object', 'object', 'Object to be stored in the dictionary.')],
      inputControls: [dictHandle({ modified: true }), key()],
      classes: [instance('HDict')],
      predecessors: ['create_dict'],
      successors: ['get_dict_object', 'get_dict_param'],
      seeAlso: ['set_dict_tuple', 'remove_dict_key'],
    },
    {
      name: 'get_dict_object',
      brief: 'Retrieve an iconic object from a dictionary.',
      description: [
        'The operator `get_dict_object` returns the object stored under `Key`. It fails if the key is missing or ' +
          'holds a tuple.',
      ],
      outputObjects: [object('Object', 'object', 'Object retrieved from the dictionary.')],
      inputControls: [dictHandle(), key()],
      classes: [instance('HDict')],
      predecessors: ['set_dict_object'],
      seeAlso: ['get_dict_tuple', 'get_dict_param'],
      errors: [error(2894, 'the key is not in the dictionary'), error(2461, 'the key holds a tuple')],
    },
    {
      name: 'get_dict_param',
      brief: 'Query information about a dictionary.',
      description: [
        "The operator `get_dict_param` answers one question about a dictionary: `'keys'` returns all keys as " +
          "strings (`Key` is then the empty tuple); `'key_exists'` returns 1 or 0 per given key; `'key_data_type'` " +
          "returns `'tuple'` or `'object'` per given key. Results come in the order of the given keys.",
      ],
      inputControls: [
        dictHandle(),
        control('GenParamName', 'attribute.name', ['string'], 'Name of the query.', {
          default: 'keys',
          values: ['keys', 'key_exists', 'key_data_type'],
        }),
        key({
          default: [],
          emptyAllowed: true,
          description: 'Dictionary keys the query should be applied to.',
        }),
      ],
      outputControls: [
        control('GenParamValue', 'attribute.value', ['string', 'integer'], 'Results of the query.', {
          multivalue: 'true',
        }),
      ],
      classes: [instance('HDict')],
      predecessors: ['set_dict_tuple', 'set_dict_object'],
      successors: ['get_dict_tuple', 'get_dict_object', 'remove_dict_key'],
      errors: [error(2894, "'key_data_type': a key is not in the dictionary")],
    },
    {
      name: 'remove_dict_key',
      brief: 'Remove keys from a dictionary.',
      description: ['The operator `remove_dict_key` removes the given keys and what they hold.'],
      inputControls: [dictHandle({ modified: true }), key({ description: 'Keys to remove.' })],
      classes: [instance('HDict')],
      predecessors: ['set_dict_tuple', 'set_dict_object'],
      errors: [error(2894, 'a key is not in the dictionary')],
    },
    {
      name: 'copy_dict',
      brief: 'Copy a dictionary.',
      description: [
        'The operator `copy_dict` makes a deep copy: contained objects and the content of contained handles are ' +
          `copied, too. The generic parameter \`'${notSerializable}'\` decides what happens to a handle that cannot ` +
          "be copied: `'true'` (default) is an error, with `'low_level'` and `'false'` the copy holds a null handle " +
          'in its place.',
      ],
      inputControls: [dictHandle(), ...genericParameters([notSerializable])],
      outputControls: [dict('CopiedDictHandle', 'Copied dictionary handle.')],
      classes: [instance('HDict')],
      predecessors: ['create_dict'],
      seeAlso: ['serialize_handle'],
      errors: [
        error(2455, 'a contained handle cannot be copied'),
        error(2456, 'the dictionary contains itself'),
      ],
    },
    {
      name: 'dict_to_json',
      brief: 'Convert a dictionary to JSON.',
      description: [
        'The operator `dict_to_json` writes dictionaries as JSON text, one string per dictionary. A tuple of one ' +
          'element becomes a plain value, other tuples become arrays, nested dictionaries become objects. Iconic ' +
          'objects and other handles cannot be written; ' +
          `\`'${notSerializable}'\` decides whether they are an error (\`'true'\`) or left out (\`'false'\`).`,
      ],
      inputControls: [dictHandle({ multivalue: 'optional' }), ...genericParameters([notSerializable])],
      outputControls: [string('JsonString', 'JSON text.', { multivalue: 'optional' })],
      classes: [instance('HDict'), array('HDict')],
      alternatives: ['write_dict'],
      seeAlso: ['json_to_dict'],
      errors: [error(2455, 'an entry cannot be written as JSON')],
    },
    {
      name: 'json_to_dict',
      brief: 'Convert JSON to a dictionary.',
      description: [
        'The operator `json_to_dict` reads JSON text whose outermost value is an object, one dictionary per string. ' +
          'Arrays of plain values become tuples, objects become nested dictionaries, `true` and `false` become 1 ' +
          'and 0, and `null` becomes the empty tuple; the generic parameters ' +
          `${jsonPrimitives.map((name) => `\`'${name}'\``).join(', ')} set other values.`,
      ],
      inputControls: [
        string('JsonString', 'JSON text.', { multivalue: 'optional' }),
        ...genericParameters(jsonPrimitives),
      ],
      outputControls: [dictHandle({ multivalue: 'optional' })],
      classes: [result('HDict'), array('HDict')],
      alternatives: ['read_dict'],
      seeAlso: ['dict_to_json'],
    },
    {
      name: 'read_dict',
      brief: 'Read a dictionary from a file.',
      description: [
        "The operator `read_dict` reads a dictionary from a file in the format `'hdict'` or `'json'`. The generic " +
          "parameter `'file_type'` names the format; without it the ending of the file name decides, and if that " +
          "says nothing, `'hdict'` is assumed. " +
          `${jsonPrimitives.map((name) => `\`'${name}'\``).join(', ')}: see \`json_to_dict\`.`,
      ],
      inputControls: [
        control('FileName', 'filename.read', ['string'], 'File name.'),
        ...genericParameters(['file_type', ...jsonPrimitives]),
      ],
      outputControls: [dictHandle()],
      classes: [result('HDict', true)],
      successors: ['get_dict_tuple', 'get_dict_object'],
      seeAlso: ['write_dict'],
      errors: [error(5200, 'the file does not exist'), error(5250, 'the file cannot be read')],
    },
    {
      name: 'write_dict',
      brief: 'Write a dictionary to a file.',
      description: [
        "The operator `write_dict` writes a dictionary in the format `'hdict'` or `'json'`, chosen by the generic " +
          "parameter `'file_type'` or by the ending of the file name. JSON holds neither objects nor handles other " +
          `than dictionaries. With \`'${notSerializable}'\` = \`'false'\` such entries are left out (JSON) or stored ` +
          'as null handles (hdict) instead of being an error.',
      ],
      inputControls: [
        dictHandle(),
        control('FileName', 'filename.write', ['string'], 'File name.'),
        ...genericParameters(['file_type', notSerializable]),
      ],
      classes: [instance('HDict')],
      predecessors: ['set_dict_tuple', 'set_dict_object'],
      seeAlso: ['read_dict', 'dict_to_json'],
      errors: [error(2455, 'an entry cannot be written'), error(5212, 'the file cannot be written')],
    },
  ],
);
