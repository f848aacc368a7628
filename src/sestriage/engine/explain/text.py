"""`sestriage explain` for a text: an alias, an SMTP reply, an exception name, an OpenSSL code, or an excerpt of a log.

The text is read like a log and judged like a case, so that an excerpt leads to the rule that a triage would name. What
is too short for that (`535`, `handshake_failure`) is put into the words around it first, and the aliases of the rules
catch what is no message at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sestriage.engine.decide import Decision
from sestriage.engine.explain.ambiguous import REPLY_CODE, rules_that_share
from sestriage.engine.explain.excerpt import explained, judge
from sestriage.engine.explain.fill import Clean, Hide, bound, keep, sparing
from sestriage.engine.explain.rule import leaflet_of, support_needs
from sestriage.engine.explain.search import search
from sestriage.engine.explain.wrappers import wrapper_of
from sestriage.engine.proven import proven_by
from sestriage.engine.ranking import UNCLASSIFIED
from sestriage.formats.log.one_line import read_line
from sestriage.formats.log.wording import vocabulary as words
from sestriage.formats.log.wording.classnames import HEAD
from sestriage.formats.log.wording.openssl_error import ALERTS, reason_of
from sestriage.formats.log.wording.text import normalise
from sestriage.model.explanation import Explanation, Match
from sestriage.model.log import LogEvent
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Finding, Outcome
from sestriage.rules.files import listing
from sestriage.rules.ruleset import RuleSet
from sestriage.rules.schema import Rule
from sestriage.rules.texts.rule_summary import titles

WHOLE_TEXT = 1 << 16
"""Characters up to which every event of a text is read; of a longer one only those near a word that matters."""
SHORT_TEXT = 1000
"""Characters of a text that may be a message without its surroundings."""
SHORT_LINES = 12
MIN_ALIAS = 4
"""Characters of an alias that is looked for inside a longer text."""
MAX_NEAREST = 3
SEARCHED_WORDS = 8
"""Words of a text that may be a question; a longer one is a message, of which every rule holds some."""
MAX_EARLIER = 5

_MAIL = "javax.mail.MessagingException: "
_ALERT = "javax.net.ssl.SSLHandshakeException: Received fatal alert: "
_CODE = re.compile(r"[0-9A-Fa-f]{8}")
_REPLY = re.compile(r"[2-5]\d\d")
_BARE = re.compile(
    r"(?!(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|FATAL|CRITICAL|ALERT|EMERG|PANIC)\b)(?!.*\d\d:\d\d)"
    r"(?!\d{1,4}[-/.:]\d)\w[^\n|{}\[\]]*",
    re.IGNORECASE,
)
"""A line that no layout of a log begins with."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A text as it was read. `own_lines` are its lines where it was read in other surroundings, which do not belong
    into a quotation; empty where it was read as it is."""

    attempts: tuple[Decision, ...] = ()
    headed: bool = False
    """The text has lines of a log (time, level, logger): what is not about mail in it is about something else."""
    own_lines: tuple[str, ...] = ()
    skipped: int = 0
    """Empty lines of the text above the first of `own_lines`."""
    assumed: bool = False
    """It was read as the message of an exception that the text does not name: a bare word or code proves no step."""


def explain_text(
    text: str, name: str, rules: RuleSet, extra: Sequence[str], clean: Clean, hide: Hide = keep
) -> Explanation:
    """What a text leads to. `name` is what quotes call it (`paste`, or the file), `extra` the further rule folders.

    Raises:
        RuleError: the best match cannot be read any more.
    """
    if (around := _wrapper(text.strip(), rules, extra)) is not None:
        return around
    if (shared := _shared(text.strip(), rules, extra)) is not None:
        return shared
    found = _judge(text, SourceRef(name), rules)
    newest = found.attempts[-1] if found.attempts else None
    exact = _exact_alias(text, rules) or _exact_alias(_openssl_reason(text) or "", rules)
    best = exact.id if exact is not None else _best(newest)
    if best in rules.rules:
        clean = sparing(clean, rules.rules[best].path)
    matches = list(_matches(newest, found, clean)) if newest is not None else []
    if exact is not None:
        matches = _put_first(rules.in_language(exact), matches, text, name, clean)
    if not matches and newest is None and not found.headed:  # an attempt that no rule explains shows none by its words
        matches = [_by_alias(rules.in_language(rule), text, name, clean) for rule in _related(text, rules)]
    matches += _earlier(found, {match.rule for match in matches}, clean)
    files = listing(extra)
    traced = map(clean, _traced(text, name))
    notes = (*traced, *(f"{problem}; skipped" for problem in rules.problems))
    accepted = newest is not None and newest.attempt.outcome is Outcome.ACCEPTED
    if not matches:
        nearest = tuple(titles([] if accepted else _nearest(text, rules), files, rules.language))
        attach = () if accepted else support_needs(files, rules.language)
        return Explanation(nearest=nearest, attach=attach, origin="excerpt", accepted=accepted, notes=notes)
    leaflet, broken = leaflet_of(matches[0].rule, files, rules.language)
    finding = _finding(matches[0].rule, found.attempts)
    if finding is not None:
        leaflet = bound(leaflet, finding, files, clean, rules.language, hide)
    phase = _failed_step(newest, [rules.rules[match.rule] for match in matches if not match.earlier])
    cleared = proven_by(newest.attempt).phases if newest is not None and not found.assumed else ()
    notes = (*notes, *broken)
    return Explanation(tuple(matches), leaflet, cleared, phase, "excerpt", accepted, notes=notes)


def _traced(text: str, name: str) -> list[str]:
    """What traces of TLS in a text show; the code that reads them is loaded for a text that may hold one."""
    if "javax.net" not in text and "ClientHello" not in text:
        return []
    from sestriage.engine.conversations.traces import notes_of_text

    return notes_of_text(text, name)


def _wrapper(word: str, rules: RuleSet, extra: Sequence[str]) -> Explanation | None:
    """The answer to words that stand around a cause; None for any other text, and for an alias of a rule."""
    wrapper = wrapper_of(word) if len(word) <= SHORT_TEXT else None
    if wrapper is None or _exact_alias(word, rules) is not None:
        return None
    possible = [rule.id for rule in rules_that_share(word, rules)] or wrapper.rules
    nearest = tuple(titles(possible, listing(extra), rules.language))
    notes = tuple(f"{problem}; skipped" for problem in rules.problems)
    return Explanation(nearest=nearest, origin="excerpt", notes=notes, word=word, wrapper=wrapper.key)


def _shared(word: str, rules: RuleSet, extra: Sequence[str]) -> Explanation | None:
    """The answer to a bare word that several rules share; None for any other text."""
    sharing = rules_that_share(word, rules)
    if len(sharing) < (1 if REPLY_CODE.fullmatch(word) else 2):
        return None
    general = _exact_alias(word, rules)
    if general is not None and all(general.id in rule.supersedes for rule in sharing if rule is not general):
        return None
    possible = [rule.id for rule in sharing]
    notes = tuple(f"{problem}; skipped" for problem in rules.problems)
    nearest = tuple(titles(possible, listing(extra), rules.language))
    phase = _failed_step(None, sharing)
    return Explanation(nearest=nearest, phase=phase, origin="excerpt", notes=notes, word=word)


# --- reading -----------------------------------------------------------------------------------------------------


def _judge(text: str, source: SourceRef, rules: RuleSet) -> _Read:
    """Reads the text as a log; one that is no log, but may be a message without its surroundings, in likely ones.

    What begins like a line of a log is read as one first. A bare message is not: taken by itself it is no attempt.
    """
    bare = _is_bare(text)
    attempts: tuple[Decision, ...] = ()
    if not bare:
        events = _events(text, source)
        attempts = judge(events, rules)
        headed = any(event.time or event.level or event.logger for event in events)
        foreign = _is_foreign(text)
        if headed or foreign or any(map(explained, attempts)) or not _is_short(text):
            return _Read(attempts, headed or foreign)
    for variant in _surroundings(text.strip()):
        event = read_line(variant, source)
        tried = judge([event] if event is not None else _events(variant, source), rules)
        attempts = attempts or (tried if variant == text.strip() else ())
        if any(map(explained, tried)):
            skipped = text[: len(text) - len(text.lstrip())].count("\n")
            own = tuple(text.strip().splitlines())
            return _Read(tried, own_lines=own, skipped=skipped, assumed=variant != text.strip())
    return _Read(attempts)


def _events(text: str, source: SourceRef) -> list[LogEvent]:
    from sestriage.formats.log import parse_text, read_events

    return parse_text(text, source) if len(text) <= WHOLE_TEXT else list(read_events([text.encode()], source))


def _is_foreign(text: str) -> bool:
    """The text names a service that is not mail: its trouble with TLS is none of the rules' matter."""
    lowered = text.lower()
    mail = words.MAIL_CLASS.found(text, lowered) or words.MAIL_PLACE.found(text, lowered)
    return words.FOREIGN.found(text, lowered) and not mail


