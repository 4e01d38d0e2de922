// Tuples: arithmetic, element by element and over whole tuples.
import { chapter, error } from './build.js';
import { numbers, numbersOrStrings, tupleOperator, type TupleEntry } from './tuple_build.js';
import type { Parameter } from './types.js';

const lengths = error(1402, 'the tuples have different lengths, and neither has length 1');
const perElement =
  ' Both tuples have the same length, or one of them has length 1 and is combined with every element of the other. ' +
  'An empty tuple gives an empty tuple.';

function binary(
  name: string,
  brief: string,
  what: string,
  [first, second, output]: readonly [string, string, string],
  input: (name: string, description?: string) => Parameter = numbers,
): TupleEntry {
  return tupleOperator(
    name,
    brief,
    `The operator \`${name}\` computes ${what}.${perElement}`,
    [input(first, 'Input tuple 1.'), input(second, 'Input tuple 2.')],
    input(output, 'Result, element by element.'),
    { errors: [lengths] },
  );
}

function unary(name: string, brief: string, what: string, output: string): TupleEntry {
  return tupleOperator(
    name,
    brief,
    `The operator \`${name}\` computes ${what} of every element.`,
    [numbers('T')],
    numbers(output, 'Result, element by element.'),
  );
}

function whole(
  name: string,
  brief: string,
  description: string,
  output: string,
  input = numbers,
): TupleEntry {
  return tupleOperator(name, brief, description, [input('Tuple')], input(output, 'Result.'));
}

export const tupleArithmeticOperators = [
  ...chapter({ chapter: 'Tuple / Arithmetic', module: 'Foundation', keywords: ['tuple', 'arithmetic'] }, [
    binary(
      'tuple_add',
      'Add two tuples.',
      'sums; if one operand is a string, the other is converted and both are joined',
      ['S1', 'S2', 'Sum'],
      numbersOrStrings,
    ),
    binary('tuple_sub', 'Subtract two tuples.', 'differences', ['D1', 'D2', 'Diff']),
    binary('tuple_mult', 'Multiply two tuples.', 'products', ['P1', 'P2', 'Prod']),
    {
      ...binary(
        'tuple_div',
        'Divide two tuples.',
        'quotients; two integers give an integer, rounded towards zero',
        ['Q1', 'Q2', 'Quot'],
      ),
      errors: [lengths, error(1302, 'an integer is divided by 0')],
    },
    {
      ...binary('tuple_mod', 'Calculate the remainder of the integer division of two tuples.', 'remainders', [
        'T1',
        'T2',
        'Mod',
      ]),
      errors: [lengths, error(1302, 'an element is divided by 0')],
    },
    binary('tuple_pow', 'Calculate the power function of two tuples.', 'powers, as reals', [
      'T1',
      'T2',
      'Pow',
    ]),
    binary('tuple_max2', 'Calculate the elementwise maximum of two tuples.', 'the larger elements', [
      'T1',
      'T2',
      'Max2',
    ]),
    binary('tuple_min2', 'Calculate the elementwise minimum of two tuples.', 'the smaller elements', [
      'T1',
      'T2',
      'Min2',
    ]),
    unary('tuple_abs', 'Compute the absolute value of a tuple.', 'the absolute value', 'Abs'),
    unary('tuple_neg', 'Negate a tuple.', 'the negative', 'Neg'),
    unary('tuple_sqrt', 'Compute the square root of a tuple.', 'the square root, as a real,', 'Sqrt'),
    unary(
      'tuple_floor',
      'Compute the floor function of a tuple.',
      'the next lower whole number, as a real,',
      'Floor',
    ),
    unary(
      'tuple_ceil',
      'Compute the ceiling function of a tuple.',
      'the next higher whole number, as a real,',
      'Ceil',
    ),
    unary(
      'tuple_round',
      'Convert a tuple into a tuple of integer numbers.',
      'the nearest integer (halves away from zero)',
      'Round',
    ),
  ]),
  ...chapter({ chapter: 'Tuple / Features', module: 'Foundation', keywords: ['tuple', 'statistics'] }, [
    whole(
      'tuple_sum',
      'Return the sum of all elements of a tuple.',
      'The operator `tuple_sum` returns the sum; strings are joined. The sum of the empty tuple is 0.',
      'Sum',
      numbersOrStrings,
    ),
    whole(
      'tuple_mean',
      'Return the mean value of a tuple of numbers.',
      'The operator `tuple_mean` returns the arithmetic mean as a real.',
      'Mean',
    ),
    whole(
      'tuple_deviation',
      'Return the standard deviation of a tuple of numbers.',
      'The operator `tuple_deviation` returns the square root of the mean squared distance from the mean, with n - 1 ' +
        'as divisor; 0.0 for one element.',
      'Deviation',
    ),
    whole(
      'tuple_median',
      'Return the median of the elements of a tuple.',
      'The operator `tuple_median` returns the middle element of the sorted tuple as a real; of the two middle ones ' +
        'the mean.',
      'Median',
    ),
    whole(
      'tuple_max',
      'Return the maximum element of a tuple.',
      'The operator `tuple_max` returns the largest element. Strings are compared by code; they are not mixed with ' +
        'numbers.',
      'Max',
      numbersOrStrings,
    ),
    whole(
      'tuple_min',
      'Return the minimum element of a tuple.',
      'The operator `tuple_min` returns the smallest element. Strings are compared by code; they are not mixed with ' +
        'numbers.',
      'Min',
      numbersOrStrings,
    ),
    whole(
      'tuple_cumul',
      'Calculate the cumulative sums of a tuple.',
      'The operator `tuple_cumul` returns for every element the sum of it and all elements before it.',
      'Cumul',
    ),
  ]),
];
