#!/usr/bin/env bash
# Kills training at random moments and shows that it never loses its place: after each kill the last checkpoint or the one
# before can be read, and the run, resumed until it ends, has the weights of the run that nobody killed. Every third one is
# killed once more while it is resumed. At the end the negative control: a resume that forgets its place must differ.
#
#   scripts/kill-loop.sh [KILLS (default 25)] [SEED (default 1)]
#
# Prints a line a run. Ends with 0 if everything held, 1 at the first thing that did not.
set -euo pipefail
kills=${1:-25}
RANDOM=${2:-1}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
finetune=$root/scripts/finetune
work=$(mktemp -d)
child=
trap '[ -z "$child" ] || kill -9 "$child" 2>/dev/null || true; rm -rf "$work"' EXIT

recipe=(--data "$root/datasets/tidepool" --model cifar_resnet20
  --set input.size=16 input.resize=18 augment=lecture head.dropout=0.2 epochs=8 batch=16 snapshots=4 optimizer.lr=0.05 threads=1
  unfreeze=2 trainable=layer2 optimizer.ema=0.9 checkpoint.steps=3)

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

hash_of() {
  sed -n 's/.*"final_weights_sha256": "\([0-9a-f]*\)".*/\1/p' "$1/manifest.json"
}

seconds() { # an integer in milliseconds as seconds
  printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000))
}

# The place that a checkpoint of the run in $1 can be resumed from; fails if no checkpoint can be read.
readable() {
  local name
  for name in last previous; do
    if "$finetune" inspect "$1/checkpoints/$name.safetensors" >"$work/inspect.log" 2>&1; then
      echo "$name"
      return
    fi
  done
  return 1
}

start() { # without a wrapper, so that its id is the command line's; SIGINT, which a background job ignores, is heard again
  env --default-signal=INT dotnet "$root/artifacts/cli/FineTune.Cli.dll" train "$@" >"$work/train.log" 2>&1 &
  child=$!
}

"$finetune" --help >/dev/null # builds it where it is stale
began=$(date +%s%N)
start "${recipe[@]}" --out "$work/whole"
wait "$child" || fail "the uninterrupted run: $(cat "$work/train.log")"
whole=$((($(date +%s%N) - began) / 1000000))
expected=$(hash_of "$work/whole")
[ -n "$expected" ] || fail "the uninterrupted run has no hash"
echo "uninterrupted: $(seconds "$whole") s, $expected"

finish() { # takes the run in $1 to its end by the arguments that follow
  local run=$1
  shift
  start "$@"
  wait "$child" || fail "the last resume of $run: $(cat "$work/train.log")"
  child=
  [ "$(hash_of "$run")" = "$expected" ] || fail "$run ended with $(hash_of "$run")"
  [ "$(wc -l <"$run/metrics.jsonl")" = "$(wc -l <"$work/whole/metrics.jsonl")" ] || fail "epochs are missing from $run/metrics.jsonl"
  [ -z "$(find "$run" -name '*.tmp' -print -quit)" ] || fail "temporary files are left in $run"
}

arguments() { # what takes the run in $work/run further, whether it has begun or not
  if [ -f "$work/run/recipe.yaml" ]; then
    printf '%s\n' --out "$work/run" --resume
  else
    printf '%s\n' "${recipe[@]}" --out "$work/run"
  fi
}

killed() { # kills the run at a random moment, and says where that was
  local delay=$((100 + (RANDOM * 32768 + RANDOM) % whole)) given from code=0
  mapfile -t given < <(arguments)
  start "${given[@]}"
  sleep "$(seconds "$delay")"
  kill -9 "$child" 2>/dev/null || true
  wait "$child" 2>/dev/null || code=$?
  case $code in
    137) how="killed after $(seconds "$delay") s" kills_done=$((kills_done + 1)) ;;
    0) how="ended before $(seconds "$delay") s" ;; # no kill
    *) fail "the run ended with $code: $(cat "$work/train.log")" ;;
  esac
  if [ ! -f "$work/run/recipe.yaml" ]; then
    how+=", before the run began"
  elif [ -z "$(find "$work/run/checkpoints" -name '*.safetensors' -print -quit)" ]; then
    how+=", before the first checkpoint"
  else
    from=$(readable "$work/run") || fail "$how, and no checkpoint can be read: $(cat "$work/inspect.log")"
    how+=", '$from' can be read, $(wc -l <"$work/run/metrics.jsonl") epochs told"
  fi
}

kills_done=0 runs=0
while [ "$kills_done" -lt "$kills" ]; do
  runs=$((runs + 1))
  rm -rf "$work/run"
  killed
  line=$how
  if [ $((runs % 3)) = 0 ] && [ "$kills_done" -lt "$kills" ]; then
    killed
    line+="; again $how"
  fi
  mapfile -t given < <(arguments)
  finish "$work/run" "${given[@]}"
  echo "$runs: $line; resumed to the same bits"
done

# Ctrl-C ends in order, with a checkpoint and 130. Asked once the first epoch is told: the process has its handler by then.
start "${recipe[@]}" --out "$work/stopped"
until [ -s "$work/stopped/metrics.jsonl" ] || ! kill -0 "$child" 2>/dev/null; do sleep 0.05; done
kill -INT "$child"
code=0
wait "$child" || code=$?
[ "$code" = 130 ] || fail "SIGINT gave exit code $code: $(cat "$work/train.log")"
grep -q -- --resume "$work/train.log" || fail "SIGINT did not say how to go on: $(cat "$work/train.log")"
readable "$work/stopped" >/dev/null || fail "after SIGINT no checkpoint can be read"
echo "SIGINT: exit code 130, checkpoint kept"

finish "$work/stopped" --out "$work/stopped" --resume

dotnet test "$root/tests/FineTune.Tests" -c Release --nologo -v quiet --filter "FullyQualifiedName~A_resume_that_forgets" >"$work/control.log" 2>&1 \
  || fail "the negative control: $(cat "$work/control.log")"
echo "negative control: a resume without its place in the data, or without a part of its state, ends in other bits"
echo "$kills_done kills, $runs runs resumed to their end: the same weights to the bit"
