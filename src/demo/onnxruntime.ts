// The second opinion: the written file in onnxruntime, on the same images.
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { PreparedDataset } from '../procedures/preprocess.js';

type OnnxRuntime = typeof import('onnxruntime-node');

export class OrtModel {
  private constructor(
    private readonly ort: OnnxRuntime,
    private readonly session: InferenceSession,
  ) {}

  static async load(path: string, threads: number): Promise<OrtModel> {
    const ort = await import('onnxruntime-node');
    const session = await ort.InferenceSession.create(path, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    return new OrtModel(ort, session);
  }

  /** Position of the largest output per image. */
  async predict(data: PreparedDataset, indices: readonly number[], batchSize = 256): Promise<number[]> {
    const predicted: number[] = [];
    for (let begin = 0; begin < indices.length; begin += batchSize) {
      const logits = await this.run(this.batch(data, indices.slice(begin, begin + batchSize)));
      const values = logits.data as Float32Array;
      const classes = logits.dims[1]!;
      for (let i = 0; i < logits.dims[0]!; i++) {
        const row = values.subarray(i * classes, (i + 1) * classes);
        predicted.push(row.indexOf(Math.max(...row)));
      }
    }
    return predicted;
  }

  /** Median milliseconds per image. */
  async latency(data: PreparedDataset, batchSize: number, seconds: number): Promise<number> {
    const input = this.batch(
      data,
      Array.from({ length: batchSize }, (_, i) => i),
    );
    const times: number[] = [];
    await this.run(input);
    for (const end = performance.now() + seconds * 1000; performance.now() < end || times.length < 5;) {
      const start = performance.now();
      await this.run(input);
      times.push((performance.now() - start) / batchSize);
    }
    return times.sort((a, b) => a - b)[times.length >> 1]!;
  }

  private batch(data: PreparedDataset, indices: readonly number[]): Tensor {
    const { image_num_channels: channels, image_height: height, image_width: width } = data.param;
    const values = new Float32Array(indices.length * data.size);
    indices.forEach((index, i) => values.set(data.pixels(index), i * data.size));
    return new this.ort.Tensor('float32', values, [indices.length, channels, height, width]);
  }

  private async run(input: Tensor): Promise<Tensor> {
    const outputs = await this.session.run({ [this.session.inputNames[0]!]: input });
    return outputs[this.session.outputNames[0]!]!;
  }
}
