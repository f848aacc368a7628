"""One run of the watch: read the news, decide what to report, keep it and report it exactly once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sestriage.errors import InputError
from sestriage.i18n import LANGUAGES, translated
from sestriage.model.message import Message, said_by
from sestriage.watch.conditions import Condition, ConditionChange, Kept, condition_changes
from sestriage.watch.cursor import Cursor, settled
from sestriage.watch.incidents import Book, Incident, Seen, changes
from sestriage.watch.lock import only_run
from sestriage.watch.outbox import Outbox
from sestriage.watch.result import Summary
from sestriage.watch.rotation import LogUnreadable, status_soon
from sestriage.watch.settings import WatchSettings, state_folder
from sestriage.watch.state import State, storable

if TYPE_CHECKING:
    from sestriage.model.log import LogEvent
    from sestriage.watch.forecasts import Forecaster
    from sestriage.watch.judge import Judge, Judged
    from sestriage.watch.news import News

NOTHING, REPORTED, UNREADABLE = 0, 1, 3
FOR_PEOPLE = ("text", "plugin")
TELLING = ("text", "json")
"""The forms that report news; the others report the present state, and leave the news to be reported."""
LOCK_WAIT = 10.0
LOST = Message(
    "the place in the log where the last run stopped is gone (the log was emptied or restored, or rotated copies were"
    " removed): what was written just before that may be missing here"
)


UNSURE = Message(
    "a line that may report a mail that was sent ends no incident, for it does not show that it is about mail: {place}"
)


class Busy(InputError):  # noqa: N818 - no error: the other run will tell
    """Another run is at work, for `seconds` so far."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Supplied by the command line: the engine behind a function that makes it (slow to import), the passwords to try
    on trust stores, the descriptor that the report goes to, and the clock."""

    judge: Callable[[], Judge]
    passwords: Sequence[str] = ()
    out: int = 1
    now: Callable[[], float] = time.time
    syslog: Callable[[Sequence[str]], None] | None = None
    forecaster: Forecaster | None = None
    wait: float = LOCK_WAIT
    language: str = LANGUAGES[0]
    """Of reports for people; JSON and metrics are English."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended: its exit status, and what it found."""

    status: int
    summary: Summary


def check(settings: WatchSettings, around: Surroundings) -> Result:
    """Run once. Writes the report; raises SestriageError for what keeps it from working."""
    folder = state_folder(settings)
    with only_run(folder, around.wait) as busy:
        if busy is not None:
            told = Message(
                "another sestriage check has been at work for {seconds:.0f} s with the state in {folder}",
                seconds=busy,
                folder=folder,
            )
            raise Busy(told, busy)
        state = State(folder, os.path.abspath(settings.log))  # noqa: PTH100
        try:
            return _Run(settings, around, state).go()
        finally:
            state.close()


