#!/usr/bin/env bash
# This checkout beside an earlier commit of it, in one run and in turns: a ResNet-18 training step in each precision and layout,
# the transfer-learning tutorial head only and all layers, and the evaluation of two CIFAR-10 ResNets. The commit is built in a worktree
# of its own, artifacts/before/COMMIT, which stays for the next time (git worktree remove takes it away); what it needs, its own
# scripts/setup.sh installs. Each side measures itself: by its own tests/FineTune.Benchmarks, scripts/finetune and recipe.
#   scripts/bench/before.sh COMMIT [--rounds N] [--epochs N] [--only WORDS] [--short]
# A round is a turn of each side: of 8 training steps, or of a whole process; a ratio is the median of the rounds' own. 5 rounds, 25
# epochs, the tutorial's seed is the round; --short: 1 round, 2 epochs; --only: rows that have these words. The last column is what
# other processes used of the cores: above some percent, a row is of little worth.
source "$(dirname "$0")/common.sh"
commit='' rounds=5 epochs=25 only=''
while [ $# -gt 0 ]; do
  case $1 in
    --short) rounds=1 epochs=2 && shift ;;
    --rounds) rounds=$2 && shift 2 ;;
    --epochs) epochs=$2 && shift 2 ;;
    --only) only=$2 && shift 2 ;;
    -*) fail "unknown option: $1" ;;
    *) commit=$1 && shift ;;
  esac
done
[ -n "$commit" ] || fail "usage: scripts/bench/before.sh COMMIT [--rounds N] [--epochs N] [--only WORDS] [--short]"
commit=$(git rev-parse --short --verify --quiet "$commit^{commit}") || fail "There is no such commit."
need_real datasets/hymenoptera models/mobilenet_v1_025-imagenet.pth.tar
need_real datasets/cifar10-2000 models/cifar_resnet20-12fca82f.th models/cifar_resnet32-d509ac18.th
unset FINETUNE_LIBTORCH # each side has the one that it comes with

tree=artifacts/before/$commit
mkdir -p artifacts/before
for file in Directory.Build.props Directory.Build.targets; do
  echo '<Project />' >"artifacts/before/$file" # this checkout's own are not the commit's
done
[ -d "$tree" ] || git worktree add --force --detach "$tree" "$commit" 2>"$temp/worktree" || fail "$(cat "$temp/worktree")"
[ ! -x "$tree/scripts/setup.sh" ] || "$tree/scripts/setup.sh"
for side in "$tree" .; do
  echo "building $(git -C "$side" describe --always --dirty)" >&2
  (cd "$side" && scripts/finetune list models >/dev/null && build_benchmarks)
done
PYTHONPATH=$bench "$python" "$bench/before.py" "$tree" . "$shared" "$rounds" "$epochs" "$only"
