#!/usr/bin/env bash
# A training beside another on the same cores: seconds of two epochs of the shipped pictures alone, and of two such runs at once,
# with the engine's short wait at the end of a loop, and with libgomp's own (GOMP_SPINCOUNT=300000). Twice the time alone is ideal.
#   scripts/bench/busy.sh [--short]          3 turns; --short: 1
source "$(dirname "$0")/common.sh"
turns=3
is_short "$@" && turns=1
build_cli
train() { # NAME
  scripts/finetune train scripts/demo/all.yaml --set epochs=2 --out "$temp/run-$1" --json >"$temp/$1.log" 2>&1 || fail "$(cat "$temp/$1.log")"
}
both() {
  train a &
  train b &
  wait -n && wait -n
}
seconds() { # of a command
  local start=$EPOCHREALTIME
  "$@"
  awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'
  rm -rf "$temp"/run-*
}
printf '%8s  %10s  %18s\n' alone 'two at once' "with libgomp's wait"
for _ in $(seq "$turns"); do
  printf '%8s  %10s  %18s\n' "$(seconds train a)" "$(seconds both)" "$(GOMP_SPINCOUNT=300000 seconds both)"
done
