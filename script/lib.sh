# shellcheck shell=bash
# Shared by the scripts beside it; sourced, never run. Leaves the shell in the repository's root.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

# Debian's own, for which script/bootstrap brings pytest; another one may stand before it in the path.
python=/usr/bin/python3

say() { printf '%s: %s\n' "$script" "$*"; }
die() { printf '%s: %s\n' "$script" "$*" >&2; exit 1; }

# build <preset> [target...]: configures when needed, then builds.
build() {
  local preset=$1
  shift
  [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >/dev/null
  cmake --build "build/$preset" --target "${@:-all}"
}

# Our own C++ files, as git knows them.
sources() { git ls-files -- '*.cpp' '*.hpp'; }
