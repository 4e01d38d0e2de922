// onnxruntime-node as a peer: the same line protocol as torch_peer.py, inference only, 2 threads.
import { createInterface } from 'node:readline';
import * as ort from 'onnxruntime-node';

let session: ort.InferenceSession;
let feeds: Record<string, ort.Tensor>;

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as { command: string; file: string; batch: number; size: number; channels?: number };
  let answer: object;
  if (request.command === 'load') {
    session = await ort.InferenceSession.create(request.file, { intraOpNumThreads: 2, interOpNumThreads: 1 });
    const dims = [request.batch, request.channels ?? 3, request.size, request.size];
    const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 37) % 101) / 50 - 1);
    feeds = { [session.inputNames[0]!]: new ort.Tensor('float32', data, dims) };
    answer = { ok: true, version: '1.30.0' };
  } else if (request.command === 'step') {
    const start = performance.now();
    await session!.run(feeds!);
    answer = { ms: performance.now() - start };
  } else {
    answer = { mib: process.resourceUsage().maxRSS / 1024 };
  }
  console.log(JSON.stringify(answer));
}
