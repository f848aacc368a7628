"""What is to be told, kept until it is written: a run that is stopped leaves its report to the next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sestriage.errors import InputError, reason_of
from sestriage.i18n import LANGUAGES
from sestriage.model.message import Message
from sestriage.watch.result import Summary
from sestriage.watch.state import State

_SYSLOG = '{"regular": false, "syslog": true}'


class Outbox:
    """Reports on their way to a file (`output`) or, without one, to a descriptor, and to syslog where it is given."""

    def __init__(
        self,
        output: str | None,
        out: int,
        syslog: Callable[[Sequence[str]], None] | None,
        state: State,
        language: str = LANGUAGES[0],
    ) -> None:
        self._language = language
        self._output = output
        self._out = out
        self._syslog = syslog
        self._state = state

    def tell(self, summary: Summary, body: bytes) -> None:
        """Keep what the run learnt together with the report, write the report, and take it off.

        Lines to syslog are kept beside it: nobody can see whether syslog has them, so that after a stop they are told
        again.
        """
        from sestriage.watch.output.deliver import Sink

        sink = Sink.of(self._out) if self._output is None else Sink(False, path=self._output)
        lines: list[str] = []
        if self._syslog is not None:
            from sestriage.watch.output import text

            lines = text.lines(summary, self._language)
        told = self._state.send("\n".join(lines).encode("utf-8", "replace"), _SYSLOG) if lines else None
        number = self._state.send(body, sink.dump())
        self._state.commit()
        if told is not None and self._syslog is not None:
            self._syslog(lines)
            self._take_off(told)
        self.write(body)
        self._take_off(number)

    def finish_earlier(self) -> bool:
        """Write out what a run that was stopped kept and did not write; True when there was something."""
        waiting = self._state.outbox()
        if not waiting:
            return False
        from sestriage.watch.output.deliver import Sink, missing

        wrote = False
        for number, body, kept in waiting:
            sink = Sink.load(kept)
            if sink.syslog:
                self._tell_again(number, body)
                continue
            if self._output is not None:
                rest: bytes | None = body
            elif sink.path is not None and not sink.regular:
                rest = body  # it was meant for a file that this run does not write
            else:
                rest = missing(body, sink, self._out)
            if rest is not None:
                # The place is kept first: a further kill must find what this run writes.
                if self._output is None:
                    now = Sink.of(self._out)
                    if rest == body or rest.endswith(body):
                        self._state.begin()
                        self._state.resend(number, now.dump())
                        self._state.commit()
                self.write(rest)
                wrote = True
            self._take_off(number)
        return wrote

    def _tell_again(self, number: int, body: bytes) -> None:
        """Lines that may not have reached syslog; a run without it leaves them to the next one that has it."""
        if self._syslog is not None:
            self._syslog(body.decode("utf-8", "replace").split("\n"))
            self._take_off(number)

    def _take_off(self, number: int) -> None:
        self._state.begin()
        self._state.sent(number)
        self._state.commit()

    def write(self, body: bytes) -> None:
        """To the file, or to standard output. Raises InputError where that cannot be."""
        from sestriage.watch.output import deliver

        output = self._output
        try:
            if output is None:
                deliver.write(self._out, body)
                return
            from sestriage.watch.output.prometheus import replace_file

            replace_file(output, body.decode("utf-8"))
        except BrokenPipeError:
            raise
        except OSError as error:
            where = output or Message("standard output")
            raise InputError(
                Message("cannot write the report to {file}: {reason}", file=where, reason=reason_of(error))
            ) from error
