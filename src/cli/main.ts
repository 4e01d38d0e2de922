#!/usr/bin/env node
// The `alcedo` command. Exit codes: 0 done, 1 an error, 2 wrong usage, 130 interrupted.
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Command, CommanderError } from 'commander';
import { InterruptedError } from '../procedures/interrupt.js';
import { applyCommand } from './apply.js';
import { compareCriteriaCommand } from './compare_criteria.js';
import { evalCommand } from './eval.js';
import { infoCommand } from './info.js';
import { packageVersion, UsageError } from './common.js';
import { pruneCommand } from './prune.js';
import { sensitivityCommand } from './sensitivity.js';
import { trainCommand } from './train.js';

const EXAMPLES = `
Examples:
  alcedo info model.onnx
  alcedo train model.onnx --data photos/ --epochs 10 --out trained.onnx
  alcedo eval trained.onnx --data photos/
  alcedo prune trained.onnx --data photos/ --percentage 50 --rounds 3 --epochs 1 --out small.onnx
  alcedo apply small.onnx image.png
  alcedo sensitivity trained.onnx --data photos/
  alcedo compare-criteria trained.onnx --data photos/

Data: a folder with one sub-folder of images per class (optionally below train/, validation/ and test/), or a folder
with IDX files (train-images-idx3-ubyte.gz ...).

Exit codes: 0 done, 1 error, 2 wrong usage, 130 interrupted.`;

export function createProgram(): Command {
  const program = new Command('alcedo')
    .description('Scores, prunes and retrains convolutional networks in ONNX files.')
    .version(packageVersion())
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(alcedo --help shows what there is)')
    .exitOverride();
  const commands = [
    infoCommand(),
    evalCommand(),
    trainCommand(),
    pruneCommand(),
    applyCommand(),
    sensitivityCommand(),
    compareCriteriaCommand(),
  ];
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  return program;
}

/** Runs the command line and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`alcedo: ${message}\n`);
    if (error instanceof UsageError) return 2;
    return error instanceof InterruptedError ? 130 : 1;
  }
}

const script = process.argv[1];
if (script !== undefined && import.meta.url === pathToFileURL(realpathSync(script)).href) {
  // `alcedo info model.onnx | head`: the reader went away, which is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  process.exitCode = await main(process.argv.slice(2));
}
