#!/usr/bin/env bash
# Two ranks on a node of a real Slurm (scripts/slurm-here.sh: one controller and two nodes on this machine; PMIx's folder in /tmp is one for
# both nodes, so ranks on two of them would be in each other's way): by srun they have the weights of two ranks
# by mpirun, bit by bit; a job that is killed and queued again in the middle goes on from its checkpoint to the same weights; and one that
# is told to end (SIGTERM) writes a checkpoint. Needs root, Open MPI (openmpi-bin) and PMIx for Slurm (libpmix-dev).
#
#   scripts/rank-slurm.sh
source "$(dirname "${BASH_SOURCE[0]}")/ranks.sh"
trap '"$root/scripts/slurm-here.sh" stop "$work/slurm"; rm -rf "$work"' EXIT
chmod 755 "$work"
use=$(SLURM_HERE_CPUS=2 "$root/scripts/slurm-here.sh" start "$work/slurm")
eval "$use"
settings=(--data "$root/datasets/tidepool" --model cifar_resnet20 --set augment=cifar head.dropout=0.2 epochs=8 batch=20 optimizer.lr=0.05
  threads=1 all_reduce=ordered checkpoint.steps=2)
epochs() { cat "$1/metrics.jsonl" 2>/dev/null | wc -l; }
until_epoch() { # RUN EPOCHS JOB
  until [ "$(epochs "$1")" -ge "$2" ]; do
    sleep 0.2
    [ -n "$(squeue --noheader --job "$3" 2>/dev/null)" ] || fail "the job ended"
  done
}

"${mpirun[@]}" -n 2 "${finetune[@]}" train "${settings[@]}" --out "$work/mpirun" >"$work/log" 2>&1 || fail mpirun
srun -N 1 -n 2 --mpi=pmix "${finetune[@]}" train "${settings[@]}" --out "$work/srun" >"$work/log" 2>&1 || fail srun
[ "$(hash_of "$work/srun")" = "$(hash_of "$work/mpirun")" ] || fail "srun has other weights than mpirun"
echo "srun -n 2 --mpi=pmix: the weights of mpirun -n 2, bit by bit"

cat >"$work/job" <<JOB
#!/bin/bash
if [ -f "$work/job-run/recipe.yaml" ]; then set -- --resume; else set -- ${settings[*]@Q}; fi
exec srun --mpi=pmix ${finetune[*]@Q} train --out "$work/job-run" "\$@"
JOB
job=$(sbatch --parsable -N 1 -n 2 --requeue --open-mode=append -o "$work/log" "$work/job")
until_epoch "$work/job-run" 3 "$job"
scontrol requeue "$job"
echo "job $job killed and queued again after $(epochs "$work/job-run") epochs"
scontrol update JobId="$job" StartTime=now 2>/dev/null || true # Slurm else waits two minutes
for _ in $(seq 3000); do
  [ -n "$(squeue --noheader --job "$job" 2>/dev/null)" ] || break
  sleep 0.1
done
[ "$(hash_of "$work/job-run")" = "$(hash_of "$work/mpirun")" ] || fail "the job that was queued again has other weights"
echo "queued again: the same weights"

job=$(sbatch --parsable -N 1 -n 2 --wrap "exec srun --mpi=pmix ${finetune[*]@Q} train ${settings[*]@Q} epochs=100000 --out '$work/told'" -o "$work/log")
until_epoch "$work/told" 2 "$job"
scancel --signal=TERM "$job"
for _ in $(seq 300); do [ -n "$(squeue --noheader --job "$job" 2>/dev/null)" ] || break; sleep 0.1; done
grep -q "Stopped after step" "$work/log" || fail "SIGTERM did not stop it in order"
echo "SIGTERM to the job's ranks: $(grep -o 'Stopped after step [0-9]*' "$work/log"), with a checkpoint"
