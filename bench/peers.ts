// The peers' programs: how each is started. PyTorch comes from the bench's own environment outside the repository
// (~/.cache/alcedo-bench/python, made on first use), else from Debian's python3-torch.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { BenchOptions } from './options.js';
import { Peer } from './peer.js';

const tsx = [process.execPath, '--import=tsx'];
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'alcedo-bench');

/** Two threads for everybody; the OpenBLAS settings would hold a peer to older kernels. */
export const threads = { OMP_NUM_THREADS: '2', OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined };

/** PyTorch with held memory and huge pages: what its code can do when the allocator does not give pages back. */
const tuned = {
  ...threads,
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: '100000000000',
  MALLOC_TOP_PAD_: '268435456',
};

export type TorchMode = 'default' | 'tuned' | 'bf16';

export const startAlcedo = (): Peer => new Peer([...tsx, 'bench/peers/alcedo_peer.ts'], threads);
export const startModelWork = (): Peer => new Peer([...tsx, 'bench/peers/model_peer.ts'], threads);
export const startEpoch = (): Peer => new Peer([...tsx, 'bench/peers/epoch_peer.ts'], threads);
export const startOnnxruntime = (): Peer => new Peer([...tsx, 'bench/peers/ort_peer.ts'], threads);
export const startTorch = (options: BenchOptions, mode: TorchMode): Peer =>
  new Peer([torchPython(options), 'bench/peers/torch_peer.py'], mode === 'default' ? threads : tuned);

/**
 * The variant of PyTorch that is fastest for this work on this machine, found once and remembered beside the peer's
 * environment.
 */
export async function tunedVariant(
  options: BenchOptions,
  request: { net: string; batch: number; size: number; mode: string },
): Promise<string> {
  if (request.mode !== 'infer' && !options.torchCompile) return 'cl';
  const file = join(cache, 'tuned.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
  const key = [torchPython(options), request.net, request.mode, request.batch, options.torchCompile].join(
    ' ',
  );
  if (known[key] === undefined) {
    const scout = startTorch(options, 'tuned');
    try {
      const asked = { command: 'choose', compile: options.torchCompile, ...request };
      known[key] = (await scout.ask<{ variant: string }>(asked)).variant;
    } finally {
      scout.close();
    }
    mkdirSync(cache, { recursive: true });
    writeFileSync(file, JSON.stringify(known, null, 1));
  }
  return known[key];
}

/** Undefined without --torch-pruning. */
export function startTorchPruning(options: BenchOptions): Peer | undefined {
  if (options.torchPruning === undefined) return undefined;
  const env = { ...tuned, TORCH_PRUNING: resolve(options.torchPruning) };
  return new Peer([torchPython(options), 'bench/peers/tp_peer.py'], env);
}

const TORCH = ['torch==2.13.0+cpu', 'numpy'];
const CPU_WHEELS = 'https://download.pytorch.org/whl/cpu';
let python: string | undefined;

/** A Python that has torch. */
export function torchPython(options: BenchOptions): string {
  return (python ??= options.python ?? ownEnvironment() ?? debian());
}

const hasTorch = (program: string): boolean => {
  try {
    execFileSync(program, ['-c', 'import torch'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

function ownEnvironment(): string | undefined {
  const folder = join(cache, 'python');
  const program = join(folder, 'bin', 'python');
  const refused = join(cache, 'python-refused.txt');
  if (existsSync(program) && hasTorch(program)) return program;
  if (existsSync(refused)) return undefined;
  mkdirSync(cache, { recursive: true });
  console.log(`[bench] installing the peer: pip install ${TORCH.join(' ')} into ${folder}`);
  try {
    execFileSync('/usr/bin/python3', ['-m', 'venv', folder], { stdio: 'ignore' });
    const pip = ['-m', 'pip', 'install', '-q', '--retries', '0', '--extra-index-url', CPU_WHEELS, ...TORCH];
    execFileSync(program, pip, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 600_000 });
    if (hasTorch(program)) return program;
    throw new Error('torch does not load');
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    writeFileSync(refused, `${(error as Error).message}\nRemove this file to try again.\n`);
    console.log(`[bench] it cannot be had (${refused}); Debian's python3-torch instead`);
    return undefined;
  }
}

function debian(): string {
  const program = '/usr/bin/python3';
  if (!hasTorch(program)) {
    console.log('[bench] installing the peer: apt-get install python3-torch');
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'python3-torch'], {
      stdio: 'inherit',
    });
  }
  return program;
}
