# Sourced by the scripts that train on several ranks: a folder of their own, the command line without a wrapper, and how they end.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
export OMP_WAIT_POLICY=passive # ranks share cores here
"$root/scripts/finetune" --version >/dev/null # builds it
finetune=(dotnet "$root/artifacts/cli/FineTune.Cli.dll")
mpirun=(mpirun --allow-run-as-root --oversubscribe)

hash_of() {
  sed -n 's/.*"final_weights_sha256": "\([0-9a-f]*\)".*/\1/p' "$1/manifest.json"
}

fail() {
  echo "FAILED: $*" >&2
  tail -20 "$work/log" >&2
  exit 1
}
