#!/bin/sh
# sestriage @VERSION@ for Linux (@MACHINE@), with its own Python and C library.
# At its first start it unpacks itself into a folder that belongs to this account alone, and runs from there:
# $SESTRIAGE_UNPACK if that is set, else /var/cache/sestriage (root) or ~/.cache/sestriage. Where none of these can be
# used it unpacks into a new folder with a random name at each start, and removes that at its end.
#   sh sestriage-@VERSION@-linux-@MACHINE@.run --extract DIR      unpacks into DIR, for all accounts
# shellcheck disable=SC2046,SC2015
set -uf
sum=@SHA256@
skip=@SKIP@
loader=lib/@LOADER@
mask=$(umask)
umask 077
why=""

fail() {
    printf 'sestriage: %s\n' "$1" >&2
    exit 2
}

me=$0
case $me in
*/*) ;;
*) if [ -f "$me" ]; then me=./$me; else me=$(command -v -- "$me") || fail "cannot find this file: start it by its path"; fi ;;
esac
uid=$(id -u) || fail "there is no id"

# Start the tree in a folder: with `exec` it takes the place of this shell.
tree_runs() {
    how=$1 tree=$2
    shift 2
    umask "$mask"
    python=$tree/python/bin/python3.11
    $how "$tree/$loader" --inhibit-cache --argv0 "$python" --library-path "$tree/lib" \
        "$python" -I -S -B "$tree/boot.py" run "$me" "$@"
}

# A folder (no link) of this account, which nobody else may enter.
ours() {
    [ -d "$1" ] && [ ! -L "$1" ] || return 1
    set -- $(ls -ldn -- "$1")
    case $1 in drwx------*) ;; *) return 1 ;; esac
    [ "$3" = "$uid" ]
}

# No folder above it lets another account put something else in its place.
unmoved() {
    at=$(cd -P -- "$1" && pwd) || return 1
    while [ "$at" != / ]; do
        at=${at%/*}
        [ -n "$at" ] || at=/
        set -- $(ls -ldn -- "$at")
        [ "$3" = 0 ] || [ "$3" = "$uid" ] || return 1
        case $1 in
        ?????????[tT]*) ;; # only the owner of a folder may rename it
        ?????w* | ????????w*) return 1 ;;
        esac
    done
}

# Programs may be started in it: it is on no file system mounted with noexec.
lets_run() {
    printf '#!/bin/sh\n' >"$1/.try.$$" && chmod 700 "$1/.try.$$" && "$1/.try.$$" 2>&-
    status=$?
    rm -f -- "$1/.try.$$"
    return $status
}

# Notes why a folder is not used.
no() {
    why="$why
  $1: $2"
    return 1
}

whole() {
    [ "$(tail -c "+$skip" -- "$me" | sha256sum)" = "$sum  -" ] || fail "$me is not whole: its SHA-256 is another one"
}

unpack() {
    tail -c "+$skip" -- "$me" | gzip -dc | (cd -- "$1" && tar -xof -) && [ -f "$1/boot.py" ]
}

# Where this build lies, or is unpacked to, below a folder that is kept. The name of a finished tree is the hash of its
# content, and it appears whole: it is unpacked under another name, and renamed by its own Python.
kept_in() {
    [ -d "$1" ] || mkdir -p -- "$1" 2>&- || no "$1" "cannot be made" || return 1
    ours "$1" || no "$1" "is not a folder of this account with mode 0700" || return 1
    unmoved "$1" || no "$1" "others may write to a folder above it" || return 1
    tree=$1/$sum
    if ours "$tree"; then
        [ -x "$tree/$loader" ] || no "$1" "programs may not be started there (noexec)" || return 1
        return 0
    fi
    lets_run "$1" || no "$1" "cannot be written to, or programs may not be started there (noexec)" || return 1
    whole
    new=$(mktemp -d -- "$1/new.XXXXXXXXXX") || no "$1" "cannot be written to" || return 1
    if unpack "$new"; then
        python=$new/python/bin/python3.11
        "$new/$loader" --argv0 "$python" --library-path "$new/lib" "$python" -I -S -B -c \
            'import os, sys; os.rename(*sys.argv[1:])' "$new" "$tree" 2>&-
    fi
    rm -rf -- "$new" # after a rename there is none; else another start was quicker, or the folder is full
    ours "$tree" || no "$1" "is full, or cannot be written to"
}

once_in() {
    [ -d "$1" ] || return 1
    tree=$(mktemp -d -- "$1/sestriage.XXXXXXXXXX" 2>&-) || no "$1" "cannot be written to" || return 1
    trap 'rm -rf -- "$tree"' EXIT
    trap : HUP INT TERM
    if ours "$tree" && lets_run "$tree"; then
        whole
        unpack "$tree" && return 0
        no "$1" "is full"
    else
        no "$1" "programs may not be started there (noexec)"
    fi
    rm -rf -- "$tree"
    return 1
}

extract() {
    [ -n "$1" ] || fail "--extract needs a folder"
    [ ! -e "$1" ] || rmdir -- "$1" 2>&- || fail "$1 exists, and is not an empty folder"
    whole
    umask 022
    new=$(mktemp -d -- "${1%/}.XXXXXXXXXX") || fail "cannot write beside $1"
    unpack "$new" && chmod 755 "$new" && mv -- "$new" "${1%/}" || {
        rm -rf -- "$new"
        fail "cannot unpack into $1: it is full, or cannot be written to"
    }
    lets_run "$1" || printf 'sestriage: programs may not be started in %s (noexec)\n' "$1" >&2
    printf 'Unpacked. Start it as %s/bin/sestriage\n' "${1%/}"
    exit 0
}

[ "${1:-}" != --extract ] || extract "${2:-}"

if [ -n "${SESTRIAGE_UNPACK:-}" ]; then
    case $SESTRIAGE_UNPACK in /*) ;; *) fail "SESTRIAGE_UNPACK must be an absolute path" ;; esac
    kept_in "$SESTRIAGE_UNPACK" && tree_runs exec "$tree" "$@"
    fail "SESTRIAGE_UNPACK cannot be used:$why"
fi
if [ "$uid" = 0 ]; then
    kept_in /var/cache/sestriage && tree_runs exec "$tree" "$@"
else
    case ${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}} in
    /*) kept_in "${XDG_CACHE_HOME:-$HOME/.cache}/sestriage" && tree_runs exec "$tree" "$@" ;;
    esac
fi
for folder in "${TMPDIR:-/tmp}" /var/tmp /dev/shm /run; do
    if once_in "$folder"; then
        tree_runs command "$tree" "$@"
        exit
    fi
done
fail "no folder in which programs may be started. Name one as SESTRIAGE_UNPACK, or use --extract DIR. Tried:$why"
