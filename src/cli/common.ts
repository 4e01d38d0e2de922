// What the commands share: option parsing, reading model and data, printing.
import { HDlModel } from '../generated/HDlModel.js';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError, Option, type Command } from 'commander';
import pc from 'picocolors';
import type { Random } from '../onnx/random.js';
import {
  ensureSplit,
  noSamples,
  readDlDatasetClassification,
  readDlDatasetUnlabelled,
  type DLDataset,
  type Split,
} from '../procedures/dataset.js';
import { makeFolder, writeFileWhole } from '../procedures/files.js';
import { whyNotRunnable } from '../procedures/model.js';
import {
  createDlPreprocessParamFromModel,
  preprocessDlDataset,
  type DLPreprocessParam,
  type NormalizationType,
  type PreparedDataset,
} from '../procedures/preprocess.js';

export class UsageError extends Error {}

const NAMES_LISTED = 10;

export function packageVersion(): string {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}

const number =
  (what: string, fits: (value: number) => boolean) =>
  (text: string): number => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!fits(value)) throw new InvalidArgumentError(`'${text}' is not ${what}.`);
    return value;
  };

export const positiveInteger = number(
  'a positive integer',
  (value) => Number.isSafeInteger(value) && value > 0,
);
export const wholeNumber = number('a whole number', (value) => Number.isSafeInteger(value) && value >= 0);
export const nonNegative = number('a number that is not negative', (value) => value >= 0 && value < Infinity);
export const positive = number('a positive number', (value) => value > 0 && value < Infinity);
export const share = number('a share from 0 to 1', (value) => value >= 0 && value <= 1);
export const percent = number('a percentage from 0 to 100', (value) => value >= 0 && value <= 100);

export function numberList(text: string): number[] {
  const values = text.split(',').map((one) => (one.trim() === '' ? NaN : Number(one)));
  if (values.some((value) => !Number.isFinite(value)))
    throw new InvalidArgumentError(`'${text}' is no list of numbers.`);
  return values;
}

export interface DataOptions {
  data: string;
  range?: number[];
  mean?: number[];
  deviation?: number[];
  seed: number;
  /** False: the images have no labels. */
  labels?: boolean;
}

/** Options of every command that reads images. */
export function addDataOptions(command: Command): Command {
  return command
    .requiredOption('--data <folder>', 'images: one sub-folder per class, or IDX files')
    .option('--seed <number>', 'seed of splits, shuffles and choices', wholeNumber, 42)
    .addOption(
      new Option(
        '--range <min,max>',
        'grey values 0..255 become min..max (default: as the model says)',
      ).argParser(numberList),
    )
    .addOption(
      new Option(
        '--mean <values>',
        'per channel, in grey values; with --deviation, in place of --range',
      ).argParser(numberList),
    )
    .addOption(new Option('--deviation <values>', 'per channel, in grey values').argParser(numberList));
}

export function openModel(path: string): HDlModel {
  return new HDlModel(path);
}

/** Of commands that run the network: what they cannot run is said before images are read. */
export function openRunnable(path: string): HDlModel {
  const model = openModel(path);
  const why = whyNotRunnable(model);
  if (why !== undefined) throw new Error(`'${path}' cannot be run: ${why}`);
  return model;
}

/** Writes the model in one piece: the file is the old one or the new one, never half of it. */
export function saveModel(model: HDlModel, path: string): void {
  makeFolder(dirname(path));
  model.WriteDlModel(path);
}

export function checkModelPath(path: string): void {
  if (!['.onnx', '.hdl'].includes(extname(path)))
    throw new UsageError(`--out must end in .onnx or .hdl, not '${path}'`);
  checkOutput('--out', path);
}

/** What would make the writing fail at the end of the work is said before it begins. */
export function checkOutput(option: string, path: string): void {
  if (existsSync(path) && statSync(path).isDirectory())
    throw new UsageError(`${option} '${path}' is a folder; the name of a file is wanted`);
  checkOutputFolder(option, dirname(path));
}

