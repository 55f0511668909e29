# Shared by the scripts beside it: what a machine needs, and how to get it.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# A rustup installation may not be on the PATH of a fresh shell.
if ! command -v cargo >/dev/null && [ -f "$HOME/.cargo/env" ]; then
  # shellcheck disable=SC1091
  . "$HOME/.cargo/env"
fi
command -v cargo >/dev/null || die "cargo is not here. Install Rust 1.88 or newer: https://rustup.rs"

missing=()

# need COMMAND PACKAGE: notes that COMMAND is not here, and Debian's package that brings it.
need() {
  command -v "$1" >/dev/null 2>&1 || missing+=("$2")
}

# PostgreSQL's server programs live outside the PATH on Debian.
need_postgres() {
  [ -x "${POSTGRES_BIN_DIR:-/nowhere}/initdb" ] && return
  command -v initdb >/dev/null 2>&1 && return
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
}

# Installs what `need` noted, or says exactly what to install where we may not.
install_missing() {
  [ ${#missing[@]} -eq 0 ] && return
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    else
      die "please install: ${missing[*]}
  on Debian or Ubuntu:  sudo apt-get install -y --no-install-recommends ${missing[*]}"
    fi
  fi
  command -v apt-get >/dev/null || die "please install what Debian calls: ${missing[*]}"
  say "installing ${missing[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
  # Debian starts a server that it installs; we use private ones, so tell it not to.
  local policy=/usr/sbin/policy-rc.d own_policy=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod +x "$policy"
    own_policy=yes
  fi
  local failed=
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 || failed=yes
  [ -z "$own_policy" ] || "${as_root[@]}" rm -f "$policy"
  [ -z "$failed" ] || die "installing ${missing[*]} failed: see above"
}
