#!/usr/bin/env bash
# Mutation testing of a folder of the library: changes its code in small ways, runs the tests for each change, and says which changes no test
# noticed. Not part of scripts/test.sh: a folder takes minutes to hours. The report (HTML, JSON) lies in artifacts/mutation/FOLDER.
#   scripts/mutate.sh FOLDER [TEST FILTER]     scripts/mutate.sh Ensemble      scripts/mutate.sh Experiment/Report FullyQualifiedName~ReportTests
set -euo pipefail
# Stryker finds the library by its path, not by its reference assembly.
export ProduceReferenceAssembly=false
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 OMP_WAIT_POLICY=passive
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ $# -ge 1 ] && [ -d "src/FineTune/$1" ] || {
  echo "usage: scripts/mutate.sh FOLDER [TEST FILTER], a folder of src/FineTune such as Ensemble" >&2
  exit 2
}
folder=$1 filter=${2:-}
tools=artifacts/tools output=artifacts/mutation/$folder
[ -x "$tools/dotnet-stryker" ] || dotnet tool install dotnet-stryker --version 5.1.0 --tool-path "$tools" >/dev/null
mkdir -p "$output"
output=$(cd "$output" && pwd)
cat >"$output/stryker.json" <<JSON
{ "stryker-config": {
  "project": "FineTune.csproj", "configuration": "Release", "mutate": ["**/$folder/**/*.cs"], "test-case-filter": "$filter",
  "reporters": ["html", "json"], "concurrency": $(nproc), "coverage-analysis": "perTest",
  "thresholds": { "high": 90, "low": 80, "break": 0 }, "ignore-mutations": ["string"] } }
JSON
tool=$PWD/$tools/dotnet-stryker
cd tests/FineTune.Tests
"$tool" --config-file "$output/stryker.json" --output "$output"
python3 - "$output/reports/mutation-report.json" "/$folder/" <<'LIST'
import json
import sys

for file, found in json.load(open(sys.argv[1]))["files"].items():
    for mutant in found["mutants"]:
        if sys.argv[2] in file and mutant["status"] in ("Survived", "NoCoverage"):
            print(f"{file.rpartition('/')[2]}:{mutant['location']['start']['line']}: {mutant['status']}: {mutant['mutatorName']}: {mutant.get('replacement', '')[:90]}")
LIST
