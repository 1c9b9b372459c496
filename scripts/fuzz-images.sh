#!/usr/bin/env bash
# Feeds mutated images of every format to the decoders, in a process of its own. A fault of a native decoder, an exception that is no
# refusal, a hang or too much memory ends it; the file is kept.
#
#   scripts/fuzz-images.sh [rounds a file, default 2000] [seed, default 1]
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build tests/FineTune.Tests -c Release --nologo -v q -p:RunAnalyzers=false >/dev/null
kept=$(mktemp --suffix .mutant)
if timeout "${FUZZ_SECONDS:-3600}" dotnet exec tests/FineTune.Tests/bin/Release/net10.0/FineTune.Tests.dll fuzz-images "${1:-2000}" "${2:-1}" "$kept"; then
  rm -f "$kept"
else
  code=$?
  echo "It ended with exit code $code (124: after ${FUZZ_SECONDS:-3600} s, by FUZZ_SECONDS); the last file is kept as $kept." >&2
  exit 1
fi
