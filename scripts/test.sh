#!/usr/bin/env bash
# Builds everything and runs every test. The last line counts: N passed, N failed, N skipped. The exit code is 0 only where
# every test project ran to its end and no test failed.
set -euo pipefail
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1
# Threads of the engine that wait should sleep: tests run beside one another and would spin on each other's cores.
export OMP_WAIT_POLICY=passive
exec </dev/null
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
passed=0 failed=0 skipped=0

finish() {
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

code=0
for project in tests/*.Tests; do
  name=$(basename "$project")
  ended=0
  dotnet test "$project" -c Release --no-build --nologo -v quiet --tl:off --results-directory "$results" --logger "trx;LogFileName=$name.trx" || ended=$?
  counters=$(grep -o '<Counters [^>]*' "$results/$name.trx" 2>/dev/null || true)
  count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
  if [ -z "$counters" ] || { [ "$ended" -ne 0 ] && [ "$(count failed)" -eq 0 ]; }; then
    echo "$name did not run to its end (exit code $ended)." >&2
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
