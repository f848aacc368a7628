"""The questions that are asked of every fleet, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sestriage.model.message import Message


@dataclass(frozen=True, slots=True)
class Query:
    """A question: its heading, the headings of its columns, and its SQL.

    `dated`: it has one parameter, the day from which on something is new.
    """

    title: Message
    columns: tuple[Message, ...]
    sql: str
    dated: bool = False


_BUNDLES, _CAUSE, _RULE = Message("Bundles"), Message("Cause"), Message("Rule")
_BUNDLE, _MANAGER, _MONTH = Message("Bundle"), Message("Manager"), Message("Month")
_FAILED = "FROM bundles WHERE outcome = 'failed' AND rule IS NOT NULL"
_DAY = "coalesce(attempt_at, modified)"
"""When the evidence is of: the newest attempt, else the file."""


def _causes_by(by: str, name: str) -> str:
    """Causes counted by a property of the bundle."""
    return f"""SELECT coalesce({by}, '-') AS {name}, rule, any_value(title) AS cause, count(*) AS bundles {_FAILED}
    GROUP BY 1, 2 ORDER BY 1 DESC, 4 DESC, 2 LIMIT 1000"""


QUERIES: Mapping[str, Query] = {
    "breaks-when": Query(
        Message("From which day on a Manager's trust store does not take the server's chain, the first one first"),
        (Message("By"), _BUNDLE, _MANAGER, Message("Change"), Message("Trust store"), Message("Certificate")),
        """SELECT CASE s.event WHEN 'today' THEN 'today' ELSE strftime(s.breaks_by, '%Y-%m-%d') END AS by_day,
          b.name AS bundle, s.manager, nullif(s.event, 'today') AS change, s.store, s.subject AS certificate
        FROM stores s JOIN bundles b USING (bundle, version, rules, manager) WHERE s.verdict = 'breaks'
        ORDER BY s.event <> 'today', s.breaks_by NULLS LAST, b.name, s.manager, s.store""",
    ),
    "breaks-by-month": Query(
        Message("How many Managers' trust stores do not take the server's chain, from which month on"),
        (_MONTH, Message("Change"), Message("Managers")),
        """SELECT CASE breaks_event WHEN 'today' THEN 'today' ELSE strftime(breaks_by, '%Y-%m') END AS month,
          nullif(breaks_event, 'today') AS change, count(*) AS managers
        FROM bundles WHERE forecast = 'breaks' GROUP BY 1, 2 ORDER BY month <> 'today', 1 NULLS LAST, 3 DESC, 2""",
    ),
    "top-causes": Query(
        Message("The ten most frequent causes"),
        (_RULE, _CAUSE, _BUNDLES),
        f"SELECT rule, any_value(title) AS cause, count(*) AS bundles {_FAILED} GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 10",
    ),
    "growing-causes": Query(
        Message("The ten causes that grow fastest: the last 30 days of the evidence beside the 30 before"),
        (_RULE, _CAUSE, Message("30 days before"), Message("Last 30 days")),
        f"""WITH dated AS (SELECT rule, title, {_DAY} AS day {_FAILED}),
          halves AS (SELECT rule, title, day > (SELECT max(day) FROM dated) - INTERVAL 30 DAY AS is_new FROM dated
            WHERE day > (SELECT max(day) FROM dated) - INTERVAL 60 DAY)
        SELECT rule, any_value(title) AS cause, count(*) FILTER (NOT is_new) AS earlier,
          count(*) FILTER (is_new) AS recent
        FROM halves GROUP BY 1 HAVING recent > earlier ORDER BY recent - earlier DESC, recent DESC, 1 LIMIT 10""",
    ),
    "causes-by-month": Query(
        Message("Causes by month"),
        (_MONTH, _RULE, _CAUSE, _BUNDLES),
        _causes_by(f"strftime({_DAY}, '%Y-%m')", "month"),
    ),
    "causes-by-region": Query(
        Message("Causes by region"),
        (Message("Region"), _RULE, _CAUSE, _BUNDLES),
        _causes_by("region", "region"),
    ),
    "causes-by-release": Query(
        Message("Causes by release"),
        (Message("Release"), _RULE, _CAUSE, _BUNDLES),
        _causes_by("release", "release"),
    ),
    "undetermined": Query(
        Message("Undetermined, by the evidence that is missing"),
        (Message("Missing evidence"), _BUNDLES),
        """SELECT coalesce(n.evidence, b.nothing, '-') AS evidence, count(DISTINCT b.bundle) AS bundles
        FROM bundles b LEFT JOIN needs n USING (bundle, version, rules, manager) WHERE b.outcome = 'undetermined'
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50""",
    ),
    "new-signatures": Query(
        Message("Exceptions that no rule knows, and that were first seen since that day"),
        (Message("First seen"), Message("Exceptions"), Message("Message"), Message("Frame"), _BUNDLES, Message("Id")),
        """SELECT strftime(min(coalesce(u.logged_at, b.attempt_at, b.modified, b.run_at)), '%Y-%m-%d') AS first_seen,
          any_value(u.classes) AS exceptions, any_value(u.message) AS message, any_value(u.frame) AS frame,
          count(DISTINCT u.bundle) AS bundles, u.signature AS id
        FROM unknown u JOIN bundles b USING (bundle, version, rules, manager) GROUP BY u.signature
        HAVING first_seen >= ? ORDER BY 5 DESC, 1, 6 LIMIT 100""",
        dated=True,
    ),
    "anchors": Query(
        Message("The keys on which mail rests"),
        (Message("Certificate"), Message("Ends"), Message("Managers"), Message("Key (SPKI SHA-256)")),
        """SELECT coalesce(any_value(published_as), any_value(subject)) AS certificate,
          strftime(max(not_after), '%Y-%m-%d') AS ends, count(DISTINCT (bundle, manager)) AS managers,
          spki_sha256 FROM anchors WHERE rests_on GROUP BY spki_sha256 ORDER BY 3 DESC, 4 LIMIT 100""",
    ),
    "not-read": Query(
        Message("Bundles that could not be read"),
        (Message("State"), _BUNDLE, Message("Why")),
        "SELECT state, name AS bundle, detail AS why FROM bundles WHERE state <> 'read' ORDER BY 1, 2",
    ),
}
"""Name on the command line to question, in the order of a report."""
