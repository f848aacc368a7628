"""What runs of another TLS client (openssl, the probe) add to a triage, and what they must not add.

They tell of the server: its chain, its key exchange, whether it answers at all. They do not tell what the Manager's own
client makes of that (domain: a good run on the host does not prove that the container would succeed).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sestriage.engine.attempts import AttemptDraft
from sestriage.engine.order import Timed
from sestriage.engine.reading.inputs import Inputs
from sestriage.formats.transcript.printed_name import printed_part
from sestriage.formats.transcript.spoken import PROGRAM
from sestriage.model.capture import Capture, SmtpDialogue, Stream
from sestriage.model.known.inspection import InspectionKind, inspection_product
from sestriage.model.known.published import is_amazon_company
from sestriage.model.known.ses import is_ses_endpoint
from sestriage.model.message import Message, together
from sestriage.model.transcript import Transcript
from sestriage.model.trust import Certificate, TrustPath, TrustStore
from sestriage.model.verdict import Attempt
from sestriage.rules.fixes.case import other_program

MAX_NOTES = 12
OPENSSL = "openssl s_client"
_BARE = ("anon", "PSK")
"""Authentication without a certificate."""
READABLE = ("clear", "decrypted")

NOT_THE_MANAGER = Message(
    "{program} is not the Manager's own client: it has other TLS settings and another trust store. A good run does not "
    "prove that the Manager would succeed, and a refusal of this client is not the Manager's."
)
GOOD_REFUSAL = frozenset({"handshake_failure", "insufficient_security", "protocol_version"})
"""The server's answers to an offer that it cannot meet."""


class TranscriptDraft(AttemptDraft):
    """A run of another client, judged where no attempt of the Manager is in the evidence."""

    __slots__ = ("transcript",)

    def __init__(self, transcript: Transcript) -> None:
        AttemptDraft.__init__(self, [_timed(transcript, n) for n in range(len(transcript.events))], [transcript.stream])
        self.transcript = transcript

    @property
    def port(self) -> int | None:
        """The port that the client was told; None when the run does not say."""
        return self.streams[0].port or None

    @property
    def merit(self) -> tuple[bool, bool, bool]:
        """What makes a run the one to look at, the weightiest first."""
        return not self.transcript.chain_only, self.undecided, self.transcript.whole_chain

    @property
    def undecided(self) -> bool:
        """The run says nothing of how an attempt of the Manager ends: it went well, it was restricted so that the
        refusal is the good answer, or it holds certificates only."""
        tls = self.streams[0].tls
        if self.transcript.chain_only or self.transcript.answered or (tls is not None and tls.completed):
            return True
        return refused_as_asked(self.transcript)


def _timed(transcript: Transcript, number: int) -> Timed:
    event = transcript.events[number]
    return Timed(event, event.time)


def refused_as_asked(transcript: Transcript) -> bool:
    """A client that offered less than usual was refused for it."""
    tls = transcript.stream.tls
    alert = tls.alert if tls is not None else None
    return transcript.restricted and alert is not None and alert.description in GOOD_REFUSAL


def own_attempts(collected: Inputs) -> list[AttemptDraft]:
    """Each run as something to be judged, the one that the verdict is about last: rather one that went well than one
    that broke, rather one with the served chain, then the newest. For cases without any attempt of the Manager."""
    far = datetime.min.replace(tzinfo=UTC)
    runs = [each for each in collected.transcripts if not each.chain_only]
    drafts = [TranscriptDraft(transcript) for transcript in runs or collected.transcripts]
    drafts.sort(key=lambda draft: (draft.merit, draft.streams[0].started or far))
    return list(drafts)


def as_captures(collected: Inputs) -> list[Capture]:
    """The conversations of the runs, for reports; files of certificates alone are none."""
    return [
        Capture(each.source, (each.stream,), started=each.stream.started, ended=each.stream.ended)
        for each in collected.transcripts
        if not each.chain_only
    ]


# --- what an attempt borrows ---------------------------------------------------------------------------------------


def chain_for(draft: AttemptDraft, streams: Sequence[Stream], collected: Inputs) -> Transcript | None:
    """The run whose served chain stands in for the one that the attempt does not show; None when it shows one, or no
    run fits. The newest one that fits best by host is taken."""
    if isinstance(draft, TranscriptDraft) or _shows_chain(streams):
        return None
    return _best([each for each in collected.transcripts if each.whole_chain], draft)


