// What the language tests share: where things are, compiling, running, and saying why a test is skipped.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, '..', '..');
export const library = resolve(
  process.env['ALCEDO_LIBRARY'] ?? join(root, 'build', 'Release', 'libalcedo.so'),
);
export const libraryFolder = dirname(library);
export const model = join(root, 'test', 'fixtures', 'reference', 'resnet', 'model.onnx');

export const scratch = mkdtempSync(join(tmpdir(), 'alcedo-bindings-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

export interface Outcome {
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(command: string, args: readonly string[], env: Record<string, string> = {}): Outcome {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: {
      ...process.env,
      ALCEDO_LIBRARY: library,
      LD_LIBRARY_PATH: libraryFolder,
      OMP_NUM_THREADS: '2',
      ...env,
    },
  });
  if (error) throw error;
  return { status: status ?? signal ?? 'unknown', stdout, stderr };
}

/** Runs a command that must succeed. */
export function must(command: string, args: readonly string[], env: Record<string, string> = {}): Outcome {
  const outcome = run(command, args, env);
  if (outcome.status === 0) return outcome;
  throw new Error(
    `${command} ${args.join(' ')}\nended with ${outcome.status}\n${outcome.stdout}${outcome.stderr}`,
  );
}

export function has(command: string, ...args: string[]): boolean {
  try {
    return run(command, args.length > 0 ? args : ['--version']).status === 0;
  } catch {
    return false;
  }
}

/** Skips the running test and says why. */
export function skip(context: Mocha.Context, reason: string): never {
  console.log(`        skipped: ${reason}`);
  return context.skip();
}

const includes = ['csrc/include', 'bindings/c', 'bindings/cpp', 'test/bindings'].map(
  (folder) => `-I${join(root, folder)}`,
);
const strict = ['-Wall', '-Wextra', '-Wpedantic', '-Werror'];
/** Windows' own keywords, for checking on another system what exists on Windows only. */
export const windows = ['-D_WIN32', '-D__int64=long', '-D__declspec(x)=', '-I', scratch];

/** Compiles one C or C++ source to a program that finds the library; returns the program. */
export function compile(
  source: string,
  standard: string,
  flags: readonly string[] = [],
  compiler?: string,
): string {
  const program = join(scratch, `program${Math.random().toString(36).slice(2)}`);
  const cc = compiler ?? (source.endsWith('.c') ? 'gcc' : 'g++');
  const link = [`-L${libraryFolder}`, '-lalcedo', `-Wl,-rpath,${libraryFolder}`, '-lm'];
  must(cc, [`-std=${standard}`, ...strict, ...includes, ...flags, source, '-o', program, ...link]);
  return program;
}

/** Checks a header alone, without building anything; returns the compiler's complaints. */
export function checkHeader(
  header: string,
  language: 'c' | 'c++',
  standard: string,
  compiler: string,
  flags: readonly string[] = [],
): string {
  const args = [
    '-x',
    language,
    `-std=${standard}`,
    '-fsyntax-only',
    ...strict,
    ...includes,
    ...flags,
    header,
  ];
  const outcome = run(compiler, [...args.slice(0, -1), '-include', header, '/dev/null']);
  return outcome.status === 0 ? '' : outcome.stderr;
}

let assembly: string | undefined;

/** The .NET assembly, compiled once. */
export function halcondotnet(): string {
  if (assembly !== undefined) return assembly;
  const folder = join(root, 'bindings', 'csharp', 'HalconDotNet');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.cs'),
  );
  const target = join(scratch, 'halcondotnet.dll');
  const flags = ['-langversion:7', '-unsafe', '-warn:4', '-target:library', `-out:${target}`];
  must('mcs', [...flags, ...sources.map((name) => join(folder, name))]);
  assembly = target;
  return target;
}

/** Compiles C# sources against the assembly; returns the program for mono. */
export function compileCsharp(...sources: string[]): string {
  const program = join(scratch, `Program${Math.random().toString(36).slice(2)}.exe`);
  must('mcs', ['-langversion:7', '-unsafe', `-r:${halcondotnet()}`, `-out:${program}`, ...sources]);
  return program;
}

export const python = (args: readonly string[], env: Record<string, string> = {}): Outcome =>
  must('python3', args, {
    PYTHONPATH: join(root, 'bindings', 'python'),
    PYTHONDONTWRITEBYTECODE: '1',
    ...env,
  });

export const typescript = (args: readonly string[], env: Record<string, string> = {}): Outcome =>
  must(process.execPath, ['--import=tsx', ...args], env);

export const hasMono = (): boolean => has('mcs') && has('mono');
