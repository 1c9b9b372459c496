#!/usr/bin/env bash
# Installs what a build needs: a C++ compiler, cmake, libtorch with a fast BLAS, and the image libraries. Does nothing where
# all of it is there; where it cannot install, says what is missing and leaves with exit code 1.
#
#   FINETUNE_LIBTORCH=DIR      uses an unpacked libtorch instead of the distribution's
#   FINETUNE_LIBTORCH=python   uses the libtorch inside the Python package torch
set -euo pipefail
export LC_ALL=C DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 PATH="$PATH:/usr/sbin:/sbin"
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
libtorch=${FINETUNE_LIBTORCH:-}
missing=()
problems=0

problem() {
  echo "setup: $*" >&2
  problems=1
}

# A header and the package that has it, one a line.
headers() {
  printf '%s\n' 'jpeglib.h libjpeg-dev' 'png.h libpng-dev' 'webp/decode.h libwebp-dev'
  [ -n "$libtorch" ] || echo 'ATen/core/dispatch/Dispatcher.h libtorch-dev'
}

# Fills `missing` with the packages whose commands, headers or libraries are not there.
look() {
  missing=()
  command -v cmake >/dev/null || missing+=(cmake)
  command -v make >/dev/null || missing+=(make)
  local absent
  command -v g++ >/dev/null || missing+=(g++)
  absent=$(headers |
    while read -r header package; do printf '#if !__has_include(<%s>)\n%s\n#endif\n' "$header" "$package"; done |
    g++ -E -P -x c++ - 2>/dev/null) || absent=$(headers | cut -d ' ' -f 2)
  mapfile -t -O ${#missing[@]} missing < <(tr -d ' ' <<<"$absent" | sed '/^$/d')
  # the reference BLAS multiplies matrices some thirty times slower; a libtorch of one's own brings its own
  if [ -z "$libtorch" ] && ! ldconfig -p | grep -E 'libopenblas|libmkl_rt' >/dev/null; then
    missing+=(libopenblas0-pthread)
  fi
}

# Runs apt-get as root and keeps what it says.
apt() {
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    as_root=(sudo)
    [ -t 0 ] || as_root+=(-n) # nobody is there to type a password
  fi
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" >>"$log" 2>&1 </dev/null
}

install_missing() {
  local wanted="${missing[*]}"
  if ! command -v apt-get >/dev/null; then
    problem "Missing: $wanted (Debian's names); there is no apt-get to install them, so install them with this system's own packages."
    return
  fi
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    problem "Missing: $wanted; there is no sudo, so run as root: apt-get install $wanted"
    return
  fi
  log=$(mktemp)
  echo "setup: installing $wanted" >&2
  apt install --no-install-recommends "${missing[@]}" ||
    { apt update && apt install --no-install-recommends "${missing[@]}"; } || true
  hash -r
  look
  if [ ${#missing[@]} -gt 0 ]; then
    if grep -qE 'Could not resolve|Could not connect|Failed to fetch|Temporary failure|Unable to connect|Connection (failed|timed out)' "$log"; then
      problem "Missing: ${missing[*]}; apt-get cannot reach its package servers, so connect this machine to a network or install them by hand."
    else
      problem "Missing: ${missing[*]}; apt-get could not install them: $(grep -E '^(E:|sudo:)' "$log" | tail -n 1 || tail -n 1 "$log")"
    fi
  fi
  rm -f "$log"
}

# A libtorch that is named must be one; the distribution's is looked for with the other packages.
check_named_libtorch() {
  local folder=$libtorch
  [ -n "$folder" ] || return 0
  if [ "$folder" = python ]; then
    folder=$(python3 -c 'import importlib.util as u; s = u.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")' 2>/dev/null || true)
    [ -n "$folder" ] || { problem "FINETUNE_LIBTORCH is 'python', but python3 has no torch; install it, or unset FINETUNE_LIBTORCH for the distribution's libtorch."; return; }
  fi
  if [ ! -f "$folder/include/ATen/core/dispatch/Dispatcher.h" ] || ! ls "$folder"/lib*/libtorch_cpu.so >/dev/null 2>&1; then
    problem "FINETUNE_LIBTORCH is '$libtorch', but there is no libtorch: include/ATen and lib/libtorch_cpu.so are wanted in '$folder'."
  fi
}

check_dotnet() {
  local wanted says
  wanted=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' "$root/global.json")
  if ! command -v dotnet >/dev/null; then
    problem "Missing: the .NET SDK $wanted or a later ${wanted%%.*}; install it from https://dotnet.microsoft.com/download/dotnet/${wanted%.*}"
  elif ! says=$(cd "$root" && dotnet --version 2>&1); then
    case $says in
      *"compatible .NET SDK"*) says="here: $(dotnet --list-sdks | cut -d ' ' -f 1 | paste -sd ' ')" ;; # a screen of advice
    esac
    problem "Missing: the .NET SDK $wanted or a later ${wanted%%.*}; install it from https://dotnet.microsoft.com/download/dotnet/${wanted%.*} (${says%%$'\n'*})"
  fi
}

look
[ ${#missing[@]} -eq 0 ] || install_missing
check_named_libtorch
check_dotnet
exit $problems