def leaf_for(draft: AttemptDraft, streams: Sequence[Stream], collected: Inputs) -> Transcript | None:
    """As `chain_for`; where no whole chain stands in, the printed names and dates of the server's own certificate."""
    if isinstance(draft, TranscriptDraft) or _shows_chain(streams):
        return None
    chain = chain_for(draft, streams, collected)
    return chain or _best([each for each in collected.transcripts if each.printed_leaf], draft)


def _best(transcripts: Sequence[Transcript], draft: AttemptDraft) -> Transcript | None:
    """The one that fits the attempt best by its host, the last of several; None when none does."""
    fitting = [(agreement(draft.host, each), n) for n, each in enumerate(transcripts)]
    best = max((pair for pair in fitting if pair[0]), default=None)
    return transcripts[best[1]] if best is not None else None


def _shows_chain(streams: Sequence[Stream]) -> bool:
    return any(s.tls is not None and s.tls.certificates and s.tls.certificates_visibility in READABLE for s in streams)


def agreement(host: str | None, transcript: Transcript) -> int:
    """How well a run fits an attempt by its host: 3 the same name, 2 the served certificate is valid for the name, 1
    one of them names none, 0 not at all."""
    tls = transcript.stream.tls
    leaf = tls.leaf if tls is not None else None
    if host is not None and transcript.host is not None and host.rstrip(".").lower() == transcript.host.rstrip("."):
        return 3
    if host is not None and leaf is not None and not leaf.problem and leaf.fits(host):
        return 2
    if host is None or (transcript.host is None and (leaf is None or _nameless(leaf) or _of_one_domain(host, leaf))):
        return 1
    return 0


def _nameless(leaf: Certificate) -> bool:
    """Of the certificate only its dates were printed."""
    return not leaf.der and not leaf.dns_names and not leaf.ip_addresses and not leaf.common_name


def _of_one_domain(host: str, leaf: Certificate) -> bool:
    """The printed names of a certificate end as the host's does, in its last two labels: the wrong name of the right
    server, where no command line says whom the client asked. Whole certificates are judged by the name alone."""
    ending = host.rstrip(".").lower().split(".")[-2:]
    names = (*leaf.dns_names, leaf.common_name or "")
    return (
        not leaf.der and len(ending) == 2 and any(name.lower().rstrip(".").split(".")[-2:] == ending for name in names)
    )


def borrowed_paths(draft: AttemptDraft, streams: Sequence[Stream], collected: Inputs, now: datetime) -> list[TrustPath]:
    """Java's decision on a chain that another client was served, for each store; empty when none stands in."""
    from sestriage.pki.keytool_listing import decide_with

    transcript = chain_for(draft, streams, collected)
    if transcript is None or transcript.stream.tls is None:
        return []
    at, basis = _moment(draft, transcript, now)
    chain = transcript.stream.tls.certificates
    return [
        replace(decide_with(chain, store, at, basis, draft.host), frame_source=transcript.source)
        for store in stores_for(draft, collected)
    ]


STORES_OF_JAVA = frozenset({"jks", "jceks", "bks", "bcfks", "pkcs12"})
"""Forms of trust stores that only Java's programs check with."""


def stores_for(draft: AttemptDraft, collected: Inputs) -> list[TrustStore]:
    """The readable stores that the client of the attempt may have used: another mail program reads no key store of
    Java's."""
    other = other_program([timed.event for timed in draft.events]) is not None
    return [store for store in collected.stores if store.readable and not (other and store.format in STORES_OF_JAVA)]


def _moment(draft: AttemptDraft, transcript: Transcript, now: datetime) -> tuple[datetime, str]:
    if draft.ended is not None:
        return draft.ended, "capture" if draft.log_ended is None else "log"
    if transcript.stream.started is not None:
        return transcript.stream.started, "transcript"
    return now.astimezone(UTC), "now"


