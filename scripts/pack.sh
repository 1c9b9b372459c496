#!/usr/bin/env bash
# Makes the NuGet packages: the libraries FineTune and FineTune.Export, and the .NET tool FineTune.Cli (the command finetune) with
# libtorch inside.
#
#   scripts/pack.sh [--all-systems] [--version VERSION] [OUT]      OUT: artifacts/packages
#
# The tool is packed for the system at hand, or for every system that libtorch has packages for. docs/packages.md has more.
set -euo pipefail
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1
exec </dev/null
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$root/artifacts/pack
out=$root/artifacts/packages

# value NAME FILE: what an MSBuild file says of a property.
value() {
  sed -n "s|.*<$1>\(.*\)</$1>.*|\1|p" "$root/$2"
}

version=$(value Version Directory.Build.props)

usage() {
  sed -n 's/^# \{0,1\}//; 4,7p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

# What libtorch calls this system; nothing where it has no package for it.
this_system() {
  case "$(uname -s) $(uname -m)" in
    'Linux x86_64') echo linux-x64 ;;
    'Darwin arm64') echo osx-arm64 ;;
    MINGW*x86_64 | MSYS*x86_64) echo win-x64 ;;
  esac
}

systems=$(this_system)
while [ $# -gt 0 ]; do
  case $1 in
    --all-systems) systems=$(value ToolPackageRuntimeIdentifiers src/FineTune.Cli/FineTune.Cli.csproj | tr ';' ' ') ;;
    --version) [ $# -gt 1 ] || usage; version=$2; shift ;;
    -*) usage ;;
    *) out=$1 ;;
  esac
  shift
done

# pack PROJECT [OPTION ...]: a build of its own, apart from that of the checkout; what it says goes into the log.
pack() {
  local project=$1
  shift
  # The analyzers and NuGet's audit are for those who change the code, and the checkout's build has them. A publish links libtorch's
  # half gigabyte and does not copy it.
  dotnet pack "$root/src/$project" -c Release -o "$work/packages" --artifacts-path "$work" -v quiet -nologo --tl:off \
    -p:Version="$version" -p:ContinuousIntegrationBuild=true -p:TorchEngine=cpu -p:RunAnalyzers=false -p:NuGetAudit=false \
    -p:UseSharedCompilation=true -p:LibtorchToOutput=Never -p:CreateHardLinksForPublishFilesIfPossible=true "$@" >"$log" 2>&1
}

# Why the last one failed: the compiler's, MSBuild's or NuGet's first error, in one line.
reason() {
  { grep -m 1 -oE 'error [A-Z]+[0-9]*: .*' "$log" || tail -n 1 "$log"; } | sed 's/ \[[^]]*\]$//'
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
rm -rf "$work/publish" "$work/packages" # what they hold is packed and listed, so nothing of an earlier build may lie there
mkdir -p "$out"
out=$(cd "$out" && pwd)
code=0

for library in FineTune FineTune.Export; do
  if ! pack "$library"; then
    cat "$log" >&2
    echo "The library $library could not be packed." >&2
    exit 1
  fi
done
packed=
for system in $systems; do
  if pack FineTune.Cli -r "$system"; then
    packed=${packed:+$packed;}$system
  else
    echo "The tool for $system is left out: $(reason)" >&2
    code=1
  fi
done
if [ -n "$packed" ]; then
  # The package that points to those of the systems; it holds no code.
  if ! pack FineTune.Cli -p:ToolPackageRuntimeIdentifiers="\"$packed\"" -p:CreateRidSpecificToolPackages=false --no-build; then
    echo "The tool FineTune.Cli is left out: $(reason)" >&2
    code=1
  fi
elif [ -z "$systems" ]; then
  echo "The tool is left out: libtorch has no package for $(uname -s) $(uname -m)." >&2
fi

for file in "$work"/packages/*; do
  mv -f "$file" "$out/"
  file=$out/${file##*/}
  printf '%7.1f MB  %s\n' "$(awk "BEGIN { print $(wc -c <"$file") / 1e6 }")" "$file"
done
exit $code
