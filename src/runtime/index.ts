export { callOperator, callOperatorAsync, type CallResult } from './call.js';
export { HHandle } from './HHandle.js';
export { HObject } from './HObject.js';
export { HOperatorError } from './HOperatorError.js';
export { copyFromPointer, withPointer } from './memory.js';
