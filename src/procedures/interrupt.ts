// Ctrl-C: the running loop stops after its current step; what was finished before is on disk. A second Ctrl-C ends
// the process at once.

export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor(what: string) {
    super(`${what} was interrupted`);
  }
}

export function throwIfAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw new InterruptedError(what);
}

/** Runs `work` with a signal that Ctrl-C (or SIGTERM) aborts. */
export async function withInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
