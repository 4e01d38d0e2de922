// System parameters, error texts, checks.
import { chapter, control, error, integer, real, statically, string } from './build.js';

const value = (name: string, description: string) =>
  control(name, 'string', ['string', 'integer', 'real'], description, { multivalue: 'optional' });
const classes = [statically('HSystem')];

export const systemOperators = chapter({ chapter: 'System / Parameters', module: 'Foundation', classes }, [
  {
    name: 'get_error_text',
    chapter: 'System / Error Handling',
    brief: 'Query the text of an error code.',
    description: ['The operator `get_error_text` returns the standard text of an error code.'],
    keywords: ['error'],
    inputControls: [integer('ErrorCode', 'Error code.', { min: 1, max: 36000 })],
    outputControls: [string('ErrorMessage', 'Corresponding error message.')],
    seeAlso: ['get_extended_error_info', 'set_check'],
  },
  {
    name: 'get_extended_error_info',
    chapter: 'System / Error Handling',
    brief: "Query details of the calling thread's last error.",
    description: [
      'The operator `get_extended_error_info` returns the operator, the code and the full text of the last error of ' +
        'the calling thread: parameter, what was found and what was wanted.',
    ],
    keywords: ['error'],
    outputControls: [
      string('OperatorName', 'Operator that set the error.'),
      integer('ErrorCode', 'Extended error code; 0 if there was no error.'),
      string('ErrorMessage', 'Extended error message.'),
    ],
    returnsFirst: true,
    seeAlso: ['get_error_text'],
  },
  {
    name: 'set_check',
    chapter: 'System / Error Handling',
    brief: 'Activate and deactivate checks.',
    description: [
      "The operator `set_check` switches a check on (`'give_error'`) or off (`'~give_error'`). With `'give_error'` " +
        'off, C programs get the error code back instead of being stopped.',
    ],
    keywords: ['error', 'check'],
    inputControls: [
      string('Check', 'Desired control mode.', {
        multivalue: 'optional',
        default: 'default',
        suggested: [
          'give_error',
          '~give_error',
          'data',
          '~data',
          'interface',
          '~interface',
          'default',
          'all',
          'none',
        ],
      }),
    ],
    seeAlso: ['get_check', 'get_error_text'],
  },
  {
    name: 'get_check',
    chapter: 'System / Error Handling',
    brief: 'State of the checks.',
    description: [
      'The operator `get_check` returns the names of all checks; those that are off begin with a tilde.',
    ],
    keywords: ['error', 'check'],
    outputControls: [string('Check', 'Checks.', { multivalue: 'optional' })],
    seeAlso: ['set_check'],
  },
  {
    name: 'set_system',
    brief: 'Set system parameters.',
    description: [
      'The operator `set_system` sets parameters of the runtime, one value per name. A name with the prefix `tsp_` ' +
        'holds for the calling thread only. A number may be given as its text, as the simple C form has to.',
      "`'thread_num'`: compute threads. `'log'`: `'plan'` writes, for every network that is run, one line per step of " +
        'its first and its tenth run: layer with what was fused to it, kernel, memory formats, milliseconds, GFLOP/s, and ' +
        "at the end the number of reorders and the memory; `'false'` (default) writes nothing. `'log_file'`: where the " +
        'log is appended; empty (default): the standard error output.',
      "`'autotune'`: `'true'` (default) chooses between kernels by timing them when a network is first run, `'false'` by " +
        "rule, the same in every run. `'autotune_file'`: where the choices are kept for the next process: `'default'` (a " +
        "file per processor in `$XDG_CACHE_HOME/alcedo`, else `~/.cache/alcedo`), a file name, or `'none'`. A damaged file, " +
        'or one of another machine, is ignored.',
    ],
    keywords: ['system'],
    inputControls: [
      control('SystemParameter', 'attribute.name', ['string'], 'Names of the parameters to be changed.', {
        multivalue: 'optional',
        suggested: [
          'thread_num',
          'seed_rand',
          'log',
          'autotune',
          'filename_encoding',
          'do_low_error',
          'legacy_handle_mode',
        ],
      }),
      value('Value', 'New values of the parameters.'),
    ],
    seeAlso: ['get_system'],
    errors: [
      error(1301, 'the parameter is unknown'),
      error(1302, 'the value is not allowed for the parameter'),
    ],
  },
  {
    name: 'get_system',
    brief: 'Get the current values of system parameters.',
    description: [
      "The operator `get_system` returns the values of parameters of the runtime. The query `'?'` returns all names.",
    ],
    keywords: ['system'],
    inputControls: [
      control('Query', 'attribute.name', ['string'], 'Desired system parameters.', {
        multivalue: 'optional',
        suggested: ['?', 'thread_num', 'version', 'seed_rand', 'filename_encoding', 'temporary_mem_cache'],
      }),
    ],
    outputControls: [
      control(
        'Information',
        'attribute.value',
        ['integer', 'real', 'string'],
        'Current values of the parameters.',
        {
          multivalue: 'optional',
        },
      ),
    ],
    seeAlso: ['set_system'],
    errors: [error(1301, 'the parameter is unknown')],
  },
  {
    name: 'get_system_info',
    brief: 'Get information about the runtime without a licence.',
    description: [
      'The operator `get_system_info` answers the queries of `get_system`. Nothing here needs a licence.',
    ],
    keywords: ['system'],
    inputControls: [
      control('Query', 'attribute.name', ['string'], 'Desired information.', {
        multivalue: 'optional',
        default: 'version',
        suggested: ['?', 'version', 'thread_num'],
      }),
    ],
    outputControls: [
      control('Information', 'attribute.value', ['string', 'integer', 'real'], 'Values.', {
        multivalue: 'optional',
      }),
    ],
    seeAlso: ['get_system'],
    errors: [error(1301, 'the query is unknown')],
  },
  {
    name: 'count_seconds',
    chapter: 'System / Time',
    brief: 'Elapsed time in seconds.',
    description: [
      'The operator `count_seconds` returns seconds from a fixed point in time; the difference of two calls is the time between ' +
        'them.',
    ],
    keywords: ['time'],
    outputControls: [real('Seconds', 'Elapsed time in seconds.', { types: ['real'] })],
    seeAlso: ['wait_seconds'],
  },
  {
    name: 'wait_seconds',
    chapter: 'System / Time',
    brief: 'Delay the execution of the program.',
    description: ['The operator `wait_seconds` returns after the given number of seconds.'],
    keywords: ['time'],
    inputControls: [real('Seconds', 'Number of seconds.', { default: 10, min: 0 })],
    seeAlso: ['count_seconds'],
  },
]);
