// The package's public face.
export * from './htuple/index.js';
export * from './runtime/index.js';
export * from './generated/index.js';
export * from './procedures/index.js';
