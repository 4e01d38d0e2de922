// One run per folder: a file that names the process at work. What a killed run left behind does not count.
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './files.js';

const NAME = '.lock';

/** Throws if another process works in the folder; the result gives it free. */
export function lockFolder(folder: string): () => void {
  makeFolder(folder);
  const file = join(folder, NAME);
  const aside = `${file}.${process.pid}`;
  const own = `${process.pid} ${startOf(process.pid)}`;
  // Linked when it is complete: nobody finds it empty.
  writeFileSync(aside, own);
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        place(aside, file, own);
        return () => rmSync(file, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 0) throw error;
      }
      const holder = readFileSync(file, 'utf8');
      const pid = holder.split(' ')[0]!;
      // A number can be another process by now; the time of its start tells.
      if (holder !== '' && holder === `${pid} ${startOf(Number(pid))}`)
        throw new Error(`process ${pid} is at work in '${folder}'; use another folder, or wait for its end`);
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(aside, { force: true });
  }
}

/** In one piece where the file system knows hard links. */
function place(aside: string, file: string, own: string): void {
  try {
    linkSync(aside, file);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    writeFileSync(file, own, { flag: 'wx' });
  }
}

/** When the process was started, in the kernel's ticks; '' if there is none. */
function startOf(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return fields[19]!;
  } catch {
    return '';
  }
}
