"""Places on the Manager that commands and defaults name, as Cisco's document means them (its print has misreadings)."""

from __future__ import annotations

LOG_PATH = "/lancope/var/logs/containers/sw-response-mgmt.log"
"""Test actions and mail errors of the response-management service."""
CIPHERS_PATH = "/lancope/services/swos-compliance/security/tls-ciphers"
"""The OpenSSL cipher list of the Manager."""
CONTAINER = "sw-response-mgmt"
"""The service's container, for `docker restart`."""
