"""The one room that touches the network: ask a mail server what it would answer a Manager."""

from sestriage.probe.dial import is_local as is_local
from sestriage.probe.run import Settings as Settings
from sestriage.probe.run import run as run
