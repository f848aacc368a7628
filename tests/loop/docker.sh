#!/bin/sh
# Stands in for docker in the closed loop: the container is the lab's client, which reads the cipher list when it starts.
list=/lancope/services/swos-compliance/security/tls-ciphers
case "$1 $2" in
"restart sw-response-mgmt")
    cp "$list" /container/tls-ciphers
    date -u +%Y-%m-%dT%H:%M:%S.%NZ >/container/started
    echo restart >>/container/journal
    echo sw-response-mgmt
    ;;
"inspect -f")
    [ "$3 $4" = "{{.State.StartedAt}} sw-response-mgmt" ] || exit 64
    cat /container/started
    ;;
"exec sw-response-mgmt")
    shift 2
    exec "$@"
    ;;
*)
    echo "docker: not in this lab: $*" >&2
    exit 64
    ;;
esac
