"""`--case-file`: what a specialist needs and a customer may share, in one zip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sestriage import __version__
from sestriage.cli.evidence import EXIT_STATUS
from sestriage.cli.language import say
from sestriage.cli.saving.outfile import named_files, refuse_over_inputs, same_file, written_aside
from sestriage.errors import InputError, reason_of
from sestriage.model.message import Message

if TYPE_CHECKING:
    from sestriage.engine.casefile.packed import Packed
    from sestriage.engine.triage import Triaged
    from sestriage.model.verdict import Report
    from sestriage.redact import Redactor

README = """\
A case of sestriage, made to be shared with a specialist.

report.html       the report as a page
report.json       the same for programs
case.txt          a few lines for the ticket
log-excerpts.txt  what was logged around each attempt
certificates.pem  certificates that the server sent or the trust store holds
settings.txt      SMTP form, e-mail action and cipher list
facts.json        everything that was read; `sestriage triage` on this zip judges it again

Passwords and keys are removed. Mail and IP addresses, host names and account ids are replaced by pseudonyms;
certificates of private hosts are left out. Names of certificate authorities and paths of files stay.
"""
_CAPTURES = """\
captures/         the packet captures as they are: addresses and names in them are NOT replaced
"""


def refuse_case_file(case_file: str | None, with_captures: bool, output: str | None) -> None:
    """Raises `click.UsageError` for options that do not go together, and for a file that is read or written already."""
    if with_captures and case_file is None:
        raise click.UsageError(say("--with-captures is about the --case-file"))
    if case_file is None:
        return
    refuse_over_inputs(case_file, named_files("case_file"))
    if output is not None and (output == case_file or same_file(output, case_file)):
        raise click.UsageError(say("--case-file and --output must be two files"))


def write_case_file(path: str, triaged: Triaged, *, language: str, with_captures: bool) -> None:
    """Packs the case and writes it. What is in it is redacted, whatever the report on the screen shows."""
    from sestriage.engine.casefile import pack

    files = _files(triaged, with_captures=with_captures)
    try:
        with written_aside(path) as stream:
            stream.write(pack.zipped(files))
    except OSError as error:
        raise InputError(Message("cannot write {file}: {reason}", file=path, reason=reason_of(error))) from None


def _files(triaged: Triaged, *, with_captures: bool) -> dict[str, bytes]:
    from sestriage.engine.casefile import pack, packed
    from sestriage.redact import Redactor, redact_facts, redact_report

    redactor = Redactor()
    reports = [redact_report(report, redactor) for report in triaged.reports]
    facts = redact_facts(packed.packed(triaged.collected), redactor)
    data = packed.to_json(facts, __version__)
    files = {pack.FACTS: data}
    files |= {name: text.encode("utf-8") for name, text in _texts(triaged, reports, facts, redactor).items()}
    readme = README
    if with_captures:
        files |= dict(pack.captures(triaged.paths, triaged.options.reading.limits))
        readme += _CAPTURES
    if not pack.same_verdict(packed.from_json(data), triaged):
        told = say(
            "the facts in the case file alone are not judged as the evidence is; its report is that of the evidence"
        )
        click.echo(f"sestriage: {told}", err=True)
    return {**files, "README.txt": readme.encode("ascii")}


def _texts(triaged: Triaged, reports: list[Report], facts: Packed, redactor: Redactor) -> dict[str, str]:
    from sestriage.engine.casefile import excerpts
    from sestriage.redact import Redactor as Fresh
    from sestriage.redact.stream import redact_lines
    from sestriage.report import ticket
    from sestriage.report.html import page
    from sestriage.report.json import verdict

    thorough = Fresh(redactor.mapping, thorough=True)
    known = (entry.partition(":")[::2] for entry in redactor.mapping)
    thorough.learn("host", (name for kind, name in known if kind in ("host", "hostname")))
    limits = triaged.options.reading.limits
    logged = excerpts.log_excerpts(triaged.paths, limits, excerpts.pieces(triaged.reports))
    texts = {
        "report.html": page.render_all(reports),
        "report.json": verdict.render_all(reports, [EXIT_STATUS[report.verdict.outcome] for report in reports]),
        "case.txt": "\n".join(map(ticket.render, reports)),
        "log-excerpts.txt": "".join(redact_lines(logged, thorough.redact)),
        "certificates.pem": excerpts.certificates(facts),
        "settings.txt": excerpts.settings_text(facts),
    }
    return {name: text for name, text in texts.items() if text}
