// The operator table: the only place where a fact about the API is written.
import { dictOperators } from './dict.js';
import { dlDeviceOperators } from './dl_device.js';
import { dlModelOperators } from './dl_model.js';
import { dlPruningOperators } from './dl_pruning.js';
import { handleOperators } from './handle.js';
import { imageOperators } from './image.js';
import { imageChannelOperators } from './image_channel.js';
import { introspectionOperators } from './introspection.js';
import { objectOperators } from './object.js';
import { serializationOperators } from './serialization.js';
import { systemOperators } from './system.js';
import { tupleArithmeticOperators } from './tuple_arithmetic.js';
import { tupleComparisonOperators } from './tuple_comparison.js';
import { tupleSelectionOperators } from './tuple_selection.js';
import { tupleStringOperators } from './tuple_string.js';
import type { Operator, Parameter } from './types.js';

/** All operators, sorted by name (by code unit, as the core's binary search expects). */
export const operators: readonly Operator[] = [
  ...dictOperators,
  ...dlDeviceOperators,
  ...dlModelOperators,
  ...dlPruningOperators,
  ...handleOperators,
  ...imageChannelOperators,
  ...imageOperators,
  ...introspectionOperators,
  ...objectOperators,
  ...serializationOperators,
  ...systemOperators,
  ...tupleArithmeticOperators,
  ...tupleComparisonOperators,
  ...tupleSelectionOperators,
  ...tupleStringOperators,
].sort((a, b) => (a.name < b.name ? -1 : 1));

/** The parameters of an operator in the order of the C interface. */
export function allParameters(operator: Operator): Parameter[] {
  return [
    ...operator.inputObjects,
    ...operator.outputObjects,
    ...operator.inputControls,
    ...operator.outputControls,
  ];
}

export * from './types.js';
