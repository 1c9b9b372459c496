#!/usr/bin/env bash
# Restores what a build needs, from NuGet: the .NET SDK is all that has to be there. Says what is missing, and leaves with exit code 1.
#
#   FINETUNE_LIBTORCH=DIR      takes the libtorch of an unpacked download in place of the package's
#   FINETUNE_LIBTORCH=python   takes the libtorch inside the Python package torch
set -euo pipefail
export LC_ALL=C DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
wanted=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' "$root/global.json")
download="install it from https://dotnet.microsoft.com/download/dotnet/${wanted%.*}"

if ! command -v dotnet >/dev/null; then
  echo "setup: Missing: the .NET SDK $wanted or a later ${wanted%%.*}; $download" >&2
  exit 1
fi
if ! says=$(cd "$root" && dotnet --version 2>&1); then
  case $says in
    *"compatible .NET SDK"*) says="here: $(dotnet --list-sdks | cut -d ' ' -f 1 | paste -sd ' ')" ;; # a screen of advice
  esac
  echo "setup: Missing: the .NET SDK $wanted or a later ${wanted%%.*}; $download (${says%%$'\n'*})" >&2
  exit 1
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! dotnet restore "$root/FineTune.sln" -v quiet >"$log" 2>&1; then
  echo "setup: The packages cannot be restored: $(grep -m 1 -E 'error' "$log" | sed 's/^.*error //; s/ \[.*$//')" >&2
  exit 1
fi
