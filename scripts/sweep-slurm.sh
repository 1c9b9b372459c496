#!/usr/bin/env bash
# A sweep of 24 runs on a real Slurm (scripts/slurm-here.sh: one controller and two nodes on this machine), one node drained in the middle,
# and killed on the way: its table has to be that of the same sweep in local processes, byte by byte. Needs root.
#
#   scripts/sweep-slurm.sh
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export OMP_WAIT_POLICY=passive
work=$(mktemp -d)
trap '"$root/scripts/slurm-here.sh" stop "$work/slurm"; rm -rf "$work"' EXIT
"$root/scripts/finetune" --version >/dev/null # builds it
finetune=(dotnet "$root/artifacts/cli/FineTune.Cli.dll")
chmod 755 "$work"
use=$("$root/scripts/slurm-here.sh" start "$work/slurm")
eval "$use"

trial=("$root/scripts/sweep-trial.yaml" --data "$root/datasets/tidepool")

"${finetune[@]}" sweep "${trial[@]}" --out "$work/cluster" --on slurm >"$work/cluster.log" 2>&1 &
sweep=$!
ended() { find "$work/cluster/runs" -name report.html 2>/dev/null | wc -l; }
until [ "$(ended)" -ge 6 ] || ! kill -0 "$sweep" 2>/dev/null; do sleep 0.5; done
echo "with $(ended) runs ended:"
squeue --noheader --format='  job %i %T on %N' | head -4
scontrol update NodeName=n2 State=DRAIN Reason=trial
echo "  drained n2: $(sinfo --noheader --Node --format='%N %T' | paste -sd ',')"
until [ "$(ended)" -ge 10 ] || ! kill -0 "$sweep" 2>/dev/null; do sleep 0.5; done
until victim=$(squeue --noheader --states=RUNNING --format=%i | head -1) && [ -n "$victim" ]; do sleep 0.2; done
echo "  cancelled $victim, as a node that fails would"
scancel "$victim"
kill -9 "$sweep"
wait "$sweep" 2>/dev/null || true
echo "  killed the command that waits, and started it again"
"${finetune[@]}" sweep "${trial[@]}" --out "$work/cluster" --on slurm >>"$work/cluster.log" 2>&1
grep -E 'given to Slurm|in Slurm' "$work/cluster.log" | sed 's/^/  /'
echo "local: "
"${finetune[@]}" sweep "${trial[@]}" --out "$work/local" >"$work/local.log" 2>&1
cmp "$work/cluster/results.json" "$work/local/results.json"
rows=$(grep -c '"rank"' "$work/local/results.json")
echo "Slurm with a drained node and local processes: the same table of $rows configurations, byte by byte"