def _is_bare(text: str) -> bool:
    """One line without time, level or brackets in front: a message, or the head of an exception."""
    line = text.strip()
    return len(line) <= SHORT_TEXT and _BARE.fullmatch(line) is not None and not _is_foreign(line)


def _is_short(text: str) -> bool:
    return len(text) <= SHORT_TEXT and text.count("\n") < SHORT_LINES


def _surroundings(text: str) -> Iterator[str]:
    """Texts that hold this one as a log would, on the same lines."""
    if text.lower() in ALERTS.values():
        yield _ALERT + text.lower()
    if (reason := _openssl_reason(text)) is not None:
        yield f"{_MAIL}error:{text.upper()}:SSL routines::{reason}"
    if HEAD.match(text) is not None:
        yield text
    yield _MAIL + text


def _openssl_reason(text: str) -> str | None:
    """The reason of a bare OpenSSL error code, None for any other text."""
    return reason_of(int(text, 16)) if _CODE.fullmatch(text.strip()) else None


# --- matches -----------------------------------------------------------------------------------------------------


def _best(newest: Decision | None) -> str:
    """The id of the cause of an attempt; empty when it has none."""
    finding = newest.attempt.finding if newest is not None else None
    return finding.rule if finding is not None else ""


def _matches(judged: Decision, found: _Read, clean: Clean) -> Iterator[Match]:
    """The findings of an attempt, best first; warnings and the rule for unknown errors last, or not at all."""
    primary = judged.attempt.finding
    ranked = sorted(
        (finding for finding in judged.findings if finding.rule != UNCLASSIFIED),
        key=lambda finding: (finding is not primary, finding.severity == "warning"),
    )
    for finding in ranked:
        yield _match(finding, found, clean)


