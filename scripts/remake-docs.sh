#!/usr/bin/env bash
# Writes the tables of docs/ that are made from the code: the keys of a recipe.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
page=docs/recipes.md
rows=$(mktemp)
trap 'rm -f "$rows" "$page.new"' EXIT
scripts/finetune list keys --markdown >"$rows"
{ grep -v '^| `' "$page"; cat "$rows"; } >"$page.new"
mv "$page.new" "$page"