def dialogues_for(draft: AttemptDraft, streams: Sequence[Stream], collected: Inputs) -> tuple[Stream, ...]:
    """Conversations of other clients that show how the server answers EHLO without STARTTLS, for an attempt that shows
    no dialogue: the same server says that to every client on the same way."""
    if isinstance(draft, TranscriptDraft) or any(stream.smtp is not None for stream in streams):
        return ()
    return tuple(
        each.stream
        for each in collected.transcripts
        if each.stream.smtp is not None
        and (each.stream.smtp.starttls_offered is False or each.stream.smtp.starttls_masked)
        and not (each.stream.tls is not None and each.stream.tls.server_hello_seen)
        and agreement(draft.host, each)
    )


def key_exchanges_for(draft: AttemptDraft, streams: Sequence[Stream], collected: Inputs) -> tuple[Stream, ...]:
    """Conversations of other clients that show the size of the server's DH key, for an attempt that shows no
    handshake. Runs that got another key exchange say nothing of the Manager's offer and are left out."""
    if isinstance(draft, TranscriptDraft) or any(s.tls is not None and s.tls.server_hello_seen for s in streams):
        return ()
    return tuple(
        each.stream
        for each in collected.transcripts
        if each.stream.tls is not None and each.stream.tls.dh_bits is not None and agreement(draft.host, each)
    )


# --- what is said of them ------------------------------------------------------------------------------------------


def transcript_notes(attempt: Attempt, paths: Sequence[TrustPath], collected: Inputs) -> list[str]:
    """Which runs stood in for the attempt's own chain, that files of a chain are there, and what no run proves."""
    if not collected.transcripts:
        return []
    notes = [note for each in collected.transcripts if each.chain_only for note in run_notes(each)]
    sources = {each.source for each in collected.transcripts}
    own = {id(stream) for stream in attempt.streams}
    judged = any(id(each.stream) in own for each in collected.transcripts)
    borrowed = {path.frame_source for path in paths} & sources if not judged else set()
    for source in sorted(borrowed, key=str):
        notes.append(
            Message(
                "The attempt does not show the served chain; the chain from {source} was held against the trust store.",
                source=source,
            )
        )
    programs = dict.fromkeys(each.program for each in collected.transcripts if not each.chain_only)
    return notes[:MAX_NOTES] + [Message(NOT_THE_MANAGER, program=program) for program in programs]


def run_notes(each: Transcript) -> Iterator[str]:
    """What one run shows and what it does not, each with its place."""
    tls = each.stream.tls
    where = f"{each.source}, {each.label}" if each.label else str(each.source)
    if each.printed_leaf:
        said = Message("the server's own certificate, by its names and dates alone.")
        yield together(where, said, between=": ")
        return
    if each.chain_only:
        count = len(tls.certificates) if tls else 0
        gap = "" if each.whole_chain else Message("; a certificate is missing, or files of two runs lie together")
        said = Message("{count} certificate(s) as a server sent them{gap}.", count=count, gap=gap)
        yield together(where, said, between=": ")
        return
    if tls is not None and (tls.completed or (each.answered and tls.server_hello_seen)):
        done = Message("finished the TLS handshake") if tls.completed else Message("was answered")
        parts = (tls.version, tls.cipher, f"DH {tls.dh_bits} bits" if tls.dh_bits else tls.group)
        told = ", ".join(part for part in parts if part)
        how = f" ({told})" if told else ""
        if tls.certificates_visibility == "encrypted":
            served = Message("what certificates were served is encrypted")
        elif not each.listed and each.program == OPENSSL and not tls.resumed and tls.authentication not in _BARE:
            served = Message(
                "the served certificates are not in the text: run it again with -showcerts, without -brief"
            )
        elif not each.listed and each.accepted:
            served = Message("how many certificates were served is not told")
        else:
            served = Message("{count} certificate(s) were served", count=each.listed)
        yield Message(
            "{where}: {program} {done}{how}; {served}.",
            where=where,
            program=each.program,
            done=done,
            how=how,
            served=served,
        )
    if each.program == PROGRAM and each.stream.smtp is not None:
        yield together(where, _ehlo_note(each.stream.smtp), between=": ")
        return
    notes = (
        *issuer_notes(each),
        *_certificate_notes(each),
        *_version_notes(each),
        *_key_notes(each),
    )
    yield from (together(where, note, between=": ") for note in notes)


