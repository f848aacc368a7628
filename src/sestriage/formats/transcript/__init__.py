"""What engineers paste instead of a capture or a store: runs of `openssl s_client`, listings of `keytool -list -v`,
and the PEM files into which Cisco's procedure splits such a run."""

from sestriage.formats.transcript.build import read_runs as read_runs
from sestriage.formats.transcript.keytool import read_listing as read_listing
from sestriage.formats.transcript.pieces import Piece as Piece
from sestriage.formats.transcript.pieces import chain_of_pieces as chain_of_pieces
from sestriage.formats.transcript.pieces import served_chain as served_chain
from sestriage.formats.transcript.pieces import served_pieces as served_pieces
from sestriage.formats.transcript.s_client import beside_runs as beside_runs
from sestriage.formats.transcript.s_client import looks_like_transcript as looks_like_transcript
