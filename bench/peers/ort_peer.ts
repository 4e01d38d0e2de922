// onnxruntime-node as a peer: the same line protocol as torch_peer.py, inference only, 2 threads.
import * as ort from 'onnxruntime-node';
import { serve, timed } from './serve.js';

interface Request {
  command: string;
  file: string;
  batch: number;
  size: number;
  width?: number;
  height?: number;
  steps: number;
}

let session: ort.InferenceSession;
let feeds: Record<string, ort.Tensor>;

/** The input's dims; what the file leaves open is the batch, the height and the width. */
function inputDims({ batch, size, width = size, height = size }: Request): number[] {
  const [metadata] = session.inputMetadata;
  if (!metadata?.isTensor || metadata.shape.length !== 4) return [batch, 3, height, width];
  const [, second, , last] = metadata.shape;
  const channelsLast =
    typeof last === 'number' &&
    last >= 1 &&
    last <= 4 &&
    !(typeof second === 'number' && second <= 4 && second >= 1);
  const open = channelsLast ? [batch, height, width, 3] : [batch, 3, height, width];
  return metadata.shape.map((dim, i) => (i > 0 && typeof dim === 'number' && dim > 0 ? dim : open[i]!));
}

await serve<Request>({
  async load(request) {
    session = await ort.InferenceSession.create(request.file, { intraOpNumThreads: 2, interOpNumThreads: 1 });
    const dims = inputDims(request);
    const data = Float32Array.from(
      { length: dims.reduce((a, b) => a * b, 1) },
      (_, i) => ((i * 37) % 101) / 50 - 1,
    );
    feeds = { [session.inputNames[0]!]: new ort.Tensor('float32', data, dims) };
    return { ok: true, version: ort.env.versions.node };
  },
  step: () => timed(() => session.run(feeds)),
});
