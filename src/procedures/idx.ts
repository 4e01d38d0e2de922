// IDX files (the format of MNIST and its relatives), plain or gzipped.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface IdxArray {
  dims: number[];
  data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const MAX_BYTES = 2 ** 31;

export function readIdx(path: string): IdxArray {
  const file = readFileSync(path);
  let bytes: Buffer = file;
  if (file[0] === 0x1f && file[1] === 0x8b) {
    try {
      bytes = gunzipSync(file, { maxOutputLength: MAX_BYTES });
    } catch (error) {
      throw new Error(`${path}: damaged gzip data (${(error as Error).message})`, { cause: error });
    }
  }
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) throw new Error(`${path} is not an IDX file`);
  if (bytes[2] !== UNSIGNED_BYTE) throw new Error(`${path}: only IDX files of unsigned bytes are supported`);
  const rank = bytes[3]!;
  const header = 4 + 4 * rank;
  if (rank === 0 || bytes.length < header) throw new Error(`${path}: the IDX header is cut off`);
  const dims = Array.from({ length: rank }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (bytes.length !== header + size) {
    throw new Error(
      `${path}: ${dims.join(' x ')} needs ${size} bytes of data, found ${bytes.length - header}`,
    );
  }
  return { dims, data: new Uint8Array(bytes.buffer, bytes.byteOffset + header, size) };
}
