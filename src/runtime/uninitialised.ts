// Argument of the constructors of handles and objects that makes an empty instance, whatever `new X()` means for the
// class: `new HDict()` creates a dictionary.
export const kUninitialised: unique symbol = Symbol('uninitialised');