class _Run:
    """The steps of one run."""

    def __init__(self, settings: WatchSettings, around: Surroundings, state: State) -> None:
        self._settings = settings
        self._around = around
        self._state = state
        self._language = around.language if settings.format in FOR_PEOPLE else LANGUAGES[0]
        self._outbox = Outbox(settings.output, around.out, around.syslog, state, self._language)
        self._now = around.now()
        self._telling = settings.format in TELLING
        self._notes: list[str] = [state.fresh] if state.fresh else []
        self._grown: float | None = None
        self._engine: Judge | None = None
        self._certificates: tuple[tuple[str, str, str, float], ...] = ()

    def go(self) -> Result:
        late = self._outbox.finish_earlier()
        cursor = self._state.cursor()
        self._state.begin()
        try:
            result = self._work(cursor)
        except BaseException:
            self._state.rollback()
            raise
        return replace(result, status=REPORTED) if late and result.status == NOTHING else result

    def _work(self, cursor: Cursor | None) -> Result:
        news, conditions = self._look(cursor)
        if news is not None and news.lost:
            self._notes.append(LOST)
        if news is not None:
            self._notes += news.faults
        kept = self._state.conditions()
        incidents, book = self._book(news)
        if news is not None and news.unsure is not None and any(each.ended is None for each in incidents):
            self._notes.append(Message(UNSURE, place=news.unsure))
        told = [*changes(incidents, self._settings.remind, self._now)] if self._telling else []
        about = condition_changes(conditions, kept, self._settings.remind, self._now) if self._telling else []
        summary = Summary(
            log=self._settings.log,
            now=self._now,
            changes=tuple((change, incident) for change, incident, _ in told),
            condition_changes=tuple(about),
            open=tuple(incident for incident in incidents if incident.ended is None),
            conditions=tuple(conditions),
            notes=tuple(translated(note, self._language) for note in self._notes),
            grown=self._grown,
            certificates=self._certificates,
        )
        summary = self._without_secrets(summary)
        self._keep_news(news, book)
        self._keep_told(incidents, [kept_as for _, _, kept_as in told], book)
        self._keep_conditions(conditions, about, kept)
        return self._say(summary, news)

    # --- looking ----------------------------------------------------------------------------------------------------

    def _look(self, cursor: Cursor | None) -> tuple[News | None, list[Condition]]:
        """Read the news of the log, and the conditions around it."""
        conditions: list[Condition] = []
        news: News | None = None
        try:
            news = self._read(cursor)
        except LogUnreadable as error:
            conditions.append(Condition("log", str(error), said_by(error), "unknown"))
        conditions.extend(self._silence())
        conditions.extend(self._endings())
        # the state keeps what was told, in the language in which that was
        return news, [replace(each, text=translated(each.text, self._language)) for each in conditions]

    def _read(self, cursor: Cursor | None) -> News | None:
        settings = self._settings
        status = status_soon(settings.log)
        self._grown = status.st_mtime
        if cursor is not None and cursor.unchanged(status) and not (cursor.held and self._may_release(status)):
            return None
        mail_before = self._state.counter("mail_seen") > 0
        if cursor is not None:
            from sestriage.watch.shortcuts.chatter import quiet_news

            whole = settled(status, cursor, settings.grace, self._now)
            quiet = quiet_news(settings.log, cursor, self._state.carry(), mail_before, whole, self._now)
            if quiet is not None:
                return quiet
        from sestriage.watch.reading import read_news

        news = read_news(settings, cursor, self._state.carry(), mail_before, self._judge, self._now)
        return replace(news, attempts=tuple(map(self._told, news.attempts)))

    def _told(self, seen: Seen) -> Seen:
        """The attempt with its cause in the language of the report: incidents keep it so."""
        if seen.cause is None:
            return seen
        return replace(seen, cause=replace(seen.cause, title=translated(seen.cause.title, self._language)))

    def _may_release(self, status: os.stat_result) -> bool:
        """True if the events held back may be complete by now (`tail.settled` decides)."""
        age = self._now - status.st_mtime
        return age >= self._settings.grace or age < 0 or self._settings.grace <= 0

    def _judge(self, events: Sequence[LogEvent]) -> Sequence[Judged]:
        if self._engine is None:
            self._engine = self._around.judge()
        return self._engine(events)

    def _silence(self) -> list[Condition]:
        limit = self._settings.stale
        if limit is None or self._grown is None or self._now - self._grown < limit:
            return []
        from sestriage.times.spans import show_span

        silent = show_span(self._now - self._grown)
        text = Message(
            "the log {log} has not grown for {span}: is the service running?", log=self._settings.log, span=silent
        )
        return [Condition("stale", "stale", text)]

    def _endings(self) -> list[Condition]:
        settings = self._settings
        if not settings.store and not settings.chain:
            return []
        from sestriage.watch import certificates

        found = certificates.watched(self._state, settings.store, settings.chain, self._around.passwords)
        self._certificates = tuple((e.where, e.name, e.sha256, e.not_after) for e in found.endings)
        conditions = [
            Condition(storable(f"file:{path}"), "unusable", Message("{path} {why}", path=path, why=why))
            for path, why in found.problems
        ]
        ahead = self._ahead()
        conditions += ahead
        told = {each.name for each in ahead}
        conditions += [
            Condition(storable(f"rootless:{path}"), kind, text)
            for path, kind, text in found.rootless
            if storable(f"forecast:{path}") not in told
        ]
        for ending in found.endings:
            stage = certificates.stage(ending, settings.cert_days, self._now)
            if stage is not None:
                text = certificates.sentence(ending, self._now)
                conditions.append(Condition(storable(f"cert:{ending.sha256}:{ending.where}"), stage, text))
        return conditions

    def _ahead(self) -> list[Condition]:
        settings = self._settings
        if not settings.forecast or not settings.store or self._around.forecaster is None:
            return []
        from sestriage.watch.forecasts import foreseen

        found = foreseen(
            self._state, settings.store, settings.chain, self._around.forecaster, self._now, self._language
        )
        return [Condition(storable(f"forecast:{each.path}"), each.stage, each.text) for each in found]

    # --- deciding ---------------------------------------------------------------------------------------------------

    def _book(self, news: News | None) -> tuple[list[Incident], Book]:
        """All incidents that may have to be told of, with what is new added."""
        pending = {incident.number: incident for incident in self._state.pending_incidents()}
        lasting = {incident.scope: incident for incident in pending.values() if incident.ended is None}
        book = Book(lasting, self._state.next_number() if news is not None and news.attempts else 0)
        for seen in news.attempts if news is not None else ():
            book.add(seen, self._now)
        pending.update(book.touched)
        return [pending[number] for number in sorted(pending)], book

    # --- keeping ----------------------------------------------------------------------------------------------------

    def _keep_news(self, news: News | None, book: Book) -> None:
        state = self._state
        if self._settings.output and self._settings.format == "prometheus":
            from sestriage.watch.output.prometheus import earlier_counters

            # After a loss of the state the counters continue, whatever other runs a new state has seen since.
            for name, value in earlier_counters(self._settings.output).items():
                if value > state.counter(name):
                    state.set_counter(name, value)
        if news is None:
            return
        state.put_cursor(news.cursor, news.carry)
        state.add("bytes", news.bytes_read)
        state.add("failed", book.failed)
        state.add("accepted", book.accepted)
        for rule, count in book.by_rule.items():
            state.add(f"rule:{rule}", count)
        if news.mail_seen and not state.counter("mail_seen"):
            state.set_counter("mail_seen", 1)
        if book.last_accepted is not None:
            latest = max(state.counter("last_accepted"), book.last_accepted.timestamp())
            state.set_counter("last_accepted", latest)

    def _keep_told(self, incidents: Sequence[Incident], told: Sequence[Incident], book: Book) -> None:
        state = self._state
        final = {incident.number: incident for incident in told}
        if self._telling and not state.counter("tells"):
            state.set_counter("tells", 1)
        silent = not self._telling and not state.counter("tells")
        for incident in incidents:
            kept = final.get(incident.number) or book.touched.get(incident.number)
            if silent and incident.ended is not None and not incident.closed_told:
                # no run asks this state for news: a problem that is over need not wait to be reported
                kept = replace(incident, closed_told=True)
            if kept is not None:
                state.put_incident(kept)
        if book.touched:
            state.add("incidents", book.begun)
            state.forget(self._now - self._settings.keep, self._settings.keep_incidents)

    def _keep_conditions(
        self, current: Sequence[Condition], told: Sequence[ConditionChange], kept: Mapping[str, Kept]
    ) -> None:
        said = {change.name for change in told}
        names = {condition.name for condition in current}
        for condition in current:
            old = kept.get(condition.name)
            since = min(old[0], self._now) if old is not None else self._now
            when = self._now if condition.name in said else (old[3] if old is not None else None)
            row = (since, condition.stage if when is not None else "", condition.text, when)
            if old is None or (old[1], old[3]) != (row[1], row[3]):
                self._state.put_condition(condition.name, *row)
        for name, (_, _, _, when) in kept.items():
            if name not in names and (name in said or when is None):
                self._state.drop_condition(name)

    # --- saying -----------------------------------------------------------------------------------------------------

    def _say(self, summary: Summary, news: News | None) -> Result:
        form = self._settings.format
        readable = summary.unreadable is None
        if form == "plugin":
            from sestriage.watch.output import plugin

            summary = replace(summary, counters=self._state.counters())
            status, text = plugin.render(summary, self._settings.warning, self._settings.critical, self._language)
            return self._state_report(summary, status, text)
        if form == "prometheus":
            from sestriage.watch.output import prometheus

            if readable:
                self._state.set_counter("last_good", self._now)
            summary = replace(summary, counters=self._state.counters())
            return self._state_report(
                summary, NOTHING if readable else UNREADABLE, prometheus.render(summary, readable)
            )
        status = UNREADABLE if not readable else REPORTED if summary.alarming else NOTHING
        body = self._body(summary, status)
        if not summary.news:
            self._state.commit()
            if body:
                self._outbox.write(body)
            return Result(status, summary)
        self._outbox.tell(summary, body)
        return Result(status, summary)

    def _without_secrets(self, summary: Summary) -> Summary:
        """Names of files may hold some. In a run that names nothing there is none, and nothing is imported for it."""
        named = summary.news or summary.open or summary.conditions or summary.certificates
        if not named and self._settings.format != "json":
            return summary
        from sestriage.redact import strip_secrets_of

        return strip_secrets_of(summary)

    def _body(self, summary: Summary, status: int) -> bytes:
        if self._settings.format == "json":
            from sestriage.watch.output import document

            return document.render(summary, status).encode("utf-8", "replace")
        if not summary.news:
            return b""
        from sestriage.watch.output import text

        return text.render(summary, self._language).encode("utf-8", "replace")

    def _state_report(self, summary: Summary, status: int, text: str) -> Result:
        """Report the present state. Nothing is lost if it is not written, so it is written after everything was
        stored."""
        self._state.commit()
        self._outbox.write(text.encode("utf-8", "replace"))
        return Result(status, summary)
