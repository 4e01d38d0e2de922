#!/bin/sh
# Installs the library, the C and C++ headers, the pkg-config and CMake files, and, where their tools are there, the
# .NET assembly and the Python package: sh scripts/install-sdk.sh [--prefix /usr/local] [--destdir DIR]
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
prefix=/usr/local
destdir=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=$2; shift 2 ;;
    --destdir) destdir=$2; shift 2 ;;
    *) sed -n '2,3s/^# //p' "$0"; exit 2 ;;
  esac
done
case $prefix in /*) ;; *) prefix=$(pwd)/$prefix ;; esac

built=${ALCEDO_LIBRARY:-$root/build/Release/libalcedo.so}
[ -f "$built" ] || { echo "$built was not found; build it first: npm run build:native" >&2; exit 1; }
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$root/package.json")
major=${version%%.*}
major_minor=${version%.*}
to=$destdir$prefix
fill() { sed -e "s|@PREFIX@|$prefix|g" -e "s|@VERSION@|$version|g" -e "s|@MAJOR_MINOR@|$major_minor|g" "$1" >"$2"; }

install -d "$to/lib/pkgconfig" "$to/lib/cmake/alcedo" "$to/include/alcedo/halconcpp/generated"
install -m 755 "$built" "$to/lib/libalcedo.so.$version"
ln -sf "libalcedo.so.$version" "$to/lib/libalcedo.so.$major"
ln -sf "libalcedo.so.$major" "$to/lib/libalcedo.so"
install -m 644 "$root"/csrc/include/*.h "$root"/bindings/c/Halcon*.h "$root/bindings/cpp/HalconCpp.h" "$to/include/alcedo"
install -m 644 "$root"/bindings/cpp/halconcpp/*.h "$to/include/alcedo/halconcpp"
install -m 644 "$root"/bindings/cpp/halconcpp/generated/*.h "$to/include/alcedo/halconcpp/generated"
fill "$root/bindings/c/alcedo.pc.in" "$to/lib/pkgconfig/alcedo.pc"
fill "$root/bindings/c/alcedo-config.cmake.in" "$to/lib/cmake/alcedo/alcedo-config.cmake"
fill "$root/bindings/c/alcedo-config-version.cmake.in" "$to/lib/cmake/alcedo/alcedo-config-version.cmake"

if command -v mcs >/dev/null; then
  sh "$root/scripts/build-csharp.sh" "$to/lib/alcedo/csharp" >/dev/null
  ln -sf ../../libalcedo.so "$to/lib/alcedo/csharp/libalcedo.so"
fi
install -d "$to/lib/alcedo/python/halcon"
install -m 644 "$root"/bindings/python/halcon/*.py "$root"/bindings/python/halcon/*.pyi "$root/bindings/python/halcon/py.typed" \
  "$to/lib/alcedo/python/halcon"
ln -sf ../../../libalcedo.so "$to/lib/alcedo/python/halcon/libalcedo.so"

echo "installed Alcedo $version to $to"
echo "  C, C++:  cc program.c \$(pkg-config --cflags --libs alcedo)   or find_package(alcedo) in CMake"
echo "  Python:  PYTHONPATH=$prefix/lib/alcedo/python"
