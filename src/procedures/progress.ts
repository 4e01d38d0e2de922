// Progress of long loops: rate and remaining time. On a terminal one live line, else a plain line now and then.

export interface ProgressSink {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export interface ProgressOptions {
  /** Default: standard error, so that results on standard output stay clean. */
  sink?: ProgressSink;
  /** Seconds between plain lines. */
  interval?: number;
  now?: () => number;
}

const LIVE_INTERVAL = 0.1;

export class Progress {
  readonly #sink: ProgressSink;
  readonly #interval: number;
  readonly #now: () => number;
  readonly #start: number;
  #last = -Infinity;
  #live = false;

  constructor(
    readonly label: string,
    readonly total: number,
    readonly unit = 'images',
    options: ProgressOptions = {},
  ) {
    this.#sink = options.sink ?? process.stderr;
    this.#interval = this.#sink.isTTY ? LIVE_INTERVAL : (options.interval ?? 5);
    this.#now = options.now ?? (() => performance.now() / 1000);
    this.#start = this.#now();
    if (!this.#sink.isTTY) this.#last = this.#start;
  }

  /** `done` of `total` are finished; `note` is shown behind the numbers. */
  update(done: number, note = ''): void {
    const now = this.#now();
    if (now - this.#last < this.#interval) return;
    this.#last = now;
    this.#show(this.#line(done, now, note));
  }

  /** The closing line: it stays on the screen. */
  finish(note = ''): void {
    const seconds = this.#now() - this.#start;
    const rate = seconds > 0 ? ` (${formatRate(this.total / seconds)} ${this.unit}/s)` : '';
    const line = `${this.label}: ${this.total} ${this.unit} in ${formatTime(seconds)}${rate}${note ? `  ${note}` : ''}`;
    this.#sink.write(this.#live ? `\r\x1b[2K${line}\n` : `${line}\n`);
    this.#live = false;
  }

  /** Ends the live line without a closing line, e.g. before an error is printed. */
  stop(): void {
    if (this.#live) this.#sink.write('\n');
    this.#live = false;
  }

  #line(done: number, now: number, note: string): string {
    const seconds = now - this.#start;
    const percent = this.total > 0 ? Math.floor((100 * done) / this.total) : 100;
    const parts = [`${this.label}: ${done}/${this.total} ${this.unit} ${percent}%`];
    if (seconds > 0 && done > 0) {
      parts.push(
        `${formatRate(done / seconds)}/s`,
        `ETA ${formatTime(((this.total - done) * seconds) / done)}`,
      );
    }
    if (note) parts.push(note);
    return parts.join('  ');
  }

  #show(line: string): void {
    if (!this.#sink.isTTY) {
      this.#sink.write(`${line}\n`);
      return;
    }
    this.#sink.write(`\r\x1b[2K${line.slice(0, (this.#sink.columns ?? 80) - 1)}`);
    this.#live = true;
  }
}

export function formatTime(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function formatRate(rate: number): string {
  return rate >= 100 ? rate.toFixed(0) : rate.toPrecision(3);
}
