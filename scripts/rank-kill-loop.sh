#!/usr/bin/env bash
# Kills a rank of one to three, or mpirun, at random moments and shows that the run loses no bit: the others end, the last checkpoint can be read, and
# the run, resumed on one, two or three ranks until it ends, has the weights of the run that nobody killed. Needs Open MPI (openmpi-bin).
#
#   scripts/rank-kill-loop.sh [KILLS (default 20)] [SEED (default 1)]
#
# Prints a line a kill. Ends with 0 if everything held, 1 at the first thing that did not.
source "$(dirname "${BASH_SOURCE[0]}")/ranks.sh"
kills=${1:-20}
RANDOM=${2:-1}
trap 'pkill -9 -f "$work/killed" 2>/dev/null || true; rm -rf "$work"' EXIT
settings=(--data "$root/datasets/tidepool" --model cifar_resnet20 --set input.size=16 input.resize=18 augment=lecture head.dropout=0.2
  epochs=24 batch=18 snapshots=4 optimizer.lr=0.05 threads=1 optimizer.ema=0.9 checkpoint.steps=3 all_reduce=ordered gradient.accumulate=6)

"${finetune[@]}" train "${settings[@]}" --out "$work/whole" >"$work/log" 2>&1 || fail "the run in one process"
whole=$(hash_of "$work/whole")
killed=0 finished=0
while [ "$killed" -lt "$kills" ]; do
  ranks=$((1 + RANDOM % 3))
  arguments=(train "${settings[@]}" --out "$work/killed")
  [ ! -f "$work/killed/recipe.yaml" ] || arguments=(train --out "$work/killed" --resume)
  "${mpirun[@]}" -n "$ranks" "${finetune[@]}" "${arguments[@]}" >"$work/log" 2>&1 &
  launcher=$!
  sleep "$((1 + RANDOM % 8)).$((RANDOM % 10))"
  mapfile -t victims < <(pgrep -P "$launcher" || true)
  [ "$ranks" -eq 1 ] || victims+=("$launcher") # a single process is not connected to it, and goes on without it
  [ "${#victims[@]}" -gt 0 ] || victims=("$launcher") # it has ended
  victim=${victims[RANDOM % ${#victims[@]}]}
  what=$([ "$victim" = "$launcher" ] && echo mpirun || echo "a rank")
  kill -9 "$victim" 2>/dev/null || true
  if wait "$launcher" 2>/dev/null; then
    finished=$((finished + 1))
    [ "$(hash_of "$work/killed")" = "$whole" ] || fail "the run has other weights"
    rm -rf "$work/killed"
    continue
  fi
  for _ in $(seq 100); do pgrep -f "$work/killed" >/dev/null || break; sleep 0.1; done
  ! pgrep -f "$work/killed" >/dev/null || fail "a rank goes on 10 s after $what was killed"
  killed=$((killed + 1))
  steps=none
  if [ -f "$work/killed/checkpoints/last.safetensors" ]; then
    "${finetune[@]}" inspect "$work/killed/checkpoints/last.safetensors" >"$work/inspect" 2>&1 ||
      "${finetune[@]}" inspect "$work/killed/checkpoints/previous.safetensors" >"$work/inspect" 2>&1 || fail "no checkpoint can be read"
    steps=$(tail -1 "$work/killed/metrics.jsonl" 2>/dev/null | sed -n 's/.*"step":\([0-9]*\),.*/\1/p')
  fi
  echo "kill $killed: $what of $ranks, after step ${steps:-none}"
done
arguments=(train "${settings[@]}" --out "$work/killed")
[ ! -f "$work/killed/recipe.yaml" ] || arguments=(train --out "$work/killed" --resume)
"${mpirun[@]}" -n 2 "${finetune[@]}" "${arguments[@]}" >"$work/log" 2>&1 || fail "the last resume"
[ "$(hash_of "$work/killed")" = "$whole" ] || fail "the run has other weights"
echo "$killed kills, $((finished + 1)) runs to the end: the weights of the run that nobody killed, bit by bit"
