# Sourced by the benchmarks beside it: where things are, the peer's presence, and a temporary folder that goes at the end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bench=scripts/bench
python=${FINETUNE_PYTHON:-/usr/bin/python3} # has Debian's PyTorch, the peer
shared=${FINETUNE_SHARED:-../shared}/real
benchmarks="dotnet exec tests/FineTune.Benchmarks/bin/Release/net10.0/FineTune.Benchmarks.dll"
export PYTHONDONTWRITEBYTECODE=1 TERM=dumb
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
results=$temp # --keep names a folder that stays, whose finished runs are not repeated

fail() {
  echo "$1" >&2
  exit 1
}

# Of a script whose only option it is.
is_short() {
  [ $# -eq 0 ] && return 1
  [ "$*" = --short ] || fail "unknown option: $*; --short is allowed."
}

build_cli() {
  scripts/finetune list models >/dev/null
}

build_benchmarks() {
  dotnet build tests/FineTune.Benchmarks -c Release --nologo -v q -p:RunAnalyzers=false >"$temp/build" || fail "$(cat "$temp/build")"
}

# Also what tables call the peers, with their versions.
need_peer() {
  pytorch=$("$python" -c 'import torch, torchvision, PIL; print("PyTorch", torch.__version__.rpartition(".")[0])' 2>/dev/null) ||
    fail "This benchmark has PyTorch as its peer, which $python lacks; apt-get install python3-torch python3-torchvision python3-pil."
  torchsharp="plain TorchSharp $(sed -n 's/.*"TorchSharp" Version="\([0-9]*\.[0-9]*\).*/\1/p' Directory.Packages.props)"
}

need_real() {
  for part in "$@"; do
    [ -e "$shared/$part" ] || fail "This benchmark needs '$shared/$part', which is not there; FINETUNE_SHARED names another folder."
  done
}

keep() {
  mkdir -p "$1"
  results=$(cd "$1" && pwd)
}

# timed FILE COMMAND ...: the command's output to FILE, and its seconds from start to end to FILE.seconds; nothing where they are
timed() {
  [ ! -f "$1.seconds" ] || return 0
  local file=$1 start=$EPOCHREALTIME
  shift
  "$@" >"$file" 2>"$file.log" || {
    cat "$file.log" >&2
    fail "failed: $*"
  }
  awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f\n", b - a }' >"$file.seconds"
}
