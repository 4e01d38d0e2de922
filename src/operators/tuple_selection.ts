// Tuples: creation, selection of elements, order, sets, files.
import { chapter, control, error, integer, statically } from './build.js';
import { integers, numbers, numbersOrStrings, tuple, tupleOperator } from './tuple_build.js';

const outside = error(1302, 'an index is outside the tuple');
const place = integer('Index', 'Index, counted from 0.', { min: 0, default: 0 });
const several = integers('Index', 'Indices, counted from 0.');
const inTuple = tuple('Tuple');

const creation = chapter(
  { chapter: 'Tuple / Creation', module: 'Foundation', keywords: ['tuple', 'creation'] },
  [
    tupleOperator(
      'tuple_concat',
      'Concatenate two tuples to a new one.',
      'The operator `tuple_concat` returns the elements of `T1` followed by those of `T2`.',
      [tuple('T1', 'Input tuple 1.'), tuple('T2', 'Input tuple 2.')],
      tuple('Concat', 'Concatenation of the input tuples.'),
    ),
    tupleOperator(
      'tuple_gen_const',
      'Generate a tuple of a specific length and initialize its elements.',
      'The operator `tuple_gen_const` returns `Length` times the value `Const`.',
      [
        integer('Length', 'Length of the tuple to generate.', { min: 0, default: 100 }),
        control('Const', 'number', ['integer', 'real', 'string', 'handle'], 'Constant for the elements.', {
          default: 0,
          defaultType: 'none',
        }),
      ],
      tuple('Newtuple', 'New tuple.'),
      { classes: [statically('HTuple')] },
    ),
    tupleOperator(
      'tuple_gen_sequence',
      'Generate a tuple with a sequence of equidistant values.',
      'The operator `tuple_gen_sequence` returns `Start`, `Start` + `Step`, … up to at most `End`; integers if all three ' +
        'are integers, else reals.',
      [
        control('Start', 'number', ['integer', 'real'], 'Start value.', { default: 1, defaultType: 'none' }),
        control('End', 'number', ['integer', 'real'], 'Maximum value of the last entry.', {
          default: 100,
          defaultType: 'none',
        }),
        control('Step', 'number', ['integer', 'real'], 'Increment; not 0.', {
          default: 1,
          defaultType: 'none',
        }),
      ],
      numbers('Sequence', 'The resulting sequence.'),
      {
        classes: [statically('HTuple')],
        errors: [error(1303, 'the increment is 0 or points away from the end')],
      },
    ),
    tupleOperator(
      'tuple_rand',
      'Return a tuple of random numbers between 0 and 1.',
      "The operator `tuple_rand` returns reals that are equally distributed in [0, 1). `set_system('seed_rand', n)` makes " +
        'the sequence repeatable.',
      [integer('Length', 'Length of the tuple to generate.', { min: 0 })],
      numbers('Rand', 'Tuple of random numbers.'),
      { classes: [statically('HTuple')], seeAlso: ['set_system'] },
    ),
  ],
);

const selection = chapter(
  { chapter: 'Tuple / Selection', module: 'Foundation', keywords: ['tuple', 'selection'] },
  [
    tupleOperator(
      'tuple_select',
      'Select single elements of a tuple.',
      'The operator `tuple_select` returns the elements at the given indices, in the given order.',
      [inTuple, several],
      tuple('Selected', 'Selected elements.'),
      { errors: [outside] },
    ),
    tupleOperator(
      'tuple_select_range',
      'Select several elements of a tuple.',
      'The operator `tuple_select_range` returns the elements from `Leftindex` to `Rightindex`, both included.',
      [
        inTuple,
        integer('Leftindex', 'Index of the first element, counted from 0.', { min: 0, default: 0 }),
        integer('Rightindex', 'Index of the last element, counted from 0.', { min: -1, default: 0 }),
      ],
      tuple('Selected', 'Selected elements.'),
      { errors: [outside] },
    ),
    tupleOperator(
      'tuple_first_n',
      'Select the first elements of a tuple up to the index n.',
      'The operator `tuple_first_n` returns the elements from 0 to `Index`, included; -1 gives the empty tuple.',
      [inTuple, { ...place, min: -1 }],
      tuple('Selected', 'Selected elements.'),
      { errors: [outside] },
    ),
    tupleOperator(
      'tuple_last_n',
      'Select all elements from index n to the end of a tuple.',
      'The operator `tuple_last_n` returns the elements from `Index` to the last one.',
      [inTuple, place],
      tuple('Selected', 'Selected elements.'),
      { errors: [outside] },
    ),
    tupleOperator(
      'tuple_select_mask',
      'Select elements of a tuple by a mask.',
      'The operator `tuple_select_mask` returns the elements whose counterpart in `Mask` is not 0.',
      [inTuple, integers('Mask', 'Mask of the length of the tuple.')],
      tuple('Selected', 'Selected elements.'),
      { errors: [error(1402, 'mask and tuple have different lengths')] },
    ),
    tupleOperator(
      'tuple_remove',
      'Remove elements from a tuple.',
      'The operator `tuple_remove` returns the tuple without the elements at the given indices.',
      [inTuple, several],
      tuple('Reduced', 'Reduced tuple.'),
      { errors: [outside] },
    ),
    tupleOperator(
      'tuple_insert',
      'Insert one or more elements into a tuple at index.',
      'The operator `tuple_insert` returns the tuple with `InsertTuple` in front of the element `Index`; the length of ' +
        'the tuple as index appends.',
      [inTuple, place, tuple('InsertTuple', 'Elements to insert.')],
      tuple('Extended', 'Extended tuple.'),
      { errors: [outside] },
    ),
    tupleOperator(
      'tuple_replace',
      'Replace one or more elements of a tuple.',
      'The operator `tuple_replace` returns the tuple with the elements at the given indices replaced: all by the one ' +
        'element of `ReplaceTuple`, or each by its counterpart. Indices past the end extend the tuple with 0.',
      [inTuple, several, tuple('ReplaceTuple', 'Elements to replace with.')],
      tuple('Replaced', 'Tuple with replaced elements.'),
      { errors: [error(1403, 'there are neither one nor as many values as indices')] },
    ),
    tupleOperator(
      'tuple_find',
      'Return the indices of all occurrences of a tuple within another tuple.',
      'The operator `tuple_find` returns the positions at which `ToFind` begins in `Tuple`; -1 if there is none.',
      [inTuple, tuple('ToFind', 'Tuple to search for.')],
      integers('Indices', 'Indices of the occurrences, or -1.'),
    ),
  ],
);

