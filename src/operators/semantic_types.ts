// Semantic types of parameters, and the classes that stand for them in object-oriented languages. Class names do
// not follow from the type, so the map is explicit.

/** Types that have a class of their own. */
export const kClasses: Readonly<Record<string, string>> = {
  dict: 'HDict',
  dl_device: 'HDlDevice',
  dl_layer: 'HDlLayer',
  dl_model: 'HDlModel',
  dl_pruning: 'HDlPrune',
  handle: 'HHandle',
  image: 'HImage',
  object: 'HObject',
  serialized_item: 'HSerializedItem',
};

/** Classes without instances: they only group static methods. */
export const kGroupingClasses: readonly string[] = ['HInfo', 'HMisc', 'HSystem'];

/** Classes whose instances are iconic objects. */
export const kObjectClasses: readonly string[] = ['HImage', 'HObject'];

/** Classes whose Clone() returns their own class; every other one has that of its base. */
export const kClonedClasses: readonly string[] = ['HDlModel', 'HImage'];

/** Classes whose operators are members of a hand-written class. */
export const kHandwrittenClasses: readonly string[] = ['HHandle', 'HObject', 'HTuple'];

/** Methods that the hand-written classes have already in every language, with the same meaning. */
export const kHandwrittenMethods: readonly string[] = ['HTuple.tuple_concat'];

/** Types of plain values. */
export const kValueTypes: readonly string[] = [
  'attribute.name',
  'attribute.value',
  'channel',
  'extent.x',
  'extent.y',
  'filename.read',
  'filename.write',
  'integer',
  'number',
  'point.x',
  'point.y',
  'pointer',
  'proc_name',
  'real',
  'rectangle.extent.x',
  'rectangle.extent.y',
  'rectangle.origin.x',
  'rectangle.origin.y',
  'string',
  'tuple',
];

export const isSemanticType = (name: string) => name in kClasses || kValueTypes.includes(name);
export const classOf = (semType: string): string | undefined => kClasses[semType];
