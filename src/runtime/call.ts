// callOperator and callOperatorAsync: one operator by its name. The asynchronous form runs in the thread pool; it
// keeps the event loop alive, and holds references of its own to every input until the call is over.
import type { HTuple, HTupleLike } from '../htuple/HTuple.js';
import { HTupleAccessError } from '../htuple/types.js';
import type { HObject } from './HObject.js';
import { native } from './library.js';
import { CallFrame } from './marshal.js';

export interface CallResult {
  objects: HObject[];
  controls: HTuple[];
}

const OK = 2;
const ids = new Map<string, number>();
const frames: CallFrame[] = [];

export function callOperator(
  name: string,
  inObjects: readonly HObject[],
  inControls: readonly HTupleLike[],
  numOutObjects: number,
  numOutControls: number,
): CallResult {
  const frame = frames.pop() ?? new CallFrame();
  try {
    const id = operatorId(name);
    write(frame, name, inObjects, inControls, numOutObjects, numOutControls, false);
    const code = native().HCallById(id, frame.arguments, frame.error);
    if (code !== OK) throw frame.readError(code, name);
    return frame.read(numOutObjects, numOutControls);
  } finally {
    frame.reset();
    frames.push(frame);
  }
}

export async function callOperatorAsync(
  name: string,
  inObjects: readonly HObject[],
  inControls: readonly HTupleLike[],
  numOutObjects: number,
  numOutControls: number,
): Promise<CallResult> {
  const frame = frames.pop() ?? new CallFrame();
  try {
    const id = operatorId(name);
    write(frame, name, inObjects, inControls, numOutObjects, numOutControls, true);
    const code = await new Promise<number>((resolve, reject) => {
      native().HCallById.async(id, frame.arguments, frame.error, (error, result) => {
        if (error) reject(error as Error);
        else resolve(result);
      });
    });
    if (code !== OK) throw frame.readError(code, name);
    return frame.read(numOutObjects, numOutControls);
  } finally {
    frame.reset();
    frames.push(frame);
  }
}

/** What cannot be passed at all is said with the names of operator and parameter, as the core does with the rest. */
function write(frame: CallFrame, operator: string, ...values: Parameters<CallFrame['write']>): void {
  try {
    frame.write(...values);
  } catch (cause) {
    const { parameter } = frame;
    if (parameter < 0 || !(cause instanceof TypeError)) throw cause;
    const { controls } = callOperator('get_param_names', [], [operator], 0, 4);
    const names = [controls[0]!, controls[2]!].flatMap((names) => names.ToSArr());
    const text = `${operator}, ${names[parameter] ?? `input ${parameter + 1}`}: ${cause.message}`;
    throw cause instanceof HTupleAccessError
      ? new HTupleAccessError(text, { cause })
      : new TypeError(text, { cause });
  }
}

function operatorId(name: string): number {
  let id = ids.get(name);
  if (id === undefined) {
    id = native().HOperatorId(name);
    if (id < 0) throw new TypeError(`there is no operator ${name}`);
    ids.set(name, id);
  }
  return id;
}
