#!/usr/bin/env bash
# Builds everything and runs every test. The last line counts: N passed, N failed, N skipped. The exit code is 0 only where
# every test ran to its end and none failed.
set -euo pipefail
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1
# Threads of the engine that wait should sleep: tests run beside one another and would spin on each other's cores.
export OMP_WAIT_POLICY=passive
exec </dev/null
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
passed=0 failed=0 skipped=0 groups=()

finish() {
  for group in "${groups[@]}"; do kill -- "-$group" 2>/dev/null || true; done
  rm -rf "${results:-}"
  echo "$passed passed, $failed failed, $skipped skipped"
}
trap finish EXIT

scripts/setup.sh
results=$(mktemp -d)
# One compiler serves all projects: a new one for each would warm up anew.
if ! dotnet build FineTune.sln -c Release -v quiet -nologo --tl:off -p:UseSharedCompilation=true; then
  echo "The build failed." >&2
  exit 1
fi

# Three processes side by side: tests that must run one after the other within a process (tests/FineTune.Tests/Serial.cs), in two parts
# that take about as long, and all others.
declare -A parts=(
  [experiments]="Category=serial&FullyQualifiedName~FineTune.Tests.Experiment."
  [serial]="Category=serial&FullyQualifiedName!~FineTune.Tests.Experiment."
  [others]="Category!=serial"
)
code=0
set -m # a group of processes each, which ends with this script
for part in "${!parts[@]}"; do
  dotnet test tests/FineTune.Tests -c Release --no-build --nologo -v quiet --tl:off --results-directory "$results" \
    --logger "trx;LogFileName=$part.trx" --filter "${parts[$part]}" >"$results/$part.log" 2>&1 &
  groups+=($!)
done
for part in "${!parts[@]}"; do
  ended=0
  wait "${groups[0]}" || ended=$?
  groups=("${groups[@]:1}")
  cat "$results/$part.log"
  counters=$(grep -o '<Counters [^>]*' "$results/$part.trx" 2>/dev/null || true)
  count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
  if [ -z "$counters" ] || { [ "$ended" -ne 0 ] && [ "$(count failed)" -eq 0 ]; }; then
    echo "The tests ($part) did not run to their end (exit code $ended)." >&2
    failed=$((failed + 1))
  fi
  if [ -n "$counters" ]; then
    passed=$((passed + $(count passed)))
    failed=$((failed + $(count failed)))
    skipped=$((skipped + $(count total) - $(count executed)))
  fi
  [ "$ended" -eq 0 ] || code=1
done
if [ $((passed + failed)) -eq 0 ]; then
  echo "No test ran." >&2
  code=1
fi
[ "$failed" -eq 0 ] || code=1
exit $code
