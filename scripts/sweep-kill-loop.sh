#!/usr/bin/env bash
# Kills a sweep of 24 runs at random moments, with its children or without, starts it again each time, and shows that its table is that of
# a sweep that nobody killed, byte by byte. Then two sweeps of the same file share a folder, to the same table.
#
#   scripts/sweep-kill-loop.sh [KILLS (default 10)] [SEED (default 1)]
#
# Prints a line a kill. Ends with 0 if everything held, 1 if not.
set -euo pipefail
kills=${1:-10}
RANDOM=${2:-1}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export OMP_WAIT_POLICY=passive
work=$(mktemp -d)
child=
trap '[ -z "$child" ] || kill -9 "$child" 2>/dev/null || true; rm -rf "$work"' EXIT
"$root/scripts/finetune" --version >/dev/null # builds it
finetune=(dotnet "$root/artifacts/cli/FineTune.Cli.dll")

sweep=("$root/scripts/sweep-trial.yaml" --data "$root/datasets/tidepool")

begun=$SECONDS
"${finetune[@]}" sweep "${sweep[@]}" --out "$work/whole" >"$work/whole.log" 2>&1
span=$((2 + (SECONDS - begun) / 4)) # a kill comes within a quarter of the whole, after the plan
count() { grep -c "\"status\": \"$1\"" "$work/whole/results.json"; }
echo "unkilled: $(count finished) configurations finished, $(count failed) failed"

for kill in $(seq "$kills"); do
  "${finetune[@]}" sweep "${sweep[@]}" --out "$work/killed" >>"$work/killed.log" 2>&1 </dev/null &
  child=$!
  until [ "$kill" -eq 1 ] || [ -f "$work/killed/sweep.json" ]; do sleep 0.1; done # the first comes in the midst of planning
  sleep "$((RANDOM % span)).$((RANDOM % 10))"
  what="the sweep"
  children=$(pgrep -P "$child" || true)
  if [ $((RANDOM % 2)) -eq 0 ] && [ -n "$children" ]; then
    # shellcheck disable=SC2086
    kill -9 $children 2>/dev/null || true
    what="the sweep and its runs"
  fi
  kill -9 "$child" 2>/dev/null || true
  wait "$child" 2>/dev/null || true
  child=
  ended=$(find "$work/killed/runs" -name report.html 2>/dev/null | wc -l)
  echo "kill $kill: $what, with $(find "$work/killed/runs" -name recipe.yaml 2>/dev/null | wc -l) runs begun and $ended ended"
done
"${finetune[@]}" sweep "${sweep[@]}" --out "$work/killed" >>"$work/killed.log" 2>&1
cmp "$work/whole/results.json" "$work/killed/results.json"
echo "killed $kills times: the same table, byte by byte"

"${finetune[@]}" sweep "${sweep[@]}" --out "$work/both" --cores 1 >"$work/first.log" 2>&1 &
child=$!
"${finetune[@]}" sweep "${sweep[@]}" --out "$work/both" --cores 1 >"$work/second.log" 2>&1
wait "$child"
child=
cmp "$work/whole/results.json" "$work/both/results.json"
echo "two at once in one folder: the same table, byte by byte"
