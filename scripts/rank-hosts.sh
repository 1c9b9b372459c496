#!/usr/bin/env bash
# Two hosts on this machine, made of network namespaces with a limited link between them, and mpirun across them: two ranks on two hosts have
# the weights of two ranks on one, bit by bit; where the network of one is cut in the middle, both end, and the run, resumed across them,
# has the same weights. Needs root, Open MPI (openmpi-bin) and iproute2.
#
#   scripts/rank-hosts.sh [MBIT (default 1000)]
source "$(dirname "${BASH_SOURCE[0]}")/ranks.sh"
mbit=${1:-1000}
limit=10 # seconds after which a rank that does not answer ends the run
clean() {
  pkill -9 -f "$work/" 2>/dev/null || true
  for host in a b; do ip netns pids "ft-$host" 2>/dev/null | xargs -r kill -9 2>/dev/null || true; done
  for host in a b; do ip netns del "ft-$host" 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean EXIT

ip netns add ft-a
ip netns add ft-b
ip link add ft-a netns ft-a type veth peer name ft-b netns ft-b
for host in a b; do
  ip -n "ft-$host" addr add "10.77.0.$([ $host = a ] && echo 1 || echo 2)/24" dev "ft-$host"
  ip -n "ft-$host" link set lo up
  ip -n "ft-$host" link set "ft-$host" up
  ip netns exec "ft-$host" tc qdisc add dev "ft-$host" root tbf rate "${mbit}mbit" burst 256k latency 50ms
done
cat >"$work/agent" <<'AGENT' # in place of ssh: what mpirun starts on the other host
#!/bin/bash
while [ "$1" != 10.77.0.2 ]; do shift; done
shift
exec ip netns exec ft-b unshare --uts sh -c "hostname host-b; $*"
AGENT
chmod +x "$work/agent"

train() { # across the hosts
  ip netns exec ft-a unshare --uts sh -c 'hostname host-a; exec "$@"' sh \
    mpirun --allow-run-as-root -n 2 -H 10.77.0.1,10.77.0.2 --mca plm_rsh_agent "$work/agent" --mca btl tcp,self \
    --mca btl_tcp_if_include 10.77.0.0/24 --mca oob_tcp_if_include 10.77.0.0/24 \
    -x OMP_WAIT_POLICY "${finetune[@]}" train "$@"
}
settings=(--data "$root/datasets/tidepool" --model cifar_resnet20 --set augment=cifar head.dropout=0.2 epochs=6 batch=20
  optimizer.lr=0.05 threads=1 all_reduce=ordered "all_reduce_timeout=$limit")

"${mpirun[@]}" -n 2 "${finetune[@]}" train "${settings[@]}" --out "$work/one" >"$work/log" 2>&1 || fail "one host"
train "${settings[@]}" --out "$work/two" >"$work/log" 2>&1 || fail "two hosts"
echo "two hosts over $mbit Mb/s: $(grep -o '"waiting_seconds.*\|"all_reduce_seconds.*' "$work/two/manifest.json" | paste -sd ' ')"
[ "$(hash_of "$work/two")" = "$(hash_of "$work/one")" ] || fail "two hosts have other weights than one"
echo "two ranks on two hosts: the weights of two ranks on one host, bit by bit"

train "${settings[@]}" --out "$work/cut" >"$work/log" 2>&1 &
launcher=$!
until [ "$(cat "$work/cut/metrics.jsonl" 2>/dev/null | wc -l)" -ge 2 ]; do sleep 0.1; kill -0 "$launcher" 2>/dev/null || fail "it ended"; done
cut=$EPOCHREALTIME
ip -n ft-b link set ft-b down
alive() { ps -eo args | grep -c "^dotnet .*FineTune.Cli.dll train .*$work/cut" || true; }
until [ "$(alive)" -eq 0 ]; do
  sleep 0.1
  awk -v a="$cut" -v b="$EPOCHREALTIME" -v l="$limit" 'BEGIN { exit !(b - a > 3 * l) }' && fail "$(alive) ranks go on $((3 * limit)) s after the cut"
done
awk -v a="$cut" -v b="$EPOCHREALTIME" -v l="$limit" 'BEGIN { printf "network cut: both ranks had ended %.1f s later (all_reduce_timeout %d s)\n", b - a, l }'
grep -h "has not answered\|cannot be reached" "$work/log" | sed 's/^/  /' | head -2
{ ip netns pids ft-a; ip netns pids ft-b; } | xargs -r kill -9 2>/dev/null || true # mpirun's own, which wait for TCP
wait "$launcher" 2>/dev/null || true
ip -n ft-b link set ft-b up
train --out "$work/cut" --resume >"$work/log" 2>&1 || fail "the resume"
[ "$(hash_of "$work/cut")" = "$(hash_of "$work/one")" ] || fail "the resumed run has other weights"
echo "resumed across the hosts: the same weights"
