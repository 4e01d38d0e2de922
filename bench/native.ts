// Programs of the bench in C++, compiled on first use into .cache/bench/bin (outside version control).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const folder = join('.cache', 'bench', 'bin');
/** The library under test and, beside it, the core as a static library. */
export const library = resolve(process.env['ALCEDO_LIBRARY'] ?? 'build/Release/libalcedo.so');

export interface NativeProgram {
  name: string;
  /** In bench/native. */
  sources: readonly string[];
  headers?: readonly string[];
  /** Linked with the engine. */
  core?: boolean;
  flags?: readonly string[];
}

/** Path of the program, compiled if a source or the core is newer. */
export function nativeProgram({
  name,
  sources,
  headers = [],
  core = false,
  flags = [],
}: NativeProgram): string {
  const program = join(folder, name);
  const inputs = [...sources, ...headers].map((file) => join('bench', 'native', file));
  const archive = join(dirname(library), 'obj.target', 'core.a');
  if (core) inputs.push(archive);
  const newest = Math.max(...inputs.map((file) => statSync(file).mtimeMs));
  if (existsSync(program) && statSync(program).mtimeMs > newest) return program;
  mkdirSync(folder, { recursive: true });
  const all = ['-std=c++17', '-O2', '-fopenmp', '-Icsrc', '-Icsrc/include', ...flags];
  const files = sources.map((file) => join('bench', 'native', file));
  const whole = core ? ['-Wl,--whole-archive', archive, '-Wl,--no-whole-archive'] : [];
  const libraries = core ? ['-ldnnl', '-lprotobuf-lite', '-ljpeg', '-lpng', '-ltiff'] : [];
  execFileSync('g++', [...all, ...files, '-o', program, ...whole, ...libraries], { stdio: 'inherit' });
  return program;
}

export interface Peak {
  threads: number;
  f32_gflops: number;
  bf16_gflops: number;
  read_gbs: number;
  copy_gbs: number;
}

let peak: Peak | undefined;

/** The machine's limits, measured now. */
export function machinePeak(): Peak {
  if (peak) return peak;
  const flags = ['-O3', '-march=native', '-ffast-math'];
  const program = nativeProgram({ name: 'peak', sources: ['peak.cpp'], flags });
  peak = JSON.parse(runNative(program, [])) as Peak;
  return peak;
}

export function runNative(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): string {
  const all = { ...process.env, OMP_NUM_THREADS: '2', ...env };
  return execFileSync(program, args, { encoding: 'utf8', env: all, maxBuffer: 2 ** 28 });
}
