"""`sestriage certs`: served chains against trust stores, what to import, and what is in a store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import product
from typing import BinaryIO

from sestriage import __version__
from sestriage.engine.certs.public_roots import PublicRoots
from sestriage.engine.certs.read import CertInputs, read_inputs
from sestriage.engine.certs.served import served_chains
from sestriage.engine.lasting import lasting_note
from sestriage.engine.reading.collect import Options, group_stores, store_passwords
from sestriage.engine.reading.lost import lost_note
from sestriage.errors import InputError
from sestriage.formats.certs.derivation import MAX_KDF_ITERATIONS, DerivationBudget
from sestriage.formats.guard import Guard
from sestriage.ingest import Reading
from sestriage.model.certs import CompareReport, Held, ServedChain, ShowReport
from sestriage.model.fault import Fault
from sestriage.model.message import Message, together
from sestriage.model.source import SourceRef
from sestriage.model.trust import StoreEntry, TrustPath, TrustStore
from sestriage.pki.algorithms import DEFAULT_JDK
from sestriage.pki.export import recommend
from sestriage.pki.hostname import java_refusal
from sestriage.pki.path import decide
from sestriage.pki.tree import trust_tree

EMPTY = "(no store)"
"""Name of the empty store against which a chain is held when none was handed in."""


@dataclass(frozen=True, slots=True)
class CertOptions:
    """What a user can set.

    `stores` are paths of trust stores; without any, the stores among the evidence are taken. `at` is the moment for
    which validity is judged, None for that of the conversation, else now. `bundles` are further CA bundles in which
    published roots are looked for.
    """

    stores: tuple[str, ...] = ()
    host: str | None = None
    at: datetime | None = None
    jdk: str = DEFAULT_JDK
    keylogs: tuple[str, ...] = ()
    store_password_file: str | None = None
    bundles: tuple[str, ...] = ()
    now: datetime | None = None
    public_roots: PublicRoots | None = field(default=None, compare=False)
    reading: Reading | None = field(default=None, compare=False)
    """Told which file of the evidence is at hand."""
    max_kdf_iterations: int = MAX_KDF_ITERATIONS
    """What the key derivation of all stores may cost (`formats.certs.derivation`)."""


def compare(
    paths: Sequence[str], options: CertOptions, stdin: BinaryIO | None = None, *, need_store: bool = True
) -> CompareReport:
    """Each served chain held against each store. Raises `InputError` when there is no chain or no store.

    Without `need_store` an empty store stands in where none was handed in.
    """
    passwords = store_passwords(Options(store_password_file=options.store_password_file))
    budget = DerivationBudget(options.max_kdf_iterations)
    # stores that were named come first: the evidence must not use up what their key derivation may cost
    named = read_inputs(options.stores, passwords, as_store=True, budget=budget) if options.stores else None
    inputs = read_inputs(paths, passwords, options.keylogs, stdin, reading=options.reading, budget=budget)
    stores, files_are_served = _stores(inputs, named, options, need_store)
    chains = served_chains(inputs, options.host, files_are_served=files_are_served)
    if not chains:
        raise InputError(_no_chain(paths, inputs))
    now = options.now or datetime.now(UTC)
    roots = options.public_roots or PublicRoots(options.bundles)
    usable = [chain for chain in chains if chain.usable]
    held: list[Held] = []
    for chain, store in product(usable, stores):
        with Guard(partial(_lost, inputs, store)):
            held.append(_hold(chain, store, options, now, roots))
    return CompareReport(
        jdk=options.jdk,
        held=tuple(held),
        unseen=tuple(chain for chain in chains if not chain.usable),
        notes=_notes(chains, options),
        inputs=tuple(note for note in inputs.notes if note.problem),
        version=__version__,
    )


def _lost(inputs: CertInputs, store: TrustStore, fault: Fault) -> None:
    inputs.notes.append(lost_note(store.source, "trust-store", None, fault))


def _no_chain(paths: Sequence[str], inputs: CertInputs) -> Message:
    if inputs.stores or inputs.files:
        return Message(
            "there is no served chain in the evidence, only certificate stores: hand in a capture, an s_client "
            "transcript or the PEM files of the chain, and the store with --store"
        )
    return Message("there is no served certificate chain in {files}", files=", ".join(paths))


def _stores(
    inputs: CertInputs, named: CertInputs | None, options: CertOptions, need_store: bool
) -> tuple[list[TrustStore], bool]:
    """The stores to hold against, and whether bare certificate files of the evidence are the served chain."""
    if named is not None:
        inputs.notes += named.notes
        stores = group_stores([*named.stores, *named.files])
        if not stores:
            raise InputError(Message("there is no trust store in {files}", files=", ".join(options.stores)))
        return stores, True
    seen = bool(inputs.captures or inputs.transcripts)
    stores = group_stores([*inputs.stores, *(inputs.files if seen else ())])
    if stores:
        return stores, not seen
    if need_store:
        raise InputError(Message("there is no trust store to compare with: name it with --store"))
    return [TrustStore(SourceRef(EMPTY), "unknown")], True


def _hold(chain: ServedChain, store: TrustStore, options: CertOptions, now: datetime, roots: PublicRoots) -> Held:
    at, basis = _moment(chain, options, now)
    host = options.host or chain.host
    path = decide(chain.certificates, store, at, basis, host, options.jdk)
    refusal = java_refusal(chain.certificates[0], host, options.jdk) if host and path.host_matches is False else None
    # what could be imported is worth saying of an unreadable store too: it will have to be written anew
    basis_store = store if store.readable else TrustStore(store.source, store.format)
    basis_path = path if store.readable else decide(chain.certificates, basis_store, at, basis, host, options.jdk)
    return Held(
        chain,
        store,
        path,
        trust_tree(path, store),
        recommend(basis_path, basis_store, at, roots, options.jdk),
        _differences(path),
        lasting_note(path),
        refusal,
    )


def _moment(chain: ServedChain, options: CertOptions, now: datetime) -> tuple[datetime, str]:
    if options.at is not None:
        return options.at, "given"
    if chain.at is not None:
        return chain.at, chain.origin
    return now, "now"


OPENSSL_WHY = {
    "2": Message(
        "OpenSSL wants the chain to end in a self-signed root unless partial chains are allowed; Java takes any entry "
        "of the store as an anchor"
    ),
    "10": Message("OpenSSL checks the dates of the stored certificate too, Java does not"),
    "18": Message("OpenSSL wants a self-signed certificate itself in the store"),
    "19": Message("OpenSSL does not find the served self-signed root in the store"),
    "20": Message("OpenSSL finds no issuer in the store"),
}
"""Why `openssl verify` refuses what Java accepts, by its error number."""


def _differences(path: TrustPath) -> tuple[str, ...]:
    """Sentences on where the answers part; none where all agree or nothing was decided."""
    if path.openssl_status is None or path.openssl_partial_status is None:
        return ()
    java = path.status == "trusted"
    sentences: list[str] = []
    for name, status in (("openssl verify", path.openssl_status), ("-partial_chain", path.openssl_partial_status)):
        if (status == "ok") == java:
            continue
        number = status.split()[1] if status.startswith("error ") else ""
        why = Message("Java refuses, OpenSSL accepts")
        if java:
            why = OPENSSL_WHY.get(number, Message("the two follow different rules here"))
        sentences.append(Message("{program} says {status}: {why}.", program=name, status=status, why=why))
    return tuple(dict.fromkeys(sentences))


def _notes(chains: Sequence[ServedChain], options: CertOptions) -> tuple[str, ...]:
    notes: list[str] = [
        together(str(chain.source), chain.problem, between=": ") for chain in chains if chain.usable and chain.problem
    ]
    if options.host is None and any(chain.usable and chain.host is None for chain in chains):
        notes.append(
            Message("The name in SMTP SERVER is not in the evidence; --host NAME checks the certificate against it.")
        )
    return tuple(notes)


def show(
    paths: Sequence[str], options: CertOptions, stdin: BinaryIO | None = None, *, find: str = "", limit: int = 0
) -> ShowReport:
    """Everything that holds certificates, entry by entry. `find` keeps entries in whose names or fingerprint the text
    stands; `limit` bounds the entries of each store (0: all)."""
    passwords = store_passwords(Options(store_password_file=options.store_password_file))
    budget = DerivationBudget(options.max_kdf_iterations)
    inputs = read_inputs(paths, passwords, options.keylogs, stdin, reading=options.reading, budget=budget)
    chains = served_chains(inputs, None, files_are_served=False)
    hidden = 0
    shown: list[TrustStore] = []
    for store in group_stores([*inputs.stores, *inputs.files]):
        entries = [entry for entry in store.entries if _matches(entry, find)]
        kept = entries[:limit] if limit else entries
        hidden += len(entries) - len(kept)
        shown.append(replace(store, entries=tuple(kept)))
    if not shown and not chains:
        raise InputError(Message("there is no certificate in {files}", files=", ".join(paths)))
    return ShowReport(
        options.now or datetime.now(UTC),
        tuple(shown),
        tuple(chains),
        hidden,
        tuple(note for note in inputs.notes if note.problem),
        __version__,
    )


def _matches(entry: StoreEntry, find: str) -> bool:
    if not find:
        return True
    certificate = entry.certificate
    text = " ".join(
        (certificate.subject, certificate.issuer, certificate.sha256, entry.alias or "", *certificate.dns_names)
    )
    return find.lower().replace(":", "") in text.lower().replace(":", "")
