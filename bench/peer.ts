// A peer of the benchmark: a child process that answers one JSON line per JSON line.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export class Peer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #errors = '';

  constructor(command: readonly string[], env: Record<string, string | undefined>) {
    const [program, ...args] = command;
    this.#child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.#child.stderr!.on(
      'data',
      (text: Buffer) => (this.#errors = (this.#errors + text.toString()).slice(-2000)),
    );
    this.#child.on('error', (error) => (this.#errors = error.message));
    this.#child.stdin!.on('error', () => undefined); // the child's end is reported by ask()
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  async ask<Answer>(request: object): Promise<Answer> {
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) {
      const lines = this.#errors.trim().split('\n');
      throw new Error(
        `the peer ended: ${lines.find((one) => /Error\b/.test(one)) ?? lines.slice(-3).join(' | ')}`,
      );
    }
    return JSON.parse(value) as Answer;
  }

  /** Milliseconds of each of `steps` steps, run without a message in between. */
  async steps(steps: number): Promise<number[]> {
    return (await this.ask<{ ms: number[] }>({ command: 'steps', steps })).ms;
  }

  async peakMib(): Promise<number> {
    return (await this.ask<{ mib: number }>({ command: 'peak' })).mib;
  }

  /** Processor seconds that the peer has used, all threads. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }
}

/** Seconds that all processors together were busy, with what the hypervisor took. */
export function busySeconds(): number {
  const fields = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.split(/\s+/).slice(1).map(Number);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields;
  return (user + nice + system + irq + softirq + steal) / 100;
}
