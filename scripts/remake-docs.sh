#!/usr/bin/env bash
# The tables of docs/ that are made from the code, and the figures of README and docs/experiments/ on the images that ship. (docs/tutorial.md is
# run by a test; figures on photographs that do not ship are made by the command beside them.)
#   scripts/remake-docs.sh                     writes the table of recipe keys; quick
#   scripts/remake-docs.sh --check [FOLDER]    trains the demo and the shipped experiments (two hours on two cores; FOLDER keeps them, and goes
#                                              on where it was stopped) and fails where a figure is outside of the 95% interval that its page
#                                              has, or, without an interval, is another by more than a factor of three
#   scripts/remake-docs.sh --write [FOLDER]    the same, and puts the figures into the pages
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
temp=$(mktemp -d)
page=docs/recipes.md
trap 'rm -rf "$page.new" "$temp"' EXIT
if [ $# -eq 0 ]; then
  scripts/finetune list keys --markdown >"$temp/rows"
  { grep -v '^| `' "$page"; cat "$temp/rows"; } >"$page.new"
  mv "$page.new" "$page"
  exit 0
fi
what=${1#--}
folder=${2:-$temp}
if [ "$what" != check ] && [ "$what" != write ]; then
  echo "remake-docs: say --check or --write" >&2
  exit 2
fi
mkdir -p "$folder"
for sweep in transfer regularizers fractional-pooling decay optimizers halving; do
  scripts/finetune sweep scripts/experiments/$sweep.yaml --out "$folder/$sweep" >"$folder/$sweep.log" 2>&1 || {
    tail -1 "$folder/$sweep.log" >&2
    exit 1
  }
done
python=${FINETUNE_PYTHON:-/usr/bin/python3}
failed=0
for script in "scripts/bench/transfer.sh --keep" "scripts/experiments/curvature.sh --keep" scripts/bench/rules-demo.sh; do
  name=$(basename "${script% --keep}" .sh)
  [ -f "$folder/$name.json" ] && continue
  $script "$folder/$name-runs" >"$folder/$name.out" && tail -1 "$folder/$name.out" >"$temp/$name" && mv "$temp/$name" "$folder/$name.json"
done
"$python" scripts/experiments/pages.py "$what" "$folder" docs/experiments/{transfer,regularizers,decay,optimizers,halving,curvature}.md docs/benchmarks.md ||
  failed=1
[ "$what" = check ] || exit $failed
[ -f "$folder/demo.log" ] || { scripts/demo.sh "$folder/demo" >"$folder/demo.part" 2>&1 && mv "$folder/demo.part" "$folder/demo.log"; }
"$python" scripts/experiments/pages.py gap "$folder" README.md || failed=1
"$python" scripts/experiments/pages.py demo "$folder/demo.log" README.md || failed=1
exit $failed
