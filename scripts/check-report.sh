#!/usr/bin/env bash
# Looks at the pages of a run and of a comparison in a browser: class and file names that try to be markup, windows of 1200 and 400 pixels,
# light and dark. Fails on a message of the console, a request, a script that ran, a page wider than its window, or a fault that axe-core
# finds. Screenshots are left in artifacts/report. Installs Chromium (apt) and axe-core (npm) where they are missing.
set -euo pipefail
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 OMP_WAIT_POLICY=passive
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
axe_version=4.14.1
tools=$root/artifacts/report-tools

if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core
fi
if [ ! -f "$tools/node_modules/axe-core/axe.min.js" ]; then
  npm install --silent --no-fund --no-audit --prefix "$tools" "axe-core@$axe_version"
fi

export FINETUNE_AXE=$tools/node_modules/axe-core/axe.min.js FINETUNE_SCREENSHOTS=$root/artifacts/report
dotnet test tests/FineTune.Tests -c Release --nologo -v quiet --tl:off --filter "FullyQualifiedName~FineTune.Tests.Browser"
echo "Screenshots: $FINETUNE_SCREENSHOTS"
