"""Which chains were served: out of captures, transcripts, or bare certificate files put in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sestriage.engine.certs.read import CertInputs
from sestriage.engine.stream_phase import is_mail
from sestriage.errors import InputError
from sestriage.model.capture import Capture, Stream, TlsSession
from sestriage.model.certs import ServedChain
from sestriage.model.message import Message
from sestriage.model.transcript import Transcript
from sestriage.model.trust import Certificate, TrustStore

MAX_CHAINS = 20
"""Different chains that are looked at, the newest ones."""
READABLE = ("clear", "decrypted")


def served_chains(inputs: CertInputs, host: str | None, *, files_are_served: bool) -> list[ServedChain]:
    """The chains, newest first, each once. Those of captures and transcripts; only without any of them the bare
    certificate files, when `files_are_served`. Raises `InputError` when these give no one chain."""
    chains = [chain for capture in inputs.captures for chain in _of_capture(capture)]
    chains += [_of_transcript(each, host) for each in inputs.transcripts]
    if not chains and files_are_served and inputs.files:
        chains = [_of_files(inputs.files, host)]
    chains = _wanted(chains, host)
    chains.sort(key=lambda chain: chain.at.timestamp() if chain.at else 0.0, reverse=True)
    return _unique(chains)[:MAX_CHAINS]


def _of_capture(capture: Capture) -> list[ServedChain]:
    streams = [s for s in capture.streams if s.tls is not None and s.tls.server_hello_seen]
    chosen = [s for s in streams if is_mail(s)] or streams
    return [_of_stream(stream, stream.tls) for stream in chosen if stream.tls is not None]


def _of_stream(stream: Stream, tls: TlsSession) -> ServedChain:
    chain = ServedChain(
        tls.certificates,
        (tls.source or stream.source),
        "capture",
        stream.host,
        stream.port,
        stream.started,
    )
    if tls.certificates and tls.certificates_visibility in READABLE:
        return replace(chain, source=tls.certificates[0].source or chain.source)
    return replace(chain, problem=_why_unseen(tls), usable=False)


def _why_unseen(tls: TlsSession) -> str:
    if tls.resumed:
        return Message("the session was resumed: the server sent no certificate this time")
    if tls.certificates_visibility == "encrypted":
        return Message(
            "TLS 1.3 encrypts the certificates; a key log (--keylog) or a transcript of openssl s_client shows them"
        )
    if tls.certificates_visibility == "truncated":
        return Message("the capture cuts the certificates: capture again with whole packets (tcpdump -s 0)")
    return Message("the server sent no certificate")


def _of_transcript(transcript: Transcript, host: str | None) -> ServedChain:
    stream, tls = transcript.stream, transcript.stream.tls
    chain = ServedChain(
        tls.certificates if tls is not None else (),
        transcript.source,
        "transcript",
        transcript.host or stream.host or host,
        stream.port or None,
        stream.started,
    )
    kept = len(chain.certificates)
    if not kept:
        problem = Message("no certificate in it: see what stopped the connection")
        return replace(chain, problem=problem, usable=False)
    if transcript.listed > kept:
        problem = Message(
            "the server sent {count} certificates, {kept} of them are there: run openssl s_client again with"
            " -showcerts",
            count=transcript.listed,
            kept=kept,
        )
        return replace(chain, problem=problem, usable=False)
    if tls is not None and tls.certificates_visibility not in READABLE:
        return replace(chain, problem=Message("some of the served certificates are missing"), usable=False)
    return chain


def _of_files(files: Sequence[TrustStore], host: str | None) -> ServedChain:
    """Certificates in files have no order: the one that issued none of the others is the server's own."""
    unique = {e.certificate.sha256: e.certificate for store in files for e in store.entries}
    certificates = [each for each in unique.values() if each.subject_name_id]
    source = files[0].source
    if not certificates:
        return ServedChain((), source, "files", host, problem=Message("no readable certificate"), usable=False)
    leaf = _leaf(certificates, host)
    rest = [each for each in certificates if each.sha256 != leaf.sha256]
    broken = [each for each in unique.values() if not each.subject_name_id]
    problem = None
    if broken:
        digests = ", ".join(each.sha256 for each in broken[:5])
        problem = Message("left out because unreadable: SHA-256 {digests}", digests=digests)
    return ServedChain((leaf, *_upwards(leaf, rest)), source, "files", host, problem=problem)


def _leaf(certificates: Sequence[Certificate], host: str | None) -> Certificate:
    issuers = {each.issuer_name_id for each in certificates if not each.self_issued}
    lowest = [each for each in certificates if each.subject_name_id not in issuers]
    servers = [each for each in lowest if not each.is_ca] or [each for each in certificates if not each.is_ca]
    if host is not None and len(servers) > 1:
        servers = [each for each in servers if each.fits(host)] or servers
    if len(servers) == 1:
        return servers[0]
    if servers:
        names = ", ".join(each.label for each in servers[:5])
        raise InputError(
            Message(
                "{count} server certificates and no way to choose ({names}): name one with --host",
                count=len(servers),
                names=names,
            )
        )
    if len(lowest) == 1:
        return lowest[0]
    raise InputError(
        Message("no server certificate among the files: is this the trust store? Then hand it in with --store")
    )


def _upwards(leaf: Certificate, rest: Iterable[Certificate]) -> list[Certificate]:
    """The others, from the leaf's issuer up; what belongs to no way comes last."""
    left, ordered, top = list(rest), list[Certificate](), leaf
    while (issuer := next((c for c in left if c.subject_name_id == top.issuer_name_id), None)) is not None:
        ordered.append(issuer)
        left.remove(issuer)
        top = issuer
    return [*ordered, *left]


def _wanted(chains: list[ServedChain], host: str | None) -> list[ServedChain]:
    """Those of the host that was asked for, when there are any."""
    if host is None:
        return chains
    wanted = host.strip().rstrip(".").lower()
    return [chain for chain in chains if (chain.host or "").rstrip(".").lower() == wanted] or chains


def _unique(chains: Iterable[ServedChain]) -> list[ServedChain]:
    seen: dict[tuple[object, ...], ServedChain] = {}
    for chain in chains:
        digests = tuple(each.sha256 for each in chain.certificates)
        seen.setdefault((digests, chain.host, chain.port, chain.problem), chain)
    return list(seen.values())
