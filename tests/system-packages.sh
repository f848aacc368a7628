#!/bin/sh
# Installs the Debian packages that some tests use. Needs root (or sudo); without, it says what will be skipped.
set -eu
packages="shellcheck iproute2 iputils-ping iputils-tracepath bind9-dnsutils postfix zip xz-utils zstd bzip2 rsyslog bsdutils systemd
systemd-journal-remote chromium man-db zsh fish busybox-static binutils dpkg debootstrap lintian
$(cat "$(dirname "$0")/../samples/lab/packages")" # the lab's own list
missing=""
for package in $packages; do
    dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "not root: the tests that need these packages will be skipped:$missing" >&2
    exit 0
fi
echo "installing:$missing" >&2
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of packages
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
