// The Debian 12 packages that Alcedo needs; why each: docs/decisions/dependencies.md.
export const debianPackages = {
  build: [
    'libdnnl-dev',
    'libprotobuf-dev',
    'protobuf-compiler',
    'libjpeg62-turbo-dev',
    'libpng-dev',
    'libtiff-dev',
    'nlohmann-json3-dev',
    'dataset-fashion-mnist',
  ],
  tests: [
    'doctest-dev',
    'libonnx-testdata',
    'python3-onnx',
    'python3-numpy',
    'fonts-dejavu-core',
    'mono-mcs',
    'mono-runtime',
    'clang',
    'libclang-rt-14-dev',
    'clang-format',
    'clang-tidy',
    'libomp-dev',
  ],
};