const order = chapter(
  { chapter: 'Tuple / Data Containers', module: 'Foundation', keywords: ['tuple', 'order'] },
  [
    tupleOperator(
      'tuple_length',
      'Return the number of elements of a tuple.',
      'The operator `tuple_length` returns the number of elements.',
      [inTuple],
      integer('Length', 'Number of elements of the input tuple.'),
      { chapter: 'Tuple / Features' },
    ),
    tupleOperator(
      'tuple_sort',
      'Sort the elements of a tuple in ascending order.',
      'The operator `tuple_sort` returns the sorted tuple. Strings are compared by code; they are not mixed with numbers.',
      [numbersOrStrings('Tuple')],
      numbersOrStrings('Sorted', 'Sorted tuple.'),
      { seeAlso: ['tuple_sort_index', 'tuple_inverse'] },
    ),
    tupleOperator(
      'tuple_sort_index',
      'Sort the elements of a tuple and return the indices of the sorted tuple.',
      'The operator `tuple_sort_index` returns the order in which the elements are ascending; equal ones keep theirs.',
      [numbersOrStrings('Tuple')],
      integers('Indices', 'Sorted indices.'),
      { seeAlso: ['tuple_sort'] },
    ),
    tupleOperator(
      'tuple_inverse',
      'Invert a tuple.',
      'The operator `tuple_inverse` returns the elements in reverse order.',
      [inTuple],
      tuple('Inverted', 'Inverted input tuple.'),
    ),
    tupleOperator(
      'tuple_uniq',
      'Discard all but one of successive identical elements of a tuple.',
      'The operator `tuple_uniq` returns the tuple without elements that equal the one before them.',
      [inTuple],
      tuple('Uniq', 'Tuple without successive identical elements.'),
    ),
    ...(
      [
        ['union', 'Union', 'that are in at least one of the tuples'],
        ['intersection', 'Intersection', 'that are in both tuples'],
        ['difference', 'Difference', 'of the first tuple that are not in the second'],
      ] as const
    ).map(([word, output, which]) =>
      tupleOperator(
        `tuple_${word}`,
        `Compute the ${word} set of two input tuples.`,
        `The operator \`tuple_${word}\` returns the elements ${which}, each once, in ascending order.`,
        [numbersOrStrings('Set1', 'Input tuple 1.'), numbersOrStrings('Set2', 'Input tuple 2.')],
        numbersOrStrings(output, 'Resulting set.'),
        { chapter: 'Tuple / Sets' },
      ),
    ),
  ],
);

const files = chapter({ chapter: 'File / Tuple', module: 'Foundation', keywords: ['tuple', 'file'] }, [
  {
    name: 'read_tuple',
    brief: 'Read a tuple from a file.',
    description: ['The operator `read_tuple` reads a tuple that `write_tuple` has written.'],
    inputControls: [control('FileName', 'filename.read', ['string'], 'Name of the file to be read.')],
    outputControls: [tuple('Tuple', 'Tuple with any kind of data.')],
    classes: [statically('HTuple')],
    seeAlso: ['write_tuple'],
    errors: [error(5200, 'the file does not exist'), error(5250, 'the file is not one of write_tuple')],
  },
  {
    name: 'write_tuple',
    brief: 'Write a tuple to a file.',
    description: [
      'The operator `write_tuple` writes integers, reals and strings to a text file: the number of elements, then one ' +
        'line per element with its type. Reals are written so that they are read back exactly.',
    ],
    inputControls: [
      numbersOrStrings('Tuple', 'Tuple with any kind of data.'),
      control('FileName', 'filename.write', ['string'], 'Name of the file to be written.'),
    ],
    classes: [{ name: 'HTuple', role: 'instance', constructs: false }],
    seeAlso: ['read_tuple'],
    errors: [error(5212, 'the file cannot be written')],
  },
]);

export const tupleSelectionOperators = [...creation, ...selection, ...order, ...files];