def _match(finding: Finding, found: _Read, clean: Clean, *, earlier: bool = False) -> Match:
    evidence = next((item for item in finding.evidence if item.kind in ("log.event", "")), None)
    quote = place = None
    if evidence is not None:
        line = evidence.source.line or 1
        said = found.own_lines[line - 1] if line <= len(found.own_lines) else evidence.quote
        quote, place = clean(said), str(evidence.source.at_line(line + found.skipped))
    return Match(finding.rule, clean(finding.title), finding.confidence.value, quote, place, earlier)


def _earlier(found: _Read, known: set[str], clean: Clean) -> list[Match]:
    """The causes of earlier attempts of the text, the newest first, as far as they are others."""
    matches: list[Match] = []
    for judged in reversed(found.attempts[:-1]):
        finding = judged.attempt.finding
        if finding is not None and finding.rule not in known | {UNCLASSIFIED}:
            known.add(finding.rule)
            matches.append(_match(finding, found, clean, earlier=True))
    return matches[:MAX_EARLIER]


def _finding(rule: str, attempts: Sequence[Decision]) -> Finding | None:
    findings = (finding for judged in reversed(attempts) for finding in judged.findings)
    return next((finding for finding in findings if finding.rule == rule), None)


def _failed_step(newest: Decision | None, rules: Sequence[Rule]) -> Phase | None:
    """The step that failed: by the attempt, else that of the rules that match, if it is one and on the ladder."""
    if newest is not None and newest.attempt.outcome is not Outcome.UNDETERMINED and explained(newest):
        return newest.attempt.phase if newest.attempt.outcome is Outcome.FAILED else None
    causes = [rule for rule in rules if rule.severity != "warning"]
    phases = {rule.phase for rule in causes}
    if any(rule.any_step for rule in causes):
        return None
    if len(phases) != 1 or not all(Phase.CONFIG.rank < phase.rank < Phase.ACCEPTED.rank for phase in phases):
        return None
    return phases.pop()


