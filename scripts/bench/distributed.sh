#!/usr/bin/env bash
# What several ranks cost and bring on one machine: a ResNet-18 step (batch 16, 224 x 224) by one process of 2 threads and by 2 ranks of 1 thread,
# the distributed form on one rank against none, PyTorch's DistributedDataParallel (gloo) beside it; an all-reduce by its size; and the
# tutorial's data (ants and bees, all layers) with both. Processes take turns. Needs Open MPI and 2 cores. The last line is JSON.
#   scripts/bench/distributed.sh [--short] [--keep FOLDER]
source "$(dirname "$0")/common.sh"
turns=3 steps=12 epochs=5 seeds=2 repeats=9
while [ $# -gt 0 ]; do
  case $1 in
    --short) turns=2 steps=3 epochs=2 seeds=1 repeats=3 && shift ;;
    --keep) keep "$2" && shift 2 ;;
    *) fail "unknown option: $1" ;;
  esac
done
command -v mpirun >/dev/null || fail "This benchmark needs Open MPI's mpirun; apt-get install openmpi-bin."
weights=models/mobilenet_v1_025-imagenet.pth.tar
need_peer
need_real datasets/hymenoptera "$weights"
build_cli
build_benchmarks
two="mpirun --allow-run-as-root -n 2"
one="mpirun --allow-run-as-root --bind-to none -n 1"

for turn in $(seq "$turns"); do
  for side in one forced library ordered bfloat16 torch ddp; do
    out=$results/step-$side-$turn
    [ ! -s "$out" ] || continue
    case $side in
      one) $benchmarks ranked-step 16 2 "$steps" off ;;
      forced) $one $benchmarks ranked-step 16 2 "$steps" mpi ;;
      library) $two $benchmarks ranked-step 16 1 "$steps" mpi ;;
      ordered) $two $benchmarks ranked-step 16 1 "$steps" mpi all_reduce=ordered ;;
      bfloat16) $two $benchmarks ranked-step 16 1 "$steps" mpi all_reduce_precision=bfloat16 ;;
      torch) "$python" $bench/peers/ddp.py 1 2 16 "$steps" ;;
      ddp) "$python" $bench/peers/ddp.py 2 1 16 "$steps" ;;
    esac >"$out.part" 2>"$out.log" || fail "$side: $(tail -3 "$out.log")"
    grep '^{' "$out.part" >"$out"
  done
done
[ -s "$results/all-reduce" ] || $two $benchmarks all-reduce "$repeats" 1000 10000 100000 1000000 11700000 25600000 | grep '^{' >"$results/all-reduce"

for seed in $(seq 0 $((seeds - 1))); do
  for side in one two; do
    run=$results/tutorial-$side-$seed
    launch=() threads=2
    [ $side = one ] || { read -ra launch <<<"$two" && threads=1; }
    [ -f "$run/report.html" ] || "${launch[@]}" dotnet artifacts/cli/FineTune.Cli.dll train $bench/hymenoptera.yaml --data "$shared/datasets/hymenoptera" \
      --weights "$shared/$weights" --set trainable=all "seed=$seed" "epochs=$epochs" "threads=$threads" batch=16 optimizer.lr=0.004 --out "$run" >"$run.log" 2>&1 ||
      fail "$(tail -3 "$run.log")"
  done
done
PYTHONPATH=$bench "$python" - "$results" "$turns" "$seeds" "$pytorch" <<'TABLE'
import json
import pathlib
import statistics
import sys

from stats import table

folder, turns, seeds, pytorch = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
names = {"one": "1 process of 2 threads", "forced": "the same, as 1 rank of MPI", "library": "2 ranks of 1 thread", "ordered": "  all_reduce: ordered",
         "bfloat16": "  all_reduce_precision: bfloat16", "torch": f"{pytorch}, 1 process of 2 threads", "ddp": f"{pytorch}, DDP, 2 processes of 1 thread"}
steps = {side: [json.loads((folder / f"step-{side}-{k}").read_text()) for k in range(1, turns + 1)] for side in names}
rows, told = [("ResNet-18, batch 16", "ms a step", "images/s", "waiting ms", "all-reduce ms", "time / 1 process's (min..max)")], {}
for side, name in names.items():
    basis = "torch" if side == "ddp" else "one"
    ratios = sorted(a["median"] / b["median"] for a, b in zip(steps[side], steps[basis]))
    median = statistics.median(s["median"] for s in steps[side])
    parts = {k: 1000 * statistics.median(s.get(k, 0) for s in steps[side]) for k in ("waiting", "all_reduce")}
    told[side] = {"ms": 1000 * median, "images_per_s": 16 / median, "ratio": statistics.median(ratios), "all_reduce_ms": parts["all_reduce"]}
    rows.append((name, f"{1000 * median:.1f}", f"{16 / median:.1f}", f"{parts['waiting']:.1f}", f"{parts['all_reduce']:.1f}",
                 "" if side == basis else f"{statistics.median(ratios):.3f} ({ratios[0]:.3f}..{ratios[-1]:.3f})"))
table(rows)
print()
sizes = [json.loads(line) for line in (folder / "all-reduce").read_text().splitlines()]
table([("floats", "MB", "library ms", "ordered ms", "bfloat16 ms")]
      + [(s["floats"], f"{4e-6 * s['floats']:.2f}", *(f"{1000 * s[k]:.3f}" for k in ("library", "ordered", "bfloat16"))) for s in sizes])
print()
rows = [("ants and bees, all layers", "top-1, last epoch", "images/s", "all-reduce, % of time")]
for side, name in (("one", names["one"]), ("two", names["library"])):
    top1, rate, share = [], [], []
    for seed in range(seeds):
        run = folder / f"tutorial-{side}-{seed}"
        lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
        manifest = json.loads((run / "manifest.json").read_text())
        top1.append(lines[-1]["val_top1"])
        spent = lines[-1]["seconds"] - lines[0]["seconds"]  # without the first epoch, in which images are decoded
        rate.append((len(lines) - 1) * manifest["images"]["train"] / spent)
        share.append(100 * (manifest["ranks"] or {"all_reduce_seconds": 0})["all_reduce_seconds"] / manifest["seconds"])
    told[f"tutorial_{side}"] = {"top1": statistics.mean(top1), "images_per_s": statistics.median(rate)}
    rows.append((name, "%.3f (%s)" % (statistics.mean(top1), " ".join("%.3f" % t for t in top1)), f"{statistics.median(rate):.0f}",
                 f"{statistics.median(share):.1f}"))
table(rows)
print(json.dumps({**told, "overhead_on_one_rank": told["forced"]["ratio"] - 1, "all_reduce": sizes}))
TABLE
