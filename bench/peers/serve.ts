// The line protocol of the peers written in TypeScript: a JSON request a line in, a JSON answer a line out. 'load',
// 'steps' (milliseconds of each) and a peer's own commands; anything else asks for the peak memory.
import { createInterface } from 'node:readline';

/** Milliseconds that the work took. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  const result = work();
  if (result instanceof Promise) await result;
  return performance.now() - start;
}

export interface PeerCommands<Request> {
  /** Makes ready what is not measured; the answer may carry a version. */
  load(request: Request): object | Promise<object>;
  /** One step, in milliseconds. */
  step(): number | Promise<number>;
  own?: Readonly<Record<string, () => object>>;
}

export async function serve<Request extends { command: string; steps: number }>(
  peer: PeerCommands<Request>,
): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Request;
    let answer: object;
    if (request.command === 'load') {
      answer = await peer.load(request);
    } else if (request.command === 'steps') {
      const ms: number[] = [];
      for (let i = 0; i < request.steps; i++) ms.push(await peer.step());
      answer = { ms };
    } else {
      answer = peer.own?.[request.command]?.() ?? { mib: process.resourceUsage().maxRSS / 1024 };
    }
    console.log(JSON.stringify(answer));
  }
}
