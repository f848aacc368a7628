"""The one room that uses the network: check what a Manager would get from a mail server.

`dial` (from a name to a connection), `channel` (a socket with a budget), `hello` (our own ClientHello), `talk` (one
conversation), `run` (the whole probe), `save` (what it got, kept).
"""

from sestriage.probe.dial import is_local as is_local
from sestriage.probe.run import ProbeSettings as ProbeSettings
from sestriage.probe.run import run as run
