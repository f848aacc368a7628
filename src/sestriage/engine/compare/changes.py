"""What differs between two reports, a sentence for each difference."""

from __future__ import annotations

from collections.abc import Iterator

from sestriage.engine.compare.names import Names
from sestriage.engine.compare.steps import is_later
from sestriage.model.compared.comparison import Change
from sestriage.model.compared.snapshot import SeenAttempt, SeenCertificate, SeenStore, Snapshot
from sestriage.model.message import Message, clock, together

MAX_NAMED = 6
"""Attempts, certificates and tokens that a sentence names; more are counted."""
OUTCOMES = {
    "failed": Message("failed"),
    "accepted": Message("accepted"),
    "undetermined": Message("undetermined"),
}
CONFIDENCES = {
    "confirmed": Message("confirmed"),
    "likely": Message("likely"),
    "suspected": Message("suspected"),
}


def changes(names: Names) -> Iterator[Change]:
    """All differences, the verdict first."""
    yield from _verdict(names.before, names.after)
    yield from _findings(names.before, names.after)
    yield from _attempts(names.before, names.after)
    yield from _served(names.before, names.after)
    yield from _stores(names.before, names.after)
    yield from _ciphers(names.before, names.after)
    yield from _settings(names)
    yield from _problems(names.before, names.after)


def not_compared(names: Names) -> Iterator[Message]:
    """What is in one of the reports only, so that nothing can be said of a change; and names without a key."""
    before, after = names.before, names.after
    parts = (
        (bool(before.served), bool(after.served), Message("the certificates that the server sends")),
        (any(s.readable for s in before.stores), any(s.readable for s in after.stores), Message("the trust store")),
        (bool(before.ciphers), bool(after.ciphers), Message("the cipher list")),
        (before.settings is not None, after.settings is not None, Message("the settings")),
    )
    for was, is_now, what in parts:
        if was != is_now:
            yield Message("Not compared: {what}; only {side} has it.", what=what, side="BEFORE" if was else "AFTER")
    if not names.comparable:
        yield Message(
            "Not compared: host names, addresses and accounts. The reports number their pseudonyms each for itself; "
            "make both with the same --key-file or --map."
        )


# --- verdict and findings ----------------------------------------------------------------------------------------


