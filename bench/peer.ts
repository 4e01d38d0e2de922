// A peer of the benchmark: a child process that answers one JSON line per JSON line.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Peer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #errors = '';

  constructor(command: readonly string[], env: Record<string, string | undefined>) {
    const [program, ...args] = command;
    this.#child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.#child.stderr!.on('data', (text: Buffer) => (this.#errors = (this.#errors + text.toString()).slice(-2000)));
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  async ask<Answer>(request: object): Promise<Answer> {
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the peer ended: ${this.#errors.trim().split('\n').slice(-3).join(' | ')}`);
    return JSON.parse(value) as Answer;
  }

  /** Milliseconds of one step. */
  async step(): Promise<number> {
    return (await this.ask<{ ms: number }>({ command: 'step' })).ms;
  }

  async peakMib(): Promise<number> {
    return (await this.ask<{ mib: number }>({ command: 'peak' })).mib;
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }
}
