// The cost of a call: an operator that does next to nothing (tuple_length of one integer) through every language against
// a direct C call (HCallById with prepared arguments), and a tuple of 1e6 reals into and out of TypeScript, its result
// disposed of, against memcpy of the same bytes. All run in turn. The peers are in bench/calls.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { BenchOptions } from '../options.js';
import { Peer } from '../peer.js';
import { fromPairs, type Row } from '../row.js';

const library = resolve(process.env['ALCEDO_LIBRARY'] ?? 'build/Release/libalcedo.so');
const environment = {
  ALCEDO_LIBRARY: library,
  LD_LIBRARY_PATH: dirname(library),
  PYTHONPATH: resolve('bindings/python'),
  OMP_NUM_THREADS: '1',
};

function build(folder: string): Record<string, string[]> {
  const link = [`-L${dirname(library)}`, '-lalcedo'];
  const includes = ['csrc/include', 'bindings/c', 'bindings/cpp'].map((path) => `-I${path}`);
  const [c, cpp, cs] = [join(folder, 'c'), join(folder, 'cpp'), join(folder, 'Calls.exe')];
  execFileSync('gcc', ['-O2', '-std=c99', ...includes, 'bench/calls/calls.c', '-o', c, ...link]);
  execFileSync('g++', ['-O2', '-std=c++11', ...includes, 'bench/calls/calls.cpp', '-o', cpp, ...link]);
  execFileSync('sh', ['scripts/build-csharp.sh', folder], { stdio: 'ignore' });
  const reference = `-r:${join(folder, 'halcondotnet.dll')}`;
  execFileSync('mcs', ['-langversion:7', reference, `-out:${cs}`, 'bench/calls/Calls.cs']);
  return {
    C: [c],
    'C++': [cpp],
    'C#': ['mono', cs],
    Python: ['python3', 'bench/calls/calls.py'],
    TypeScript: [process.execPath, '--import=tsx', 'bench/calls/calls.ts'],
  };
}

export async function* calls(options: BenchOptions): AsyncGenerator<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'alcedo-calls-'));
  const peers = Object.entries(build(folder)).map(([name, command]) => ({
    name,
    peer: new Peer(command, environment),
    pairs: [] as [number, number][],
  }));
  const time = async (peer: Peer, command: string, n: number): Promise<number> =>
    (await peer.ask<{ ms: number }>({ command, n })).ms;
  const [c, typescript] = [peers[0]!.peer, peers.at(-1)!.peer];
  try {
    const tuple: [number, number][] = [];
    for (let round = -1; round < options.rounds; round++) {
      const direct = await time(c, 'direct', 200_000);
      const spent: number[] = [];
      for (const { peer } of peers) spent.push(await time(peer, 'call', 20_000));
      const inAndOut = (await time(typescript, 'in', 50)) + (await time(typescript, 'out', 100));
      const copies = 2 * (await time(typescript, 'memcpy', 100));
      if (round < 0) continue; // everything warms up
      peers.forEach(({ pairs }, i) => pairs.push([spent[i]!, direct]));
      tuple.push([inAndOut, copies]);
    }
    for (const { name, pairs } of peers) {
      const figures = fromPairs(pairs);
      const note = `${(1e3 * figures.ours_ms).toFixed(2)} µs per call`;
      yield { what: 'call', net: name, batch: 1, against: 'direct C call', ...figures, note };
    }
    const against = 'memcpy in and out';
    yield { what: 'tuple', net: 'TypeScript', batch: 1_000_000, against, ...fromPairs(tuple) };
  } finally {
    for (const { peer } of peers) peer.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