def _verdict(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    was, now = (before.outcome, before.confidence, before.rule), (after.outcome, after.confidence, after.rule)
    if was != now:
        text = Message("Verdict: {before}; now {after}", before=verdict_text(before), after=verdict_text(after))
        yield Change("verdict", text)


def verdict_text(report: Snapshot) -> Message:
    """A verdict in some words."""
    outcome = OUTCOMES[report.outcome]
    confidence = CONFIDENCES.get(report.confidence or "")
    if report.rule:
        return Message("{outcome}, {cause}", outcome=_rated(outcome, confidence), cause=report.rule)
    return _rated(outcome, confidence)


def _rated(outcome: Message, confidence: Message | None) -> Message:
    if confidence is None:
        return outcome
    return Message("{outcome} ({confidence})", outcome=outcome, confidence=confidence)


def _findings(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    titles = dict(after.further)
    for rule in sorted(after.rules - before.rules - {after.rule}):
        yield Change("findings", Message("New finding: {title} ({rule})", title=titles[rule], rule=rule))
    titles = dict(before.further)
    for rule in sorted(before.rules - after.rules - {before.rule}):
        yield Change("findings", Message("No longer found: {title} ({rule})", title=titles[rule], rule=rule), new=False)


# --- attempts ----------------------------------------------------------------------------------------------------


def _attempts(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    known = {_key(attempt) for attempt in before.attempts}
    new = [attempt for attempt in after.attempts if _key(attempt) not in known]
    for attempt in new[-MAX_NAMED:]:
        yield Change("attempts", _attempt(attempt, is_later(attempt.started, before.newest)))
    if len(new) > MAX_NAMED:
        yield Change("attempts", Message("Further attempts that BEFORE lacks: {count}", count=len(new) - MAX_NAMED))


def _key(attempt: SeenAttempt) -> tuple[object, ...]:
    return attempt.started, attempt.outcome


def _attempt(attempt: SeenAttempt, later: bool) -> Message:
    """`later`: it is known to be later than all of BEFORE; one that is not was only not seen there."""
    time, outcome = clock(attempt.started), OUTCOMES[attempt.outcome]
    ended = Message("{outcome}: {rule}", outcome=outcome, rule=attempt.rule) if attempt.rule else outcome
    if later:
        return Message("New attempt, {time}: {ended}", time=time, ended=ended)
    return Message("Attempt that BEFORE lacks, {time}: {ended}", time=time, ended=ended)


# --- certificates ------------------------------------------------------------------------------------------------


def _served(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    if not (before.served and after.served):
        return
    was, now = [each.sha256 for each in before.served], [each.sha256 for each in after.served]
    new = [each for each in after.served if each.sha256 not in was]
    gone = [each for each in before.served if each.sha256 not in now]
    if new:
        yield Change("served", Message("The server now sends: {certificates}", certificates=_named(new)))
    if gone:
        text = Message("The server no longer sends: {certificates}", certificates=_named(gone))
        yield Change("served", text, new=False)
    if not new and not gone and was != now:
        yield Change("served", Message("The server sends the same certificates in another order"))


def _stores(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    was = [store for store in before.stores if store.readable]
    now = [store for store in after.stores if store.readable]
    if not (was and now):
        return
    had, has = _entries(was), _entries(now)
    new = [each for key, each in has.items() if key not in had]
    gone = [each for key, each in had.items() if key not in has]
    if new:
        yield Change("store", Message("The trust store has gained: {certificates}", certificates=_named(new)))
    if gone:
        yield Change("store", Message("The trust store has lost: {certificates}", certificates=_named(gone)), new=False)


def _entries(stores: list[SeenStore]) -> dict[tuple[str, bool], SeenCertificate]:
    """What the stores trust; an entry that Java does not take as an anchor is another one than one that it takes."""
    return {
        (entry.sha256, entry.trusted is not False): entry for store in stores for entry in store.entries if entry.sha256
    }


def _named(certificates: list[SeenCertificate]) -> Message:
    shown = [
        Message("{subject} (SHA-256 {digest}...)", subject=each.subject or each.alias or "-", digest=each.sha256[:16])
        for each in certificates[:MAX_NAMED]
    ]
    if len(certificates) > MAX_NAMED:
        shown.append(Message("{count} more", count=len(certificates) - MAX_NAMED))
    return together(*shown, between="; ")


# --- configuration -----------------------------------------------------------------------------------------------


def _ciphers(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    if not (before.ciphers and after.ciphers):
        return
    was, now = before.ciphers[-1], after.ciphers[-1]
    if was.tokens == now.tokens:
        return
    gained = [token for token in now.tokens if token not in was.tokens]
    lost = [token for token in was.tokens if token not in now.tokens]
    if gained:
        yield Change("ciphers", Message("The cipher list has gained: {tokens}", tokens=_tokens(gained)))
    if lost:
        yield Change("ciphers", Message("The cipher list has lost: {tokens}", tokens=_tokens(lost)), new=not gained)
    if not gained and not lost:
        yield Change("ciphers", Message("The cipher list has the same entries in another order"))


def _tokens(tokens: list[str]) -> str:
    shown = ", ".join(tokens[:MAX_NAMED])
    return shown if len(tokens) <= MAX_NAMED else f"{shown}, ... ({len(tokens)})"


def _settings(names: Names) -> Iterator[Change]:
    if names.before.settings is None or names.after.settings is None:
        return
    was, now = dict(names.before.settings), dict(names.after.settings)
    for field in dict.fromkeys((*was, *now)):
        old, new = was.get(field, "-"), now.get(field, "-")
        forms = names.of_before(old), names.of_after(new)
        if None not in forms and forms[0] != forms[1]:
            yield Change(
                "settings", Message("Setting {field}: {before}; now {after}", field=field, before=old, after=new)
            )


def _problems(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    """Files lie elsewhere by the next day: what was wrong with one counts by its last name."""
    known = {(file.rpartition("/")[2], problem) for file, problem in before.problems}
    for file, problem in after.problems:
        if (file.rpartition("/")[2], problem) not in known:
            yield Change("input", Message("Not (fully) used: {file}: {problem}", file=file, problem=problem))
