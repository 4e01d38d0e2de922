// Iconic objects and tuples of them.
import { chapter, error, instance, integer, object, result, string } from './build.js';

const any = (name: string, description: string) => object(name, 'object', description);
const index = integer('Index', 'Index of the first object, counted from 1.', {
  multivalue: 'optional',
  default: 1,
  min: 1,
});
const classes = [instance('HObject')];

export const objectOperators = chapter(
  { chapter: 'Object / Manipulation', module: 'Foundation', keywords: ['object'], classes },
  [
    {
      name: 'gen_empty_obj',
      brief: 'Create an empty object tuple.',
      description: ['The operator `gen_empty_obj` returns an object tuple without objects.'],
      outputObjects: [any('EmptyObject', 'Empty object tuple.')],
      classes: [result('HObject')],
      seeAlso: ['concat_obj', 'count_obj'],
    },
    {
      name: 'concat_obj',
      brief: 'Concatenate two iconic object tuples.',
      description: [
        'The operator `concat_obj` returns the objects of `Objects1` followed by those of `Objects2`.',
      ],
      inputObjects: [any('Objects1', 'Object tuple 1.'), any('Objects2', 'Object tuple 2.')],
      outputObjects: [any('ObjectsConcat', 'Concatenated objects.')],
      seeAlso: ['count_obj', 'copy_obj', 'select_obj'],
    },
    {
      name: 'select_obj',
      brief: 'Select objects from an object tuple.',
      description: [
        'The operator `select_obj` returns the objects at the given indices, in the given order.',
      ],
      inputObjects: [any('Objects', 'Input objects.')],
      outputObjects: [any('ObjectSelected', 'Selected objects.')],
      inputControls: [{ ...index, description: 'Indices of the objects to be selected, counted from 1.' }],
      predecessors: ['count_obj'],
      alternatives: ['copy_obj'],
      errors: [error(1301, 'there is no object of that index')],
    },
    {
      name: 'count_obj',
      brief: 'Number of objects in a tuple.',
      description: ['The operator `count_obj` returns the number of objects.'],
      inputObjects: [any('Objects', 'Objects to be examined.')],
      outputControls: [integer('Number', 'Number of objects in the tuple.')],
      successors: ['select_obj', 'copy_obj'],
    },
    {
      name: 'copy_obj',
      brief: 'Copy an iconic object.',
      description: [
        'The operator `copy_obj` returns `NumObj` objects from `Index` on (-1: all up to the end). The objects share ' +
          'their pixels with the input.',
      ],
      inputObjects: [any('Objects', 'Objects to be copied.')],
      outputObjects: [any('ObjectsSelected', 'Copied objects.')],
      inputControls: [
        { ...index, multivalue: 'false' },
        integer('NumObj', 'Number of objects to be copied or -1.', { default: 1, min: -1 }),
      ],
      predecessors: ['count_obj'],
      alternatives: ['select_obj', 'copy_image'],
      errors: [error(1301, 'there is no object of that index'), error(1302, 'there are not as many objects')],
    },
    {
      name: 'insert_obj',
      brief: 'Insert objects into an iconic object tuple.',
      description: [
        'The operator `insert_obj` returns `Objects` with `ObjectsInsert` in front of the object `Index`; one more than the ' +
          'number of objects appends.',
      ],
      inputObjects: [any('Objects', 'Input objects.'), any('ObjectsInsert', 'Objects to be inserted.')],
      outputObjects: [any('ObjectsExtended', 'Extended object tuple.')],
      inputControls: [{ ...index, multivalue: 'false', description: 'Index to insert at, counted from 1.' }],
      alternatives: ['concat_obj'],
      seeAlso: ['remove_obj', 'replace_obj'],
      errors: [error(1301, 'there is no such position')],
    },
    {
      name: 'remove_obj',
      brief: 'Remove objects from an iconic object tuple.',
      description: ['The operator `remove_obj` returns the objects without those at the given indices.'],
      inputObjects: [any('Objects', 'Input objects.')],
      outputObjects: [any('ObjectsReduced', 'Remaining object tuple.')],
      inputControls: [{ ...index, description: 'Indices of the objects to be removed, counted from 1.' }],
      alternatives: ['obj_diff', 'select_obj'],
      seeAlso: ['insert_obj', 'replace_obj'],
      errors: [error(1301, 'there is no object of that index')],
    },
    {
      name: 'replace_obj',
      brief: 'Replace objects of an iconic object tuple.',
      description: [
        'The operator `replace_obj` returns `Objects` with those at the given indices replaced by `ObjectsReplace`: one for ' +
          'all, or as many as indices.',
      ],
      inputObjects: [any('Objects', 'Input objects.'), any('ObjectsReplace', 'Elements to replace.')],
      outputObjects: [any('Replaced', 'Tuple with replaced elements.')],
      inputControls: [{ ...index, description: 'Indices of the objects to be replaced, counted from 1.' }],
      seeAlso: ['insert_obj', 'remove_obj'],
      errors: [
        error(1301, 'there is no object of that index'),
        error(1502, 'there are neither one nor as many objects as indices'),
      ],
    },
    {
      name: 'obj_diff',
      brief: 'Calculate the difference of two object tuples.',
      description: [
        'The operator `obj_diff` returns the objects of `Objects` that are not in `ObjectsSub`; objects are the same if ' +
          '`test_equal_obj` says so.',
      ],
      inputObjects: [any('Objects', 'Object tuple 1.'), any('ObjectsSub', 'Object tuple 2.')],
      outputObjects: [any('ObjectsDiff', 'Objects from `Objects` that are not part of `ObjectsSub`.')],
      alternatives: ['remove_obj'],
      seeAlso: ['test_equal_obj'],
    },
    {
      name: 'clear_obj',
      brief: 'Release an iconic object.',
      description: ['The operator `clear_obj` gives back the objects; their keys are then no longer valid.'],
      inputObjects: [{ ...any('Objects', 'Objects to be deleted.'), modified: true }],
      classes: [],
      predecessors: ['copy_obj'],
    },
    {
      name: 'test_equal_obj',
      brief: 'Compare objects regarding equality.',
      description: [
        'The operator `test_equal_obj` returns 1 if both tuples hold the same number of objects and these are equal ' +
          'in type, size and pixels, else 0.',
      ],
      inputObjects: [any('Objects1', 'Reference objects.'), any('Objects2', 'Test objects.')],
      outputControls: [integer('IsEqual', 'Result of the comparison: 1 or 0.')],
    },
    {
      name: 'get_obj_class',
      brief: 'Name of the class of an iconic object.',
      description: [
        "The operator `get_obj_class` returns the class of every object: `'image'`, `'region'`, …",
      ],
      inputObjects: [any('Object', 'Objects to be examined.')],
      outputControls: [string('Class', 'Names of the classes.', { multivalue: 'optional' })],
    },
  ],
);
