#!/usr/bin/env bash
# What a run with nothing set gets: recipe auto beside the recipes by name, the demonstration's recipe and the best of a random search, on small image sets:
# the shipped pictures with 5, 10 and 20 images a class, ants and bees in full and with 10 a class, CIFAR images with 10 and 100 a class on two networks, and
# two classes of 1 : 9. Top-1 and NLL of each run's result on the validation images, seconds of whole processes. The search's recipe is chosen by top-1 on seed
# 0 of the same images, so its row is somewhat too good. The last line is JSON. Goals: auto within 2 points of the best of 48 on each set, within 1 on average.
#   scripts/bench/defaults.sh [--short] [--sets A,B] [--rows A,B] [--seeds N] [--search N] [--keep FOLDER]
# 5 seeds, a search of 48; --short: the pictures with 20 a class, 1 seed, no search. With --keep, what is done is not repeated.
source "$(dirname "$0")/common.sh"
seeds=5 search=48
sets=tidepool-5,tidepool-10,tidepool-20,hymenoptera,hymenoptera-10,cifar20-10,cifar20-100,cifar32-10,cifar32-100,unbalanced
rows=auto,tutorial,fine-tune,head-only,demo
while [ $# -gt 0 ]; do
  case $1 in
    --short) sets=tidepool-20 seeds=1 search=0 && shift ;;
    --sets) sets=$2 && shift 2 ;;
    --rows) rows=$2 && shift 2 ;;
    --seeds) seeds=$2 && shift 2 ;;
    --search) search=$2 && shift 2 ;;
    --keep) keep "$2" && shift 2 ;;
    *) fail "unknown option: $1" ;;
  esac
done
[ "$sets" = tidepool-20 ] || need_real datasets/hymenoptera datasets/cifar10-2000 models
build_cli
PYTHONPATH=$bench python3 "$bench/defaults.py" "$results" "$shared" "$sets" "$rows" "$seeds" "$search"