# --- aliases -----------------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """For comparing: normalised, letters of one case, one blank between words, no full stop at the end."""
    words = unicodedata.normalize("NFKC", normalise(text)).casefold().split()
    return " ".join(words).strip(" .:;\"'`")


def _aliases(rules: Mapping[str, Rule]) -> Iterator[tuple[str, Rule]]:
    for rule in rules.values():
        for alias in rule.aliases:
            yield _plain(alias), rule


def _exact_alias(text: str, rules: RuleSet) -> Rule | None:
    """The rule that has the whole text as its id or an alias."""
    wanted = _plain(text) if len(text) <= SHORT_TEXT else ""
    if not wanted:
        return None
    if wanted in rules.rules:
        return rules.rules[wanted]
    return next((rule for alias, rule in _aliases(rules.rules) if alias == wanted), None)


def _put_first(rule: Rule, matches: Sequence[Match], text: str, name: str, clean: Clean) -> list[Match]:
    """A text that is a rule's alias leads to that rule, whatever else it fits."""
    own = next((match for match in matches if match.rule == rule.id), None)
    first = own or _by_alias(rule, text, name, clean)._replace(confidence="likely")
    return [first, *(match for match in matches if match.rule != rule.id)]


def _related(text: str, rules: RuleSet) -> list[Rule]:
    """Rules of which an alias stands in the text, the longest alias first; for a bare reply code those that begin with
    it."""
    wanted = _plain(text)
    found: dict[str, tuple[int, Rule]] = {}
    bare = _REPLY.fullmatch(wanted) is not None
    for alias, rule in _aliases(rules.rules):
        fits = alias.startswith(f"{wanted} ") if bare else len(alias) >= MIN_ALIAS and _stands_in(alias, wanted)
        if fits and (rule.id not in found or found[rule.id][0] < len(alias)):
            found[rule.id] = len(alias), rule
    ranked = sorted(found.values(), key=lambda item: (item[1].severity == "warning", -item[0], item[1].id))
    return [rule for _, rule in ranked]


def _stands_in(alias: str, text: str) -> bool:
    """The alias stands in the text as whole words."""
    at = text.find(alias)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(alias) : at + len(alias) + 1]
        if not _continues(before, alias[:1]) and not _continues(after, alias[-1:]):
            return True
        at = text.find(alias, at + 1)
    return False


def _continues(neighbour: str, edge: str) -> bool:
    return (neighbour.isalnum() or neighbour == "_") and (edge.isalnum() or edge == "_") and edge.isascii()


def _by_alias(rule: Rule, text: str, name: str, clean: Clean) -> Match:
    """A match by an alias alone: the words fit, the evidence was not judged."""
    longest = sorted((_plain(alias) for alias in rule.aliases), key=len, reverse=True)
    lines = [line for line in text.splitlines() if line.strip()]
    number, line = next(
        ((n, line) for n, line in enumerate(lines, 1) if any(_stands_in(alias, _plain(line)) for alias in longest)),
        (1, lines[0] if lines else ""),
    )
    return Match(rule.id, rule.title, "suspected", clean(line.strip()[:600]), f"{name}:{number}")


def _nearest(text: str, rules: RuleSet) -> list[str]:
    """Ids of the rules whose id or an alias resembles the text most."""
    import difflib

    wanted = _plain(text[:SHORT_TEXT])
    names: dict[str, str] = {rule_id: rule_id for rule_id in rules.rules}
    names.update({alias: rule.id for alias, rule in _aliases(rules.rules)})
    close = [names[name] for name in difflib.get_close_matches(wanted, names, n=2 * MAX_NEAREST, cutoff=0.5)]
    words = set(re.findall(r"\w{3,}", wanted))
    shared = sorted(
        ((len(words & set(re.findall(r"\w{3,}", name))), rule_id) for name, rule_id in names.items()),
        key=lambda item: (-item[0], item[1]),
    )
    close += [rule_id for count, rule_id in shared if count >= 2]
    if len(wanted.split()) <= SEARCHED_WORDS:
        close += search(wanted, rules, MAX_NEAREST)
    return list(dict.fromkeys(close))[:MAX_NEAREST]
