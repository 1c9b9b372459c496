#!/usr/bin/env bash
# Mutation testing of folders of the library: changes their code in small ways, runs the tests for each change, and says which changes no test
# noticed, and the score of each folder: the share of the changes that a test noticed. Not part of scripts/test.sh: a folder takes minutes to
# hours. The report (HTML, JSON) lies in artifacts/mutation/FOLDERS.
#   scripts/mutate.sh FOLDER[,FOLDER...] [TEST FILTER]
#   scripts/mutate.sh Ensemble        scripts/mutate.sh Data,Augment "FullyQualifiedName~Tests.Data|FullyQualifiedName~Tests.Augment"
set -euo pipefail
# Stryker finds the library by its path, not by its reference assembly.
export ProduceReferenceAssembly=false
# Stryker runs as many test processes as there are cores: one thread for each.
export DOTNET_PROCESSOR_COUNT=1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 OMP_WAIT_POLICY=passive
cd "$(dirname "${BASH_SOURCE[0]}")/.."
usage() {
  echo "usage: scripts/mutate.sh FOLDER[,FOLDER...] [TEST FILTER], folders of src/FineTune such as Ensemble" >&2
  exit 2
}
[ $# -ge 1 ] && [ -n "$1" ] || usage
IFS=, read -ra folders <<<"$1"
filter=${2:-} mutate=
for folder in "${folders[@]}"; do
  [ -d "src/FineTune/$folder" ] || usage
  mutate+="${mutate:+, }\"**/$folder/**/*.cs\""
done
tools=artifacts/tools output=artifacts/mutation/${1//,/+}
[ -x "$tools/dotnet-stryker" ] || dotnet tool install dotnet-stryker --version 5.1.0 --tool-path "$tools" >/dev/null
mkdir -p "$output"
output=$(cd "$output" && pwd)
cat >"$output/stryker.json" <<JSON
{ "stryker-config": {
  "project": "FineTune.csproj", "configuration": "Release", "mutate": [$mutate], "test-case-filter": "$filter",
  "reporters": ["html", "json", "progress"], "concurrency": $(nproc), "coverage-analysis": "perTest",
  "thresholds": { "high": 90, "low": 80, "break": 0 }, "ignore-mutations": ["string"] } }
JSON
tool=$PWD/$tools/dotnet-stryker
cd tests/FineTune.Tests
"$tool" --config-file "$output/stryker.json" --output "$output"
python3 - "$output/reports/mutation-report.json" "${folders[@]}" <<'LIST'
import json
import sys

found = {file.rpartition("src/FineTune/")[2]: seen["mutants"] for file, seen in json.load(open(sys.argv[1]))["files"].items()}
for folder in sys.argv[2:]:
    count = {}
    for file, mutants in found.items():
        if not file.startswith(f"{folder}/"):
            continue
        for mutant in mutants:
            count[mutant["status"]] = count.get(mutant["status"], 0) + 1
            if mutant["status"] in ("Survived", "NoCoverage"):
                line = mutant["location"]["start"]["line"]
                print(f"{file}:{line}: {mutant['status']}: {mutant['mutatorName']}: {mutant.get('replacement', '')[:90]}")
    slow = count.get("Timeout", 0)
    noticed, missed = count.get("Killed", 0) + slow, count.get("Survived", 0) + count.get("NoCoverage", 0)
    if noticed + missed:
        print(f"{folder}: {noticed} of {noticed + missed} noticed ({slow} by the time limit): {100 * noticed / (noticed + missed):.0f}%")
LIST
