// Tuples: strings, regular expressions, conversion, types of elements.
import { chapter, control, error, instance, string } from './build.js';
import { integers, numbers, numbersOrStrings, strings, truth, tuple, tupleOperator } from './tuple_build.js';

const lengths = error(1402, 'the tuples have different lengths, and neither has length 1');
const characters = ' Positions count characters, not bytes.';

const regexpErrors = [
  error(1301, 'an expression with back references meets a long string'),
  error(1302, 'the expression is invalid'),
];

const text = chapter(
  { chapter: 'Tuple / String Operations', module: 'Foundation', keywords: ['tuple', 'string'] },
  [
    tupleOperator(
      'tuple_strlen',
      'Length of every string within a tuple of strings.',
      'The operator `tuple_strlen` returns the number of characters of every string.',
      [strings('T1')],
      integers('Length', 'Lengths of the strings.'),
    ),
    ...(
      [
        [
          'strchr',
          'the first occurrence of one of the characters',
          'Forward search for characters within a string tuple.',
        ],
        [
          'strrchr',
          'the last occurrence of one of the characters',
          'Backward search for characters within a string tuple.',
        ],
        ['strstr', 'the first occurrence', 'Forward search for strings within a string tuple.'],
        ['strrstr', 'the last occurrence', 'Backward search for strings within a string tuple.'],
      ] as const
    ).map(([word, what, brief]) =>
      tupleOperator(
        `tuple_${word}`,
        brief,
        `The operator \`tuple_${word}\` returns the position of ${what} of \`T2\` in \`T1\`, from 0; -1 if there is ` +
          `none.${characters}`,
        [strings('T1', 'Strings to search in.'), strings('T2', 'What to search for.')],
        integers('Position', 'Positions, or -1.'),
        { errors: [lengths] },
      ),
    ),
    tupleOperator(
      'tuple_str_first_n',
      'Cut the first characters up to position n out of a string tuple.',
      `The operator \`tuple_str_first_n\` returns the characters from 0 to the position \`T2\`, included.${characters}`,
      [strings('T1', 'Strings to examine.'), integers('T2', 'Positions of the last characters.')],
      strings('Substring', 'The characters.'),
      { errors: [lengths, error(1302, 'a position is outside the string')] },
    ),
    tupleOperator(
      'tuple_str_last_n',
      'Cut all characters starting at position n out of a string tuple.',
      `The operator \`tuple_str_last_n\` returns the characters from the position \`T2\` to the end.${characters}`,
      [strings('T1', 'Strings to examine.'), integers('T2', 'Positions of the first characters.')],
      strings('Substring', 'The characters.'),
      { errors: [lengths, error(1302, 'a position is outside the string')] },
    ),
    tupleOperator(
      'tuple_substr',
      'Cut characters from one position to another out of a string tuple.',
      `The operator \`tuple_substr\` returns the characters from the position \`T2\` to \`T3\`, included.${characters}`,
      [
        strings('T1', 'Strings to examine.'),
        integers('T2', 'Positions of the first characters.'),
        integers('T3', 'Positions of the last characters.'),
      ],
      strings('Substring', 'The characters.'),
      { errors: [lengths, error(1302, 'a position is outside the string')] },
    ),
    tupleOperator(
      'tuple_str_bit_select',
      'Select single characters of a string.',
      `The operator \`tuple_str_bit_select\` returns the characters at the given positions.${characters}`,
      [string('String', 'Input string.'), integers('Index', 'Positions of the characters.')],
      strings('Selected', 'Selected characters.'),
      { classes: [], errors: [error(1302, 'a position is outside the string')] },
    ),
    tupleOperator(
      'tuple_str_replace',
      'Replace all occurrences of a substring within strings.',
      'The operator `tuple_str_replace` replaces every occurrence of `Before` by `After`, from left to right.',
      [
        strings('String', 'Input strings.'),
        strings('Before', 'Substrings to replace.'),
        strings('After', 'What to replace them with.'),
      ],
      strings('Replaced', 'Strings after the replacement.'),
      { errors: [error(1302, 'a substring to replace is empty')] },
    ),
    tupleOperator(
      'tuple_split',
      'Split strings into substrings using predefined separator symbols.',
      'The operator `tuple_split` cuts strings at every character that is in `Separator`. Several separators in a row ' +
        'count as one.',
      [strings('String', 'Strings to split.'), strings('Separator', 'Separator symbols.')],
      strings('Substrings', 'Substrings after splitting.'),
      { errors: [lengths] },
    ),
    tupleOperator(
      'tuple_regexp_match',
      'Extract substrings using regular expressions.',
      'The operator `tuple_regexp_match` returns for every string of `Data` the first match of `Expression`: the whole ' +
        'match, or all groups if there are any. No match gives an empty string. Several expressions are tried in ' +
        "order; an expression may be followed by options such as `'ignore_case'`.",
      [strings('Data', 'Strings to match.'), strings('Expression', 'Regular expression and options.')],
      strings('Matches', 'Matches.'),
      { errors: regexpErrors },
    ),
    tupleOperator(
      'tuple_regexp_replace',
      'Replace a substring using regular expressions.',
      "The operator `tuple_regexp_replace` replaces the first match, with the option `'replace_all'` every match, of " +
        '`Expression`. `$0` in `Replace` stands for the match, `$1` … for its groups.',
      [
        strings('Data', 'Strings to process.'),
        strings('Expression', 'Regular expression and options.'),
        string('Replace', 'Replacement.'),
      ],
      strings('Result', 'Strings after the replacement.'),
      { errors: regexpErrors },
    ),
    tupleOperator(
      'tuple_regexp_select',
      'Select tuple elements matching a regular expression.',
      "The operator `tuple_regexp_select` returns the strings that match; with the option `'invert_match'` the others.",
      [strings('Data', 'Strings to match.'), strings('Expression', 'Regular expression and options.')],
      strings('Selection', 'Matching strings.'),
      { errors: regexpErrors },
    ),
    tupleOperator(
      'tuple_regexp_test',
      'Test if a string matches a regular expression.',
      "The operator `tuple_regexp_test` returns the number of strings that match; with the option `'invert_match'` the " +
        'number of the others.',
      [strings('Data', 'Strings to match.'), strings('Expression', 'Regular expression and options.')],
      truth('NumMatches', 'Number of matching strings.'),
      { errors: regexpErrors },
    ),
  ],
);

