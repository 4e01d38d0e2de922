// Serialised items: memory blocks that hold a handle, a tuple or an object.
import {
  any,
  chapter,
  constructor,
  control,
  error,
  handle,
  instance,
  integer,
  object,
  result,
  string,
} from './build.js';
import type { Parameter } from './types.js';

const item = (name = 'SerializedItemHandle', extra: Partial<Parameter> = {}) =>
  handle(name, 'serialized_item', 'Handle of the serialized item.', { defaultType: 'integer', ...extra });
const noItem = error(9580, 'the block is not a serialized item of this kind');
const damaged = error(9581, 'the block ends too early');

export const serializationOperators = chapter(
  { chapter: 'System / Serialization', module: 'Foundation', keywords: ['serialization'] },
  [
    {
      name: 'serialize_handle',
      brief: 'Serialize the content of a handle.',
      description: ['The operator `serialize_handle` writes what is behind a handle into a memory block.'],
      inputControls: [
        handle('Handle', 'handle', 'Handle that should be serialized.', { defaultType: 'integer' }),
      ],
      outputControls: [item('SerializedItem')],
      classes: [instance('HHandle')],
      seeAlso: ['deserialize_handle', 'get_serialized_item_ptr'],
      errors: [error(2455, 'handles of this type cannot be serialized')],
    },
    {
      name: 'deserialize_handle',
      brief: 'Deserialize a serialized item.',
      description: ['The operator `deserialize_handle` makes a handle of the type that was serialized.'],
      inputControls: [item('SerializedItem')],
      outputControls: [
        handle('Handle', 'handle', 'Handle containing the deserialized item.', { defaultType: 'integer' }),
      ],
      classes: [result('HHandle')],
      seeAlso: ['serialize_handle'],
      errors: [noItem, damaged],
    },
    {
      name: 'serialize_tuple',
      brief: 'Serialize a tuple.',
      description: ['The operator `serialize_tuple` writes a tuple into a memory block.'],
      inputControls: [any('Tuple', 'Tuple to be serialized.', { defaultType: 'real' })],
      outputControls: [item('SerializedItemHandle')],
      classes: [instance('HTuple')],
      seeAlso: ['deserialize_tuple'],
      errors: [error(2455, 'a contained handle cannot be serialized')],
    },
    {
      name: 'deserialize_tuple',
      brief: 'Deserialize a serialized tuple.',
      description: ['The operator `deserialize_tuple` makes the tuple that was serialized.'],
      inputControls: [item()],
      outputControls: [any('Tuple', 'Tuple.', { defaultType: 'real' })],
      classes: [{ name: 'HTuple', role: 'static', constructs: false }],
      seeAlso: ['serialize_tuple'],
      errors: [noItem, damaged],
    },
    {
      name: 'serialize_object',
      brief: 'Serialize an iconic object.',
      description: ['The operator `serialize_object` writes an object tuple into a memory block.'],
      inputObjects: [object('Objects', 'object', 'Iconic objects to be serialized.')],
      outputControls: [item()],
      classes: [instance('HObject')],
      seeAlso: ['deserialize_object'],
    },
    {
      name: 'deserialize_object',
      brief: 'Deserialize a serialized iconic object.',
      description: ['The operator `deserialize_object` makes the object tuple that was serialized.'],
      inputControls: [item()],
      outputObjects: [object('Objects', 'object', 'Iconic objects.')],
      classes: [result('HObject')],
      seeAlso: ['serialize_object'],
      errors: [noItem, damaged],
    },
    {
      name: 'clear_all_serialized_items',
      brief: 'Delete all current existing serialized items.',
      description: [
        'The operator `clear_all_serialized_items` frees the memory of all serialized items, whoever holds a reference to ' +
          'them.',
      ],
      classes: [{ name: 'HSystem', role: 'static', constructs: false }],
      alternatives: ['clear_serialized_item', 'clear_handle'],
    },
    {
      name: 'create_serialized_item_ptr',
      brief: 'Create a serialized item from a memory block.',
      description: [
        'The operator `create_serialized_item_ptr` makes a serialized item of `Size` bytes at `Pointer`. With `Copy` ' +
          "= `'true'` the bytes are copied; with `'false'` the memory must outlive the item.",
      ],
      inputControls: [
        control('Pointer', 'pointer', ['integer'], 'Data pointer of the serialized item.'),
        integer('Size', 'Size of the serialized item.', { min: 0 }),
        string('Copy', 'Copy mode of the serialized item.', { default: 'true', values: ['true', 'false'] }),
      ],
      outputControls: [item()],
      classes: [constructor('HSerializedItem')],
      successors: ['deserialize_handle', 'deserialize_tuple', 'deserialize_dl_model'],
      seeAlso: ['get_serialized_item_ptr'],
      errors: [error(1301, 'the pointer is null')],
    },
    {
      name: 'get_serialized_item_ptr',
      brief: 'Access the data pointer of a serialized item.',
      description: [
        'The operator `get_serialized_item_ptr` returns address and size of the memory block. The memory belongs to ' +
          'the item.',
      ],
      inputControls: [item()],
      outputControls: [
        control('Pointer', 'pointer', ['integer'], 'Data pointer of the serialized item.'),
        integer('Size', 'Size of the serialized item.'),
      ],
      classes: [instance('HSerializedItem')],
      predecessors: ['serialize_handle', 'serialize_tuple', 'serialize_dl_model'],
      seeAlso: ['create_serialized_item_ptr'],
    },
    {
      name: 'clear_serialized_item',
      brief: 'Delete a serialized item.',
      description: ['The operator `clear_serialized_item` frees the memory of serialized items.'],
      inputControls: [item('SerializedItemHandle', { multivalue: 'optional', modified: true })],
      classes: [instance('HSerializedItem'), { name: 'HSerializedItem', role: 'array', constructs: false }],
      alternatives: ['clear_handle'],
    },
  ],
);
