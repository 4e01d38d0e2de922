// What the teacher says of each training image, asked once: in later epochs the samples carry it, and the unpruned
// network, which is larger than the one that learns, is not run again. Not for images that change (augmentation).
import type { HDict } from '../generated/HDict.js';
import type { HDlModel } from '../generated/HDlModel.js';
import type { HTuple } from '../htuple/HTuple.js';
import { disposeAll } from './samples.js';

const KEY = 'teacher_output';
/** Numbers that are kept, 8 bytes each; images beyond that are asked about every time. */
const ROOM = 2 ** 25;

export class TeacherOutputs {
  readonly #known = new Map<number, HTuple>();
  #room = ROOM;

  /** Gives the samples (of these indices; one batch) their entry 'teacher_output'. The model has its 'teacher' set. */
  async addTo(model: HDlModel, indices: readonly number[], samples: readonly HDict[]): Promise<void> {
    if (!indices.every((index) => this.#known.has(index))) {
      if (this.#room <= 0) return;
      const results = await model.ApplyDlModelAsync(samples, KEY);
      indices.forEach((index, i) => this.#keep(index, results[i]!.GetDictTuple(KEY)));
      disposeAll(results);
    }
    indices.forEach((index, i) => samples[i]!.SetDictTuple(KEY, this.#known.get(index)!));
  }

  #keep(index: number, output: HTuple): void {
    if (!this.#known.has(index)) this.#room -= output.Length;
    this.#known.set(index, output);
  }
}
