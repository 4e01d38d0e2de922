// Whether a native library can be loaded on this machine (its own dependencies included).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

export function loads(file) {
  if (!existsSync(file)) return false;
  // In a child process: a library that crashes while it loads must not take the installation along.
  const script = `require('koffi').load(${JSON.stringify(resolve(file))})`;
  return spawnSync(process.execPath, ['-e', script], { stdio: 'ignore' }).status === 0;
}
