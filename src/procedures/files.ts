// Files that are whole or not there: written under a temporary name, synced, renamed.
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';

const MAX_LINKS = 40;

/** With the folders above it. Node's own 'recursive' never returns where no folder can be made, as in /proc. */
export function makeFolder(path: string): void {
  if (existsSync(path) || dirname(path) === path) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

/** The file at the end of a chain of links; it need not exist. */
function endOfLinks(path: string): string {
  for (let end = path, links = 0; ; links++) {
    const target = lstatSync(end, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(end);
    if (!target) return end;
    if (links === MAX_LINKS) throw new Error(`file '${path}' cannot be written: its links have no end`);
    end = resolve(dirname(end), target);
  }
}

/**
 * Lets `write` make a file under a temporary name (same folder, same extension) and puts it in place; where the path is
 * a link, in the place of the file that it leads to.
 */
export function replaceFile(file: string, write: (temporary: string) => void): void {
  const path = endOfLinks(file);
  const extension = extname(path);
  const temporary = join(dirname(path), `.${basename(path, extension)}.${process.pid}.tmp${extension}`);
  makeFolder(dirname(path));
  removeAbandoned(path);
  try {
    write(temporary);
    sync(temporary);
    renameSync(temporary, path);
    sync(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new Error(`file '${file}' cannot be written: ${error.message}`, { cause: error });
  }
}

/** Temporaries of processes that were killed while they wrote. */
function removeAbandoned(path: string): void {
  const extension = extname(path);
  const [begin, end] = [`.${basename(path, extension)}.`, `.tmp${extension}`];
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(begin) || !name.endsWith(end)) continue;
    const pid = name.slice(begin.length, -end.length);
    if (/^\d+$/.test(pid) && !existsSync(`/proc/${pid}`)) rmSync(join(dirname(path), name), { force: true });
  }
}

export function writeFileWhole(path: string, content: string | Uint8Array): void {
  replaceFile(path, (temporary) => {
    const file = openSync(temporary, 'w');
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    } finally {
      closeSync(file);
    }
  });
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
