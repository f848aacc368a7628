#!/bin/sh
# Names what stays: what the checks remember, and what the site wrote itself.
set -e
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload || true
fi
if [ "$1" = purge ]; then
    for path in /var/lib/sestriage /var/lib/private/sestriage /etc/sestriage /etc/sestriage.toml; do
        if [ -e "$path" ] || [ -L "$path" ]; then
            echo "sestriage: left as it is: $path"
        fi
    done
fi
