#!/usr/bin/env bash
# A Slurm of one controller and two nodes on this machine, to try things on: real daemons, no cluster. Needs root and Debian's or Ubuntu's
# packages slurm-wlm and munge, which it installs where they are missing.
#
#   scripts/slurm-here.sh start DIR    starts it in DIR, and prints the line that makes a shell use it
#   scripts/slurm-here.sh stop DIR     ends it
#
# SLURM_HERE_CPUS=N gives each node N cores (default 1).
set -euo pipefail
what=${1:-} dir=${2:-}
if [ -z "$dir" ] || { [ "$what" != start ] && [ "$what" != stop ]; }; then
  echo "slurm-here: say start DIR or stop DIR" >&2
  exit 2
fi

if [ "$what" = stop ]; then
  for daemon in "$dir"/run/*.pid; do
    [ -f "$daemon" ] || continue
    pid=$(cat "$daemon")
    kill "$pid" 2>/dev/null || continue
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null || true
  done
  rm -f "$dir"/run/*.pid
  exit 0
fi

if [ "$(id -u)" -ne 0 ]; then
  echo "slurm-here: it has to be root: nodes start processes for their users" >&2
  exit 1
fi
if ! command -v slurmctld >/dev/null || ! command -v slurmd >/dev/null || ! command -v munged >/dev/null; then
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends slurm-wlm munge >/dev/null
fi

mkdir -p "$dir"/{state,log,run}
dir=$(cd "$dir" && pwd)
host=$(hostname -s)
memory=$(awk '/MemTotal/ { printf "%d", $2 / 1024 / 2 }' /proc/meminfo)
cat >"$dir/slurm.conf" <<CONF
ClusterName=here
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/run/munge.socket
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/state/%n
SlurmctldPidFile=$dir/run/slurmctld.pid
SlurmdPidFile=$dir/run/slurmd-%n.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd-%n.log
SlurmctldPort=17000
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
JobRequeue=1
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=17001 CPUs=${SLURM_HERE_CPUS:-1} RealMemory=$memory State=UNKNOWN
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=17002 CPUs=${SLURM_HERE_CPUS:-1} RealMemory=$memory State=UNKNOWN
PartitionName=here Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$dir/slurm.conf

# munge: a key and a socket of its own; it demands that their folders belong to it
install -d -o munge -g munge -m 0755 "$dir/munge"
chmod 0755 "$dir" "$dir/run"
chown munge "$dir/run"
[ -f "$dir/munge/key" ] || head -c 1024 /dev/urandom >"$dir/munge/key"
chown munge:munge "$dir/munge/key"
chmod 0400 "$dir/munge/key"
if ! runuser -u munge -- test -r "$dir/munge/key"; then
  echo "slurm-here: the user munge cannot reach $dir; give a folder whose parents everybody may enter" >&2
  exit 1
fi
runuser -u munge -- munged --force --key-file="$dir/munge/key" --socket="$dir/run/munge.socket" \
  --pid-file="$dir/run/munged.pid" --log-file="$dir/munge/munged.log" --seed-file="$dir/munge/seed"

slurmctld -c
for node in n1 n2; do slurmd -N "$node"; done
for _ in $(seq 100); do
  [ "$(sinfo --noheader --Node --format=%T 2>/dev/null | grep -c '^idle$')" -eq 2 ] && break
  sleep 0.2
done
sinfo >&2
echo "export SLURM_CONF=$SLURM_CONF"
