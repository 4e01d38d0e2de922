import { createDlPruneParam, createDlTrainParam, type PruneParam } from '../../src/procedures/index.js';

/** A run with everything in it that draws at random or looks at the unpruned network. */
export function resumeParam(): PruneParam {
  return createDlPruneParam(50, 3, {
    scoreSamples: 40,
    scoreBatchSize: 16,
    recalibrate: true,
    train: createDlTrainParam(3, {
      batchSize: 12,
      augmentation: { mirror: true, shift: 1 },
      distill: { weight: 0.5 },
    }),
  });
}
