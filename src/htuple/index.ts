export { HHandleBase } from './HHandleBase.js';
export { HTuple, type HTupleLike } from './HTuple.js';
export { HTupleElement } from './HTupleElement.js';
export { deserializeTuple, serializeTuple } from './serialize.js';
export {
  HTupleAccessError,
  HTupleType,
  type HElementType,
  type HTupleArray,
  type HTupleValue,
} from './types.js';
