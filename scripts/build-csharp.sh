#!/bin/sh
# Builds the .NET assembly with mono's compiler: sh scripts/build-csharp.sh [folder]. (With the .NET SDK: dotnet build
# bindings/csharp.) Programs find libalcedo.so beside the assembly or through LD_LIBRARY_PATH.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
out=${1:-$root/build/csharp}
command -v mcs >/dev/null || { echo "mcs was not found; on Debian: apt-get install mono-mcs mono-runtime" >&2; exit 1; }
mkdir -p "$out"
mcs -langversion:7 -unsafe -target:library -doc:"$out/halcondotnet.xml" -nowarn:1591 -out:"$out/halcondotnet.dll" \
  "$root"/bindings/csharp/HalconDotNet/*.cs "$root"/bindings/csharp/HalconDotNet/generated/*.cs
echo "$out/halcondotnet.dll"
