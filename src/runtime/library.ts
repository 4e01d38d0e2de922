// Loads libalcedo; the only importer of koffi. The library is opened on first use and stays open: it is looked for
// in $ALCEDO_LIBRARY, then build/Release/, then prebuilds/<platform>-<arch>/: what was built here fits the machine.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import koffi, { type LibraryHandle } from 'koffi';

type Address = bigint;
export type Callback = (error: unknown, result: number) => void;

/** The C functions of hcore.h, with addresses as bigints, and memcpy. */
export interface NativeLibrary {
  readonly path: string;
  HCallById: ((id: number, args: Address, error: Address) => number) & {
    async: (id: number, args: Address, error: Address, done: Callback) => void;
  };
  HOperatorId(name: string): number;
  HCopyHandle(handle: Address): number;
  HReleaseHandle(handle: Address): number;
  HHandleSemType(handle: Address): string | null;
  HCopyObject(object: Address, copy: BigUint64Array): number;
  HReleaseObject(object: Address): number;
  HDestroyTuples(tuples: Address, num: number): void;
  HErrorText(code: number): string;
  HVersion(): string;
  /** Copies native memory to `target`. */
  copyFrom(target: ArrayBufferView, source: Address, bytes: number): void;
  /** Address of an array's first byte; the array must stay referenced while it is in use. */
  addressOf(array: ArrayBufferView | ArrayBuffer): Address;
  stringAt(address: Address): string;
}

const kPackages =
  'Alcedo needs these Debian packages: libdnnl2 libprotobuf-lite32 libgomp1 libjpeg62-turbo libpng16-16 libtiff6 ' +
  '(to build: libdnnl-dev libprotobuf-dev protobuf-compiler libjpeg-dev libpng-dev libtiff-dev nlohmann-json3-dev ' +
  'g++ make python3).';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
// Never cleared: koffi unloads a library with its last reference, while its threads may still run.
const opened: { library?: LibraryHandle; functions?: NativeLibrary } = {};

export function native(): NativeLibrary {
  return (opened.functions ??= load());
}

function load(): NativeLibrary {
  const { path, library } = openLibrary();
  opened.library = library;
  const memcpy = koffi.load(null).func('memcpy', 'void', ['void *', 'void *', 'size_t']);
  const functions = {
    path,
    HCallById: library.func('HCallById', 'uint32_t', ['int32_t', 'void *', 'void *']),
    HOperatorId: library.func('HOperatorId', 'int32_t', ['const char *']),
    HCopyHandle: library.func('HCopyHandle', 'uint32_t', ['void *']),
    HReleaseHandle: library.func('HReleaseHandle', 'uint32_t', ['void *']),
    HHandleSemType: library.func('HHandleSemType', 'const char *', ['void *']),
    HCopyObject: library.func('HCopyObject', 'uint32_t', ['void *', 'void *']),
    HReleaseObject: library.func('HReleaseObject', 'uint32_t', ['void *']),
    HDestroyTuples: library.func('HDestroyTuples', 'void', ['void *', 'int32_t']),
    HErrorText: library.func('HErrorText', 'const char *', ['uint32_t']),
    HVersion: library.func('HVersion', 'const char *', []),
    copyFrom: memcpy,
    addressOf: (array: ArrayBufferView | ArrayBuffer) => koffi.address(array),
    stringAt: (address: Address) => koffi.decode(address, 'char', -1) as string,
  } as unknown as NativeLibrary;
  checkVersion(functions);
  return functions;
}

/** The first library that is there and loads: a prebuilt one may want other system libraries than there are here. */
function openLibrary(): { path: string; library: LibraryHandle } {
  const fromEnvironment = process.env['ALCEDO_LIBRARY'];
  const candidates = fromEnvironment
    ? [fromEnvironment]
    : [
        join(root, 'build', 'Release', 'libalcedo.so'),
        join(root, 'prebuilds', `${process.platform}-${process.arch}`, 'libalcedo.so'),
      ];
  const failures: string[] = [];
  for (const path of candidates.filter((candidate) => existsSync(candidate))) {
    try {
      return { path, library: koffi.load(path) };
    } catch (error) {
      failures.push(`${path} cannot be loaded: ${(error as Error).message}`);
    }
  }
  if (failures.length > 0) throw new Error(`${failures.join('\n')}\n${kPackages}`);
  const where = `libalcedo.so was not found; looked at ${candidates.join(' and ')}`;
  if (fromEnvironment) throw new Error(`${where} ($ALCEDO_LIBRARY).`);
  const inCheckout = existsSync(join(root, 'binding.gyp')) && existsSync(join(root, '.git'));
  const build = inCheckout ? 'npm run build:native' : `node ${join(root, 'scripts', 'install.mjs')}`;
  throw new Error(`${where}. Build it with: ${build}\n${kPackages}`);
}

/** Package and library must agree in major and minor version: the operator table is compiled into both. */
function checkVersion(functions: NativeLibrary): void {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const short = (text: string): string => text.split('.').slice(0, 2).join('.');
  if (short(functions.HVersion()) !== short(version)) {
    throw new Error(
      `${functions.path} is version ${functions.HVersion()}, this package is ${version}; rebuild: npm run build:native`,
    );
  }
}
