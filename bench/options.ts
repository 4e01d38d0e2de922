// What the command line asks for. Every kind of row gets it.
import { parseArgs } from 'node:util';
import { networks, type BenchNetwork } from './networks.js';

export interface BenchOptions {
  /** Kinds of rows; undefined: all. */
  only: readonly string[] | undefined;
  /** Names of networks; undefined: all. */
  net: readonly string[] | undefined;
  rounds: number;
  /** A short run of small networks, to see that everything works. */
  quick: boolean;
  /** Python of the PyTorch peer; undefined: the bench's own, else Debian's. */
  python: string | undefined;
  /** Let torch.compile compete for the tuned PyTorch; compiling takes minutes. */
  torchCompile: boolean;
  /** Checkout of Torch-Pruning. */
  torchPruning: string | undefined;
  /** Where the result goes, without the ending. */
  out: string | undefined;
}

export function readOptions(): BenchOptions {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      net: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      quick: { type: 'boolean', default: false },
      python: { type: 'string' },
      'torch-compile': { type: 'boolean', default: false },
      'torch-pruning': { type: 'string' },
      out: { type: 'string' },
    },
  });
  const whole = values.only === undefined && values.net === undefined && !values.quick;
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds must be 1 or more, not ${values.rounds}`);
  return {
    only: values.only?.split(','),
    net: values.net?.split(','),
    rounds,
    quick: values.quick,
    python: values.python,
    torchCompile: values['torch-compile'],
    torchPruning: values['torch-pruning'],
    out: values.out ?? (whole ? 'bench/latest' : undefined),
  };
}

/** The bench networks that were asked for; a quick run takes the smallest. */
export function chosenNetworks(options: BenchOptions): readonly BenchNetwork[] {
  const chosen = networks.filter(({ name }) => options.net === undefined || options.net.includes(name));
  return options.quick && options.net === undefined
    ? chosen.filter(({ name }) => name === 'resnet20')
    : chosen;
}
