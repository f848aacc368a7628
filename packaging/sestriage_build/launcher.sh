#!/bin/sh
# Starts sestriage with its own Python and C library; nothing of this machine is used but its kernel and this shell.
# LD_LIBRARY_PATH is not set: programs that sestriage starts (a pager) would inherit it.
self=$0
case $self in
/usr/bin/sestriage) root=/opt/sestriage ;; # where the package installs it
*)
    if [ -L "$self" ]; then
        self=$(readlink -f -- "$self") || exit 4
    fi
    root=$(cd -P -- "${self%/*}/.." && pwd) || exit 4
    ;;
esac
python=$root/python/bin/python3.11
exec "$root/lib/@LOADER@" --inhibit-cache --argv0 "$python" --library-path "$root/lib" \
    "$python" -I -S -B "$root/boot.py" tree "$0" "$@"
