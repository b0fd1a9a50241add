#!/usr/bin/env bash
# Makes what a Hugging Face Space gives to app.py, as far as one machine can, runs a command beside it, and removes it:
# a user with a HOME of its own, the repository's tracked files for reading only, the Debian packages of packages.txt,
# the Python packages of requirements.txt with the Gradio of README.md's front matter, and 10.77.0.1 for the proxy.
#
# make_space.sh COMMAND...   The command is given SPACE_FOLDER, where all of it lies, and SPACE_USER.
# SPACE_PYTHON               the Python to use; else the version that the front matter names, else python3
# SPACE_PIP_CACHE            a folder for pip's downloads and wheels, kept between runs; else each run begins without
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

user=inzwa-space proxy=10.77.0.1/32
folder='' made_user='' made_address=''

say() { echo "space, $SECONDS s: $*"; }
die() { echo "space: $*" >&2; exit 1; }
front_matter() { sed -n "1d; /^---\$/q; s/^$1: *\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" README.md; }
processes() { find /proc -maxdepth 1 -user "$user" -regex '/proc/[0-9]+' -printf '%f\n' 2>/dev/null; }

remove() {
    if [ -n "$made_user" ]; then
        processes | xargs -r kill -KILL || true
        userdel "$user" || true
    fi
    [ -z "$made_address" ] || ip address del "$proxy" dev lo || true
    [ -z "$folder" ] || rm -rf "$folder"
}

[ $# -gt 0 ] || die "usage: make_space.sh COMMAND..."
[ "$(id -u)" -eq 0 ] || die "only root can make the user that a Space runs as"
if id "$user" >/dev/null 2>&1; then # another run's, or left by one that was killed
    [ -z "$(processes)" ] || die "the user $user is there already and has programs running: is another run under way?"
    userdel "$user"
fi
trap remove EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
export DEBIAN_FRONTEND=noninteractive

install_debian() { # names of packages
    local lacking=()
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || lacking+=("$package")
    done
    [ ${#lacking[@]} -gt 0 ] || return 0
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${lacking[@]}" >/dev/null
}

mapfile -t packages < <(grep -v '^ *\(#\|$\)' packages.txt)
say "Debian: ${packages[*]}"
install_debian "${packages[@]}" iproute2 # and what the proxy's address is made with

ip address replace "$proxy" dev lo
made_address=yes
folder=$(mktemp -d "${TMPDIR:-/tmp}/inzwa-space.XXXXXX")
chmod 755 "$folder"
home=$folder/home app=$folder/home/app
useradd --home-dir "$home" --create-home --shell /bin/bash "$user" 2>/dev/null
made_user=yes
chmod 755 "$home"
git ls-files -z | xargs -0 cp --parents --no-preserve=mode,ownership -t "$(mkdir -p "$app" && echo "$app")"
chmod -R u=rwX,go=rX "$app"
mkdir "$folder/tmp" && chown "$user:" "$folder/tmp"
say "$(find "$app" -type f | wc -l) files to read, for $user ($(id -u "$user"))"

# Nothing of the caller's environment but how pip reaches its index.
environment=("HOME=$home" "PATH=$home/venv/bin:/usr/local/bin:/usr/bin:/bin" LANG=C.UTF-8 PYTHONUNBUFFERED=1 "TMPDIR=$folder/tmp")
for name in $(compgen -e); do
    case $name in
        PIP_CACHE_DIR | PIP_NO_CACHE_DIR | PIP_CONSTRAINT | PIP_REQUIREMENT) ;;
        PIP_* | *_proxy | *_PROXY | SSL_CERT_FILE | SSL_CERT_DIR | REQUESTS_CA_BUNDLE) environment+=("$name=${!name}") ;;
    esac
done
as_user() { setpriv --reuid "$user" --regid "$user" --clear-groups env -i "${environment[@]}" "$@"; }

wanted=$(front_matter python_version) python=''
candidates=("python$wanted")
! command -v pyenv >/dev/null || candidates+=("$(pyenv root)"/versions/"$wanted"*/bin/"python$wanted")
candidates+=(python3)
[ -z "${SPACE_PYTHON:-}" ] || candidates=("$SPACE_PYTHON")
for candidate in "${candidates[@]}"; do
    python=$("$candidate" -c 'import ensurepip, os, sys; print(os.path.realpath(sys.executable))' 2>/dev/null) && break
done
[ -n "$python" ] || die "no Python with venv among ${candidates[*]}. Debian: apt-get install python3-venv"
case $("$python" -V) in
    "Python $wanted."*) ;;
    *) say "No Python $wanted, which a Space would have. Name one with SPACE_PYTHON." ;;
esac
if ! as_user "$python" -c '' 2>/dev/null; then # it lies in a folder that is closed to other users
    cp -a "$("$python" -c 'import sys; print(sys.base_prefix)')" "$folder/python"
    python=$folder/python/bin/$(basename "$python")
    environment+=("LD_LIBRARY_PATH=$folder/python/lib")
fi
say "$("$python" -V)"

if [ -n "${SPACE_PIP_CACHE:-}" ]; then
    cache=$(realpath -m "$SPACE_PIP_CACHE")
    mkdir -p "$cache" && chown -R "$user:" "$cache"
    as_user test -w "$cache" || die "$user cannot reach $cache: let SPACE_PIP_CACHE lie where everybody may go"
    environment+=("PIP_CACHE_DIR=$cache")
else
    environment+=(PIP_NO_CACHE_DIR=1)
fi
gradio=$(front_matter sdk_version)
say "installing Gradio $gradio and requirements.txt; llama.cpp is built, without a cache"
cd "$app"
as_user "$python" -m venv "$home/venv"
as_user pip install --quiet --upgrade pip
# In one call, as the platform does it, so that all bounds must agree.
as_user pip install --progress-bar off -r requirements.txt "gradio[oauth,mcp]==$gradio" 'uvicorn>=0.14.0' 'websockets>=10.4' spaces \
    >"$folder/pip.log" 2>&1 || { tail -n 40 "$folder/pip.log" >&2; die "a Space could not install this"; }
say "installed"

# Models that are here already need not be fetched again.
models=${XDG_CACHE_HOME:-$HOME/.cache}/inzwa/models
if [ -d "$models" ]; then
    mkdir -p "$home/.cache/huggingface/inzwa"
    cp -a "$models" "$home/.cache/huggingface/inzwa/models"
    chown -R "$user:" "$home/.cache"
fi
printf '%s\n' "${environment[@]}" >"$folder/environment"
cd "$OLDPWD"
SPACE_FOLDER=$folder SPACE_USER=$user "$@"