const conversion = chapter(
  { chapter: 'Tuple / Conversion', module: 'Foundation', keywords: ['tuple', 'conversion'] },
  [
    tupleOperator(
      'tuple_string',
      'Convert a tuple into a tuple of strings.',
      'The operator `tuple_string` writes every element in the given format: flags, width, precision and one of `d`, `u`, ' +
        '`o`, `x`, `X` for integers, `f`, `e`, `E`, `g`, `G` for reals, `s` for strings. The standard format is an empty ' +
        'string.',
      [
        numbersOrStrings('T'),
        string('Format', 'Format string.', {
          default: '',
          suggested: ['', '.3f', '10.2f', 'd', '05d', 'x', '-20s'],
        }),
      ],
      strings('String', 'Strings, one per element.'),
      { errors: [error(1302, 'the format is invalid')] },
    ),
    tupleOperator(
      'tuple_number',
      'Convert a tuple (of strings) into a tuple of numbers.',
      'The operator `tuple_number` converts strings that are numbers; strings that are not, and numbers, stay as they are. ' +
        '`0x` begins a hexadecimal, `0` an octal number.',
      [numbersOrStrings('T')],
      numbersOrStrings('Number', 'Numbers, one per element.'),
    ),
    tupleOperator(
      'tuple_int',
      'Convert a tuple into a tuple of integers.',
      'The operator `tuple_int` cuts reals off after the point.',
      [numbers('T')],
      integers('Int', 'Integers, one per element.'),
      { errors: [error(1301, 'a real is not in the range of integers')] },
    ),
    tupleOperator(
      'tuple_real',
      'Convert a tuple into a tuple of floating point numbers.',
      'The operator `tuple_real` converts integers to reals.',
      [numbers('T')],
      numbers('Real', 'Reals, one per element.'),
    ),
  ],
);

const both = { defaultType: 'integer' } as const;
const kinds = [
  ['int', 'IsInt', 'an integer', 'integer numbers', {}],
  ['real', 'IsReal', 'a real', 'real numbers', {}],
  ['number', 'IsNumber', 'a number, or a string that is one', 'numbers', {}],
  ['string', 'IsString', 'a string', 'strings', {}],
  ['handle', 'IsHandle', 'a handle', 'handles', both],
  ['serializable', 'IsSerializable', 'serializable', 'serializable elements', both],
] as const;

const types = chapter({ chapter: 'Tuple / Type', module: 'Foundation', keywords: ['tuple', 'type'] }, [
  ...kinds.flatMap(([word, output, what, plural, extra]) => [
    tupleOperator(
      `tuple_is_${word}`,
      `Check if a tuple (of any type) contains only ${plural}.`,
      word === 'number'
        ? 'The operator `tuple_is_number` returns 1 per element that is a number, or a string that is one, else 0.'
        : `The operator \`tuple_is_${word}\` returns 1 if every element is ${what}, else 0; for the empty tuple it returns ` +
            `1.${word === 'serializable' ? '' : ' A mixed tuple gives 0, also if all its elements have the same type.'}`,
      [{ ...tuple('T'), ...extra }],
      word === 'number' ? integers(output, 'Boolean value per element.') : truth(output, 'Boolean value.'),
      word === 'serializable' ? { classes: [instance('HTuple'), instance('HHandle')] } : {},
    ),
    ...(word === 'number'
      ? []
      : [
          tupleOperator(
            `tuple_is_${word}_elem`,
            `Check whether the elements of a tuple are ${plural}.`,
            `The operator \`tuple_is_${word}_elem\` returns 1 per element that is ${what}, else 0.`,
            [{ ...tuple('T'), ...extra }],
            { ...integers(`${output}Elem`, 'Boolean value per element.'), ...extra },
          ),
        ]),
  ]),
  tupleOperator(
    'tuple_is_mixed',
    'Check if a tuple is mixed.',
    'The operator `tuple_is_mixed` returns 1 if the tuple is stored with a type per element, else 0.',
    [tuple('T')],
    truth('IsMixed', 'Boolean value.'),
  ),
  tupleOperator(
    'tuple_is_nan_elem',
    'Check whether the elements of a tuple are of type real and not a number.',
    'The operator `tuple_is_nan_elem` returns 1 per element that is a real without a value (NaN), else 0.',
    [tuple('T')],
    integers('IsNaNElem', 'Boolean value per element.'),
  ),
  tupleOperator(
    'tuple_type',
    'Return the type of a tuple.',
    'The operator `tuple_type` returns 1 for integers, 2 for reals, 4 for strings, 8 for a mixed tuple, 16 for handles, 31 ' +
      'for the empty tuple.',
    [tuple('T')],
    control('Type', 'integer', ['integer'], 'Type of the input tuple as a number.'),
  ),
  tupleOperator(
    'tuple_type_elem',
    'Return the types of the elements of a tuple.',
    'The operator `tuple_type_elem` returns 1, 2, 4 or 16 per element, with the meaning of `tuple_type`.',
    [tuple('T')],
    integers('Types', 'Types of the elements as numbers.'),
  ),
]);

export const tupleStringOperators = [...text, ...conversion, ...types];
