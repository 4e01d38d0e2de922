# libalcedo: the native core, and native_tests, which run without Node. Sources are listed by scripts/sources.mjs,
# so a new file needs no entry here.
{
  "target_defaults": {
    "include_dirs": ["csrc", "csrc/include", "<(SHARED_INTERMEDIATE_DIR)"],
    "defines": ["ALCEDO_VERSION=\"<!(node -p \"require('./package.json').version\")\""],
    "cflags!": ["-fno-strict-aliasing"],
    "cflags_cc!": ["-fno-exceptions", "-fno-rtti", "-std=gnu++17", "-std=gnu++20"],
    "cflags_cc": [
      "-std=c++17", "-fexceptions", "-frtti", "-fopenmp", "-O3", "-fno-math-errno", "-fno-trapping-math",
      "-Wall", "-Wextra", "-Wno-unknown-pragmas", "-Wno-missing-field-initializers"
    ]
  },
  "targets": [
    {
      "target_name": "core",
      "type": "static_library",
      "cflags": ["-fPIC", "-fvisibility=hidden"],
      "sources": ["<!@(node scripts/sources.mjs csrc)", "<(SHARED_INTERMEDIATE_DIR)/onnx.pb.cc"],
      "actions": [
        {
          "action_name": "protoc",
          "inputs": ["csrc/onnx/proto/onnx.proto"],
          "outputs": ["<(SHARED_INTERMEDIATE_DIR)/onnx.pb.cc", "<(SHARED_INTERMEDIATE_DIR)/onnx.pb.h"],
          "action": [
            "protoc", "--proto_path=csrc/onnx/proto", "--cpp_out=lite:<(SHARED_INTERMEDIATE_DIR)", "csrc/onnx/proto/onnx.proto"
          ]
        }
      ],
      "hard_dependency": 1
    },
    {
      "target_name": "alcedo",
      "type": "shared_library",
      "product_prefix": "lib",
      "product_extension": "so",
      "dependencies": ["core"],
      "sources": ["csrc/api/exports.cpp"],
      "cflags": ["-fPIC", "-fvisibility=hidden"],
      # nodelete: koffi unloads the library at exit while OpenMP threads still run in it.
      "ldflags": [
        "-Wl,-z,nodelete", "-Wl,-z,defs", "-Wl,--version-script=<(module_root_dir)/csrc/api/exports.map", "-Wl,--whole-archive"
      ],
      "libraries": [
        "-Wl,--no-whole-archive", "-ldnnl", "-lprotobuf-lite", "-fopenmp", "-ljpeg", "-lpng", "-ltiff"
      ]
    },
    {
      "target_name": "native_tests",
      "type": "executable",
      "dependencies": ["core"],
      "sources": ["<!@(node scripts/sources.mjs test/native)"],
      "include_dirs": ["csrc", "csrc/include", "test/native"],
      "ldflags": ["-Wl,--whole-archive"],
      "libraries": ["-Wl,--no-whole-archive", "-ldnnl", "-lprotobuf-lite", "-fopenmp", "-ljpeg", "-lpng", "-ltiff"]
    }
  ]
}