export function checkOutputFolder(option: string, path: string): void {
  try {
    makeFolder(path);
    if (!statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw new UsageError(
      `${option}: '${path}' is no folder that can be written to (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}

/** At most `most` samples of a split, drawn at random. */
export function drawSamples(data: PreparedDataset, split: Split, most: number, random: Random): number[] {
  const all = data.indices(split);
  if (all.length === 0) throw noSamples(data, split);
  return random.shuffle(all).slice(0, most);
}

export function preprocessParam(
  model: HDlModel,
  options: Pick<DataOptions, 'range' | 'mean' | 'deviation'>,
): DLPreprocessParam {
  if (options.range && options.mean) throw new UsageError('--range and --mean exclude each other');
  if (options.range) {
    const [low, high] = options.range;
    if (options.range.length !== 2) throw new UsageError('--range takes two numbers: min,max');
    model.SetDlModelParam('image_range_min', low!);
    model.SetDlModelParam('image_range_max', high!);
  }
  if ((options.mean === undefined) !== (options.deviation === undefined)) {
    throw new UsageError('--mean and --deviation belong together');
  }
  const kind: NormalizationType = options.mean ? 'constant_values' : 'none';
  return createDlPreprocessParamFromModel(model, kind, options.mean, options.deviation);
}

/** Reads, splits and preprocesses the images, and gives the model the class names. */
export async function openData(
  model: HDlModel,
  options: DataOptions,
  splits?: 'as-is',
): Promise<PreparedDataset> {
  const labelled = options.labels !== false && model.GetDlModelParam('type').S === 'classification';
  const dataset = labelled
    ? readDlDatasetClassification(options.data)
    : readDlDatasetUnlabelled(options.data);
  if (splits === undefined) ensureSplit(dataset, options.seed);
  if (labelled) checkClasses(model, dataset);
  return preprocessDlDataset(dataset, preprocessParam(model, options), {});
}

function checkClasses(model: HDlModel, dataset: DLDataset): void {
  const ids = model.GetDlModelParam('class_ids');
  if (ids.Length < dataset.class_ids.length) {
    throw new Error(`the data has ${dataset.class_ids.length} classes, the model ${ids.Length}`);
  }
  const names = model.GetDlModelParam('class_names').ToSArr();
  if (names.length === 0 && ids.Length === dataset.class_ids.length)
    model.SetDlModelParam('class_names', dataset.class_names);
  alignClasses(dataset, names, ids.ToIArr());
}

/**
 * Folders are matched to a model's classes by their names. Where the model has no names, and for IDX files, whose
 * labels are numbers, by their order; classes that the data does not have get a number as their name.
 */
function alignClasses(dataset: DLDataset, names: readonly string[], ids: readonly number[]): void {
  const own = dataset.class_names;
  const byName = names.length > 0 && dataset.samples.some((sample) => sample.image_file_name !== undefined);
  const unknown = byName ? own.find((name) => !names.includes(name)) : undefined;
  if (unknown !== undefined)
    throw new Error(
      `the data has a class '${unknown}' that the model does not know; its classes are ${listed(names)}`,
    );
  const id = own.map((name, i) => ids[byName ? names.indexOf(name) : i]!);
  for (const sample of dataset.samples) sample.image_label_id = id[sample.image_label_id]!;
  dataset.class_names = ids.map((one, i) => (names.length > 0 ? names : own)[i] ?? String(one));
  dataset.class_ids = [...ids];
}

function listed(names: readonly string[]): string {
  const some = names.slice(0, NAMES_LISTED).join(', ');
  return names.length > NAMES_LISTED ? `${some} and ${names.length - NAMES_LISTED} more` : some;
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

export function checkJsonPath(to: string | true | undefined): void {
  if (typeof to === 'string') checkOutput('--json', to);
}

/** What --json [file] asks for: prints the value, or writes it to the file. Returns whether it was printed. */
export function jsonReport(to: string | true | undefined, value: unknown): boolean {
  if (to === true) printJson(value);
  else if (to !== undefined) writeFileWhole(to, `${JSON.stringify(value, null, 2)}\n`);
  return to === true;
}

const ANSI = new RegExp(String.fromCharCode(27) + '\\[[0-9;]*m', 'g');

/** Columns aligned by their widest cell; columns whose cells are numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = header.map((title, c) => Math.max(title.length, ...rows.map((row) => visible(row[c] ?? ''))));
  const right = header.map(
    (_, c) => rows.length > 0 && rows.every((row) => /^[-+\d.,%\s]*$/.test(row[c] ?? '')),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, c) => {
        const space = ' '.repeat(Math.max(width[c]! - visible(cell), 0));
        return right[c] ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  return [pc.bold(line(header)), ...rows.map(line)].join('\n');
}

function visible(cell: string): number {
  return cell.replace(ANSI, '').length;
}

export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function percentage(part: number): string {
  return `${(100 * part).toFixed(2)} %`;
}
