#!/usr/bin/env bash
# The library's API and the pages of docs/ as a web site that can be searched, by docfx: artifacts/site/html/index.html.
#   scripts/api-docs.sh
set -euo pipefail
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_ROLL_FORWARD=Major
cd "$(dirname "${BASH_SOURCE[0]}")/.."
site=artifacts/site
rm -rf "$site"
mkdir -p "$site/assemblies"
dotnet tool restore >/dev/null
dotnet build src/FineTune.Cli -c Release -v quiet -nologo -p:RunAnalyzers=false
cp src/FineTune.Cli/bin/Release/net10.0/*.dll "$site/assemblies/" # with all that they use
cp src/FineTune/bin/Release/net10.0/FineTune.xml src/FineTune.Export/bin/Release/net10.0/FineTune.Export.xml "$site/assemblies/"

cp -r docs/. "$site/" # docfx.json with them
sed 's#(docs/#(#g' README.md >"$site/index.md"
{
  printf -- '- name: %s\n  href: %s\n' README index.md API api/toc.yml
  find docs -name '*.md' | sort | while read -r page; do
    printf -- '- name: "%s"\n  href: %s\n' "$(sed -n '1s/^# //p' "$page" | tr -d '"')" "${page#docs/}"
  done
} >"$site/toc.yml"
dotnet docfx "$site/docfx.json" --logLevel warning
echo "$site/html/index.html"
