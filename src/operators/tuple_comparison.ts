// Tuples: comparison and logic.
import { chapter, error } from './build.js';
import { integers, numbersOrStrings, truth, tuple, tupleOperator } from './tuple_build.js';

const lengths = error(1402, 'the tuples have different lengths, and neither has length 1');

const comparisons = [
  ['equal', 'Equal', 'equal to', tuple],
  ['not_equal', 'Nequal', 'not equal to', tuple],
  ['less', 'Less', 'less than', numbersOrStrings],
  ['less_equal', 'Lesseq', 'less than or equal to', numbersOrStrings],
  ['greater', 'Greater', 'greater than', numbersOrStrings],
  ['greater_equal', 'Greatereq', 'greater than or equal to', numbersOrStrings],
] as const;

const compare = comparisons.flatMap(([word, output, phrase, input]) => [
  tupleOperator(
    `tuple_${word}`,
    `Test whether a tuple is ${phrase} another tuple.`,
    `The operator \`tuple_${word}\` returns 1 if \`T1\` as a whole is ${phrase} \`T2\`, else 0. Tuples are compared ` +
      'element by element from the front; a tuple that is the beginning of another is less. Integers and reals are ' +
      'compared as numbers, strings by code.',
    [input('T1', 'Input tuple 1.'), input('T2', 'Input tuple 2.')],
    truth(output, 'Result of the comparison: 1 or 0.'),
    { seeAlso: [`tuple_${word}_elem`] },
  ),
  tupleOperator(
    `tuple_${word}_elem`,
    `Test, whether a tuple is elementwise ${phrase} another tuple.`,
    `The operator \`tuple_${word}_elem\` returns 1 per element of \`T1\` that is ${phrase} its counterpart in \`T2\`, ` +
      'else 0. A tuple of length 1 is compared with every element of the other.',
    [input('T1', 'Input tuple 1.'), input('T2', 'Input tuple 2.')],
    integers(output, 'Result of the comparison, element by element.'),
    { seeAlso: [`tuple_${word}`], errors: [lengths] },
  ),
]);

const logic = (
  [
    ['and', 'And', 'both elements are not 0'],
    ['or', 'Or', 'at least one of the elements is not 0'],
    ['xor', 'Xor', 'exactly one of the elements is not 0'],
  ] as const
).map(([word, output, when]) =>
  tupleOperator(
    `tuple_${word}`,
    `Compute the logical ${word} of two tuples.`,
    `The operator \`tuple_${word}\` returns, element by element, 1 if ${when}, else 0. A tuple of length 1 is combined ` +
      'with every element of the other.',
    [integers('T1', 'Input tuple 1.'), integers('T2', 'Input tuple 2.')],
    integers(output, 'Result, element by element.'),
    { errors: [lengths] },
  ),
);

export const tupleComparisonOperators = [
  ...chapter(
    { chapter: 'Tuple / Comparison', module: 'Foundation', keywords: ['tuple', 'comparison'] },
    compare,
  ),
  ...chapter({ chapter: 'Tuple / Logical Operations', module: 'Foundation', keywords: ['tuple', 'logic'] }, [
    ...logic,
    tupleOperator(
      'tuple_not',
      'Compute the logical not of a tuple.',
      'The operator `tuple_not` returns 1 for every element that is 0, else 0.',
      [integers('T', 'Input tuple.')],
      integers('Not', 'Result, element by element.'),
    ),
  ]),
];
