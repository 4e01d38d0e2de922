// Byte offsets of the structs of hcore.h, and of one call's scratch memory: the HArguments, the HErrorInfo, the
// input and output tuples, the object keys, and an arena for short arrays and strings.

export const TUPLE_BYTES = 48;
export const TUPLE_TYPE = 8;
export const TUPLE_NUM = 16;
export const TUPLE_ELEM = 40;
export const CPAR_BYTES = 16;

export const MAX_CONTROLS = 24;
export const MAX_OBJECTS = 24;

export const ARGUMENTS = 0;
export const ERROR = 64;
export const ERROR_CODE = ERROR;
export const ERROR_PARAMETER = ERROR + 4;
export const ERROR_OPERATOR = ERROR + 8;
export const ERROR_TEXT = ERROR + 72;
export const ERROR_END = ERROR_TEXT + 1024;
export const IN_TUPLES = ERROR_END;
export const OUT_TUPLES = IN_TUPLES + MAX_CONTROLS * TUPLE_BYTES;
export const IN_OBJECTS = OUT_TUPLES + MAX_CONTROLS * TUPLE_BYTES;
export const OUT_OBJECTS = IN_OBJECTS + MAX_OBJECTS * 8;
export const ARENA = OUT_OBJECTS + MAX_OBJECTS * 8;
export const FRAME_BYTES = ARENA + 16384;
