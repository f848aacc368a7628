"""The PEM files into which Cisco's procedure splits a transcript: each still bears its lines of `Certificate chain`.

    openssl s_client … -showcerts > mycertfile.crt
    awk 'split_after == 1 {n++;split_after=0} /-----END CERTIFICATE-----/ {split_after=1} {print > "cacert" n ".pem"}'

They are what the server sent, not what a trust store holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sestriage.formats.certs import pem
from sestriage.formats.certs.x509 import parse_certificate
from sestriage.model.capture import Endpoint, Stream, TcpConnection, TlsMessage, TlsSession
from sestriage.model.source import SourceRef
from sestriage.model.transcript import Transcript
from sestriage.model.trust import Certificate

_LISTED = re.compile(rb"(?m)^ {0,2}(?P<index>\d{1,3}) s:[^\n]*\n {2,4}i:")
MAX_PIECES = 64


@dataclass(frozen=True, slots=True)
class Piece:
    """A certificate with the position at which it was served, from 0."""

    index: int
    certificate: Certificate


def served_pieces(data: bytes, source: SourceRef) -> list[Piece]:
    """The certificates of a file that stand behind a line of `Certificate chain`; empty for other PEM files.

    A file in which another certificate stands without such a line is no split transcript: it gives nothing.
    """
    text = pem.plain_text(data)
    marks = [(text.count(b"\n", 0, match.start()) + 1, int(match["index"])) for match in _LISTED.finditer(text)]
    if not marks:
        return []
    pieces: list[Piece] = []
    for block in pem.blocks(text):
        if block.label not in pem.CERTIFICATE_LABELS:
            continue
        earlier = [index for line, index in marks if line < block.line]
        if not earlier or block.content is None or len(pieces) >= MAX_PIECES:
            return []
        pieces.append(Piece(earlier[-1], parse_certificate(block.content, source.at_line(block.line, block.end_line))))
    return pieces


def chain_of_pieces(pieces: Iterable[Piece], folder: SourceRef) -> Transcript:
    """The served chain that the pieces of a folder give together.

    Copies count once. It is whole when every position from 0 to the last is there; that none is missing at the end
    cannot be seen. Two different certificates for one position mean that files of two runs lie together: the chain is
    then not taken for whole.
    """
    places: dict[int, dict[str, Certificate]] = {}
    for piece in pieces:
        places.setdefault(piece.index, {}).setdefault(piece.certificate.sha256, piece.certificate)
    order = sorted(places)
    whole = order == list(range(len(order))) and all(len(found) == 1 for found in places.values())
    certificates = tuple(certificate for index in order for certificate in places[index].values())
    return served_chain(certificates, folder, whole=whole)


def served_chain(certificates: tuple[Certificate, ...], source: SourceRef, *, whole: bool = True) -> Transcript:
    """Certificates that a server sent, leaf first, of which nothing else is known."""
    tls = TlsSession(
        certificates_visibility="clear" if whole and certificates else "truncated",
        certificates=certificates,
        messages=(TlsMessage("server", "Certificate", 0),),
        source=source,
    )
    stream = Stream(source, Endpoint("", 0), Endpoint("", 0), TcpConnection(), tls=tls)
    return Transcript(source, stream, listed=len(certificates), program="files of a served chain", chain_only=True)
