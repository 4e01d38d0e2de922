// Errors of the engine's convolutions against float64: direct, what timing chose (Winograd where it is faster), bf16.
// No time is measured; the table is in docs/guide/numerics.md.
import { nativeProgram, runNative } from '../native.js';
import type { Row } from '../row.js';

interface Figure {
  shape: string;
  part: string;
  kind: string;
  kernel: string;
  l2: number;
  max: number;
}

export async function* numerics(): AsyncGenerator<Row> {
  const program = nativeProgram({
    name: 'numerics',
    sources: ['numerics.cpp', 'layer_onednn.cpp'],
    headers: ['layer_onednn.h', 'layer_ours.h'],
    core: true,
  });
  for (const text of runNative(program, []).trim().split('\n')) {
    const { shape, part, kind, kernel, l2, max } = JSON.parse(text) as Figure;
    yield {
      what: 'error',
      net: `conv ${shape} ${part}`,
      batch: 2,
      against: 'float64',
      ratio: null,
      ours_ms: 0,
      n: 1,
      note: `${kind}: ${kernel}, 2-norm ${l2.toExponential(1)}, largest ${max.toExponential(1)}`,
    };
  }
}
