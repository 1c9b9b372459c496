#!/usr/bin/env bash
# Is a snapshot ensemble better, and by how much? Five snapshots of one run (cyclic cosine; fast geometric ensembling) against a single run as
# long, five independent runs, stochastic weight averaging, a greedy soup, test-time augmentation, Monte Carlo dropout and a distilled model:
#   cifar: ResNet-20, trained on CIFAR-10's training images, adapted to 2,000 of its test images as JPEG files, split by the seed;
#   hymenoptera: MobileNet v1 x0.25 from ImageNet, the training images split by the seed into training and validation.
# Choices are made on validation, scores are taken on test. A table a set; the last line is JSON.
#   scripts/experiments/snapshots.sh [--seeds N] [--set cifar|hymenoptera] [--keep FOLDER]     5 seeds, both sets; FOLDER keeps the runs, which are not repeated
source "$(dirname "$0")/../bench/common.sh"
seeds=5
sets=cifar,hymenoptera
while [ $# -gt 0 ]; do
  case $1 in
    --seeds) seeds=$2 ;;
    --set) sets=$2 ;;
    --keep) keep "$2" ;;
    *) fail "unknown option: $1; --seeds N, --set NAME and --keep FOLDER are allowed." ;;
  esac
  shift 2
done
need_real datasets/hymenoptera datasets/cifar10-2000 models/mobilenet_v1_025-imagenet.pth.tar models/cifar_resnet20-12fca82f.th
build_cli
"$python" scripts/experiments/snapshots.py "$seeds" "$sets" "$shared" "$results"
