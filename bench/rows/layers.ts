// Kernels of the engine, one layer at a time on shapes of the bench networks, against oneDNN's own best (every
// algorithm and format it has, timed) and against the machine's measured peak: multiply-adds or memory, whichever
// binds. A ratio above 1 to the peak: Winograd multiplies less often than is counted; values that fit into the cache come
// from there faster than from memory.
import { machinePeak, nativeProgram, runNative } from '../native.js';
import type { BenchOptions } from '../options.js';
import { fromPairs, median, type Row } from '../row.js';

interface Case {
  what: string;
  batch: number;
  kernel: string;
  best: string;
  gflop: number;
  mb: number;
  bf16: boolean;
  pairs: [number, number][];
}

export async function* layers(options: BenchOptions): AsyncGenerator<Row> {
  const peak = machinePeak();
  yield {
    what: 'peak',
    net: 'machine',
    batch: 0,
    against: '–',
    ratio: null,
    ours_ms: 0,
    n: 5,
    note: `${peak.threads} threads: ${peak.f32_gflops} GFLOP/s f32, ${peak.bf16_gflops} bf16; ${peak.read_gbs} GB/s read, ${peak.copy_gbs} copied`,
  };
  const program = nativeProgram({
    name: 'layer_bench',
    sources: ['layer_bench.cpp', 'layer_onednn.cpp'],
    headers: ['layer_onednn.h', 'layer_ours.h'],
    core: true,
  });
  const wanted = options.quick ? ['add'] : (options.net ?? []).slice(0, 1);
  const lines = runNative(program, [String(options.rounds), ...wanted])
    .trim()
    .split('\n')
    .filter(Boolean);
  for (const one of lines.map((line) => JSON.parse(line) as Case)) {
    const figures = fromPairs(one.pairs);
    const rate = one.gflop > 0 ? `, ${((1e3 * one.gflop) / figures.ours_ms).toFixed(0)} GFLOP/s` : '';
    yield {
      what: 'layer',
      net: one.what,
      batch: one.batch,
      against: `oneDNN ${one.best}`,
      ...figures,
      note: `${one.kernel}${rate}`,
    };
    const compute = (1e3 * one.gflop) / (one.bf16 ? peak.bf16_gflops : peak.f32_gflops);
    const memory = one.mb / Math.max(peak.read_gbs, peak.copy_gbs);
    const limit = Math.max(compute, memory);
    const ours = one.pairs.map(([ms]) => ms);
    yield {
      what: 'layer',
      net: one.what,
      batch: one.batch,
      against: compute > memory ? 'peak (multiply-adds)' : 'peak (memory)',
      ratio: limit / median(ours),
      ours_ms: median(ours),
      theirs_ms: limit,
      n: ours.length,
    };
  }
}
