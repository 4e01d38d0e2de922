// The record types of the operator table: what the reference documentation states about an operator, as data.
// Entries are written with the constructors of build.ts, which fill in the usual values.

export type ElementType = 'integer' | 'real' | 'string' | 'handle';
export type PixelType =
  | 'byte'
  | 'direction'
  | 'cyclic'
  | 'int1'
  | 'int2'
  | 'uint2'
  | 'int4'
  | 'int8'
  | 'real'
  | 'complex'
  | 'vector_field';

/** 'false': exactly one value; 'true': a tuple of any length; 'optional': one value or several. */
export type Multivalue = 'false' | 'true' | 'optional';
/** Type in the simple C form and in scalar overloads of class methods; 'none': tuples only. */
export type DefaultType = 'integer' | 'real' | 'string' | 'none';

export type Scalar = number | string;
/** One value, or a tuple of values; [] is the empty tuple. */
export type Value = Scalar | readonly Scalar[];

export interface Parameter {
  /** As documented: "DLModelHandle". */
  readonly name: string;
  /** Semantic type, a key of semantic_types.ts: "dl_model", "filename.read", "image". */
  readonly semType: string;
  /** Control parameters: allowed element types, in documented order; objects: none. */
  readonly types: readonly ElementType[];
  /** Image parameters: allowed pixel types; empty: any. */
  readonly pixelTypes: readonly PixelType[];
  readonly multivalue: Multivalue;
  /** May the elements of one tuple have different types? */
  readonly mixed: boolean;
  /** Is the empty tuple a valid value? */
  readonly emptyAllowed: boolean;
  /** A hint for the caller, who always passes a value. */
  readonly default?: Value;
  readonly suggested: readonly Scalar[];
  /** Closed list: no other string is accepted. Empty: any. */
  readonly values: readonly Scalar[];
  /** Inclusive limits of every numeric element. */
  readonly min?: number;
  readonly max?: number;
  /** An input whose state the operator changes. */
  readonly modified: boolean;
  readonly defaultType: DefaultType;
  readonly description: string;
}

/**
 * One class that offers an operator.
 * instance: the first input of the class becomes `this`; result: the output of the class replaces the instance;
 * static: the class is in no parameter; array: static method on arrays of the class.
 */
export interface ClassForm {
  readonly name: string;
  readonly role: 'instance' | 'result' | 'static' | 'array';
  /** role 'result': there is a constructor with the same parameters. */
  readonly constructs: boolean;
}

export interface ErrorCase {
  readonly code: number;
  readonly when: string;
}

export interface Threading {
  /** May run beside itself and other operators. */
  readonly reentrant: boolean;
  readonly scope: 'global' | 'local';
  readonly parallel: 'none' | 'internal';
}

export interface Operator {
  readonly name: string;
  /** "Deep Learning / Pruning". */
  readonly chapter: string;
  /** One sentence. */
  readonly brief: string;
  /** Paragraphs in Markdown. */
  readonly description: readonly string[];
  readonly keywords: readonly string[];
  readonly module: string;
  readonly threading: Threading;
  readonly inputObjects: readonly Parameter[];
  readonly outputObjects: readonly Parameter[];
  readonly inputControls: readonly Parameter[];
  readonly outputControls: readonly Parameter[];
  readonly classes: readonly ClassForm[];
  /** Class forms return the first output; false: they return nothing and fill in all outputs. */
  readonly returnsFirst: boolean;
  /** Has an `...Async` form. */
  readonly longRunning: boolean;
  readonly predecessors: readonly string[];
  readonly successors: readonly string[];
  readonly alternatives: readonly string[];
  readonly seeAlso: readonly string[];
  readonly references: readonly string[];
  readonly result: string;
  /** Errors beyond those that follow from the parameter declarations. */
  readonly errors: readonly ErrorCase[];
}
