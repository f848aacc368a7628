#!/bin/sh
# Ends the timer where someone enabled it.
set -e
if [ "$1" = remove ]; then
    if [ -d /run/systemd/system ]; then
        systemctl disable --now sestriage-check.timer >/dev/null 2>&1 || true
    fi
    rm -f /etc/systemd/system/timers.target.wants/sestriage-check.timer
fi
