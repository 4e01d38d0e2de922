// Short forms of the model operators that the procedures call.
import { HTuple, type HTupleLike } from '../htuple/HTuple.js';
import { callOperator } from '../runtime/call.js';
import { HHandle } from '../runtime/HHandle.js';

export function readModel(path: string): HHandle {
  return HHandle.fromResult(callOperator('read_dl_model', [], [path], 0, 1).controls[0]!);
}

export function writeModel(model: HHandle, path: string): void {
  callOperator('write_dl_model', [], [model, path], 0, 0);
}

export function getModelParam(model: HHandle, name: string): HTuple {
  return callOperator('get_dl_model_param', [], [model, name], 0, 1).controls[0]!;
}

export function setModelParam(model: HHandle, name: string, value: HTupleLike): void {
  callOperator('set_dl_model_param', [], [model, name, value], 0, 0);
}

/** A model with everything in it as a block of memory, for going back to it later. */
export function snapshot(model: HHandle): HHandle {
  return HHandle.fromResult(callOperator('serialize_dl_model', [], [model], 0, 1).controls[0]!);
}

export function restore(item: HHandle): HHandle {
  return HHandle.fromResult(callOperator('deserialize_dl_model', [], [item], 0, 1).controls[0]!);
}

export function dictTuple(dict: HHandle, key: string): HTuple {
  return callOperator('get_dict_tuple', [], [dict, key], 0, 1).controls[0]!;
}

/** Lets the event loop turn (Ctrl-C, progress, timers) between two long native calls. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
