// The house rules as tests: dependencies point down, libraries stay behind their one door, files stay small,
// generated files say so.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

// What each room of csrc may include, besides itself.
const nativeRooms: Record<string, string[]> = {
  base: [],
  tensor: ['base'],
  graph: ['base', 'tensor'],
  layers: ['base', 'tensor', 'graph'],
  onnx: ['base', 'tensor', 'graph', 'layers'],
  backends: ['base', 'tensor', 'graph', 'layers'],
  engine: ['base', 'tensor', 'graph', 'layers', 'backends'],
  pruning: ['base', 'tensor', 'graph', 'layers', 'backends', 'engine'],
  objects: ['base', 'include'],
  model: ['base', 'tensor', 'graph', 'layers', 'backends', 'engine', 'onnx', 'objects', 'include'],
  operators: [
    'base',
    'tensor',
    'graph',
    'layers',
    'backends',
    'engine',
    'onnx',
    'objects',
    'pruning',
    'model',
    'include',
    'api',
    'generated',
  ],
  generated: ['api', 'include', 'objects', 'base'],
  api: ['base', 'objects', 'include', 'generated'],
  include: [],
};

// src: rooms in order; each may import from those before it.
const scriptRooms = [
  'operators',
  'codegen',
  'htuple',
  'runtime',
  'generated',
  'onnx',
  'procedures',
  'report',
  'cli',
  'demo',
  'experiments',
];

// Longer than 500 lines, and why.
const longFiles: Record<string, string> = {};

function filesBelow(folder: string, pattern: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('node_modules'))
    .sort();
}

const native = filesBelow('csrc', /\.(cpp|h|cu)$/).map((file) => ({
  file,
  text: readFileSync(file, 'utf8'),
}));
const script = filesBelow('src', /\.ts$/).map((file) => ({ file, text: readFileSync(file, 'utf8') }));

describe('architecture', () => {
  it('csrc: a room includes only rooms below it', () => {
    const wrong: string[] = [];
    for (const { file, text } of native) {
      const room = file.split('/')[1] ?? '';
      const allowed = nativeRooms[room];
      expect(allowed, `${file}: csrc/${room} has no place in the order`).to.not.equal(undefined);
      for (const [, included] of text.matchAll(/^#include "([^"]+)"/gm)) {
        const target = included?.includes('/') ? included.split('/')[0] : undefined;
        if (target === undefined || target === room || !(target in nativeRooms)) continue;
        if (!allowed?.includes(target)) wrong.push(`${file} includes ${included}`);
      }
    }
    expect(wrong).to.deep.equal([]);
  });

  it('csrc: only backends/onednn includes oneDNN, only backends/cuda CUDA, only onnx protobuf', () => {
    const doors: [RegExp, string][] = [
      [/#include [<"](oneapi\/)?dnnl/, 'csrc/backends/onednn/'],
      [/#include <cuda/, 'csrc/backends/cuda/'],
      [/#include [<"](google\/protobuf|onnx\.pb\.h)/, 'csrc/onnx/'],
    ];
    const wrong = native.flatMap(({ file, text }) =>
      doors
        .filter(([include, door]) => include.test(text) && !file.startsWith(door))
        .map(([, door]) => `${file}: ${door}`),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('src: a room imports only rooms before it', () => {
    const wrong: string[] = [];
    for (const { file, text } of script) {
      const room = file.split('/')[1] ?? '';
      if (!scriptRooms.includes(room)) continue; // src/index.ts
      for (const [, target] of text.matchAll(/from '\.\.\/(\w+)\//g)) {
        if (target !== undefined && scriptRooms.indexOf(target) > scriptRooms.indexOf(room))
          wrong.push(`${file} imports ${target}`);
      }
    }
    expect(wrong).to.deep.equal([]);
  });

  it('src: only runtime/library.ts imports koffi; nothing generated is imported by what generates it', () => {
    const koffi = script.filter(({ text }) => /from 'koffi'/.test(text)).map(({ file }) => file);
    expect(koffi).to.deep.equal(['src/runtime/library.ts']);
  });

  it('files are at most 500 lines', () => {
    const long = [...native, ...script]
      .filter(({ file }) => !file.includes('/generated/') && !(file in longFiles))
      .map(({ file, text }) => ({ file, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > 500)
      .map(({ file, lines }) => `${file}: ${lines}`);
    expect(long).to.deep.equal([]);
  });

  it('generated files carry a banner', () => {
    const bare = [...native, ...script]
      .filter(({ file, text }) => file.includes('/generated/') && !/generated/i.test(text.slice(0, 300)))
      .map(({ file }) => file);
    expect(bare).to.deep.equal([]);
  });
});
