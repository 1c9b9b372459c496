#!/usr/bin/env bash
# Feeds mutated weight files of every format to the reader, in a process of its own, and reads every value of what it takes. An exception
# that is no refusal, more than 2 s, or more memory than twice the files' size and 1 MiB ends it; the files of that case are kept.
#
#   scripts/fuzz-weights.sh [cases, default 200000] [seed, default 1]
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build tests/FineTune.Tests -c Release --nologo -v q -p:RunAnalyzers=false >/dev/null
kept=$(mktemp -d --suffix .mutant)
if timeout "${FUZZ_SECONDS:-3600}" dotnet exec tests/FineTune.Tests/bin/Release/net10.0/FineTune.Tests.dll fuzz-weights "${1:-200000}" "${2:-1}" "$kept"; then
  rm -rf "$kept"
else
  code=$?
  echo "It ended with exit code $code (124: after ${FUZZ_SECONDS:-3600} s, by FUZZ_SECONDS); the last case's files are kept in $kept." >&2
  exit 1
fi
