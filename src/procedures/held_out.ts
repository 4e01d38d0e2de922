// The loss on samples that are neither scored nor trained on: what target 'loss_increase' is measured by.
import type { HDlModel } from '../generated/HDlModel.js';
import { evaluateLoss } from './loss.js';
import type { PreparedDataset } from './preprocess.js';
import type { PruneParam } from './prune.js';
import { hasLabels, meanDistance } from './quality.js';

/** Cross-entropy with labels, else the distance from the unpruned network's outputs; on the validation split. */
export class HeldOutLoss {
  private constructor(
    private readonly measure: (model: HDlModel) => Promise<number>,
    private readonly start: number,
  ) {}

  static async open(
    data: PreparedDataset,
    unpruned: HDlModel,
    param: PruneParam,
    signal: AbortSignal | undefined,
  ): Promise<HeldOutLoss> {
    const indices = data.indices('validation').slice(0, param.scoreSamples);
    if (indices.length === 0)
      throw new Error("target 'loss_increase' needs samples in the split 'validation'");
    if (param.loss === 'distance' || !hasLabels(data, unpruned))
      return new HeldOutLoss((model) => meanDistance(data, model, unpruned, indices, signal), 0);
    const measure = async (model: HDlModel): Promise<number> =>
      (await evaluateLoss(data, model, indices, { signal })).loss;
    return new HeldOutLoss(measure, await measure(unpruned));
  }

  /** How much more the model loses than the unpruned network. */
  async rise(model: HDlModel): Promise<number> {
    return (await this.measure(model)) - this.start;
  }
}