def _ehlo_note(smtp: SmtpDialogue) -> str:
    if smtp.starttls_masked:
        return Message("a device in the path has painted over a keyword in the answer to EHLO (XXXX).")
    if smtp.starttls_offered is None:
        return Message("the server did not answer EHLO with 250.")
    return (
        Message("the answer to EHLO lists STARTTLS.")
        if smtp.starttls_offered
        else Message("the answer to EHLO lists no STARTTLS.")
    )


def issuer_notes(each: Transcript) -> Iterator[str]:
    """Who stands in front of the server, by the names of the issuers, be the certificates in the text or not."""
    tls = each.stream.tls
    leaf = tls.leaf if tls is not None else None
    issuers = [issuer for _, issuer in each.printed] or ([leaf.issuer] if leaf is not None and leaf.issuer else [])
    product = next((found for issuer in issuers if (found := inspection_product(issuer))), None)
    if product is not None:
        yield Message(
            "the issuer `{issuer}` is that of {product} ({kind}), which inspects TLS: it opened the connection of this"
            " test and showed its own certificate in the place of the server's. Whether it stands in the Manager's way,"
            " too, a run on the Manager shows.",
            issuer=next(issuer for issuer in issuers if inspection_product(issuer)),
            product=product.name,
            kind=_kind(product.kind),
        )
    elif is_ses_endpoint(each.host) and issuers and not any(map(_may_be_amazon, issuers)):
        yield Message(
            "the certificate for {host} was issued by `{issuer}`, not by Amazon: a private CA, so a device that"
            " inspects TLS, or another server under that name, answered this test.",
            host=each.host,
            issuer=issuers[0],
        )


def _kind(kind: InspectionKind) -> str:
    words = {
        "antivirus": Message("antivirus"),
        "gateway": Message("gateway"),
        "debugging proxy": Message("debugging proxy"),
    }
    return words[kind]


def _may_be_amazon(issuer: str) -> bool:
    """The company's name is Amazon's, or was not printed."""
    company = printed_part(issuer, "O")
    return company is None or is_amazon_company(company)


def _certificate_notes(each: Transcript) -> Iterator[str]:
    tls = each.stream.tls
    if tls is None or (not tls.certificates and not each.listed and each.verify_code is None):
        if each.program == OPENSSL and each.stream.tcp.established and not (tls is not None and tls.completed):
            yield Message("no certificate came, so a verify return code of 0 (ok) in it means nothing.")
        return
    if len(tls.certificates) < each.listed and not each.accepted:
        yield Message(
            "{listed} certificates were served, {shown} of them are in the text. Run it again with -showcerts to have"
            " the chain judged.",
            listed=each.listed,
            shown=len(tls.certificates),
        )
    if each.verify_code == 0:
        yield Message("openssl trusts the chain by the store that it was given; the Manager's store is another one.")
    elif each.verify_code in (2, 19, 20):
        yield Message(
            "verify code {code} ({text}) is about the list of CAs on the machine where openssl ran (its own, or that of"
            " -CAfile), not about the Manager's trust store.",
            code=each.verify_code,
            text=each.verify_text,
        )


def _version_notes(each: Transcript) -> Iterator[str]:
    """Which versions of TLS a scanner found; once, with what the server prefers."""
    if not each.accepted or each.label:
        return
    yield Message("the server takes {versions}, by this scan.", versions=", ".join(each.accepted))
    if not {"TLSv1.2", "TLSv1.3"} & set(each.accepted):
        yield Message("A client that begins with TLS 1.2 finds no version in common with it.")


def _key_notes(each: Transcript) -> Iterator[str]:
    tls = each.stream.tls
    if tls is None:
        return
    if tls.dh_bits is not None and tls.dh_bits < 2048:
        yield Message(
            "the server's DH key has {bits} bits. A client that wants 2048 refuses it (Logjam), if the server chooses"
            " DHE for that client's offer.",
            bits=tls.dh_bits,
        )
    asked = each.cipher_option or ""
    if tls.version == "TLSv1.3" and any(word in asked.upper() for word in ("DHE", "EDH")) and "ECDHE" not in asked:
        yield Message(
            "-cipher {asked} restricts TLS 1.2 and older only; this handshake is TLS 1.3 and says nothing of DHE."
            " Run it again with -tls1_2.",
            asked=asked,
        )
    if refused_as_asked(each):
        yield Message("the server has nothing for that restricted offer; asked for DHE only, that is the good answer.")
