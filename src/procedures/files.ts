// Files that are whole or not there: written under a temporary name, synced, renamed.
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

/** Lets `write` make a file under a temporary name (same folder, same extension) and puts it in place. */
export function replaceFile(path: string, write: (temporary: string) => void): void {
  const extension = extname(path);
  const temporary = join(dirname(path), `.${basename(path, extension)}.${process.pid}.tmp${extension}`);
  mkdirSync(dirname(path), { recursive: true });
  try {
    write(temporary);
    sync(temporary);
    renameSync(temporary, path);
    sync(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
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
