"""One conversation captured at several points of its way (both ends, both sides of an address translation).

It is known by what no device on the way changes (`Stream.marks`), counts once, and is judged as the Manager's side saw
it. Where the points show different ends, something between them made the difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from sestriage.model.message import Message

if TYPE_CHECKING:
    from sestriage.model.capture import Stream

CLOCKS: Final = timedelta(minutes=5)
"""By so much the clocks of two points may differ."""
SAME_PLACE: Final = timedelta(seconds=2)
"""In one capture both sides of a device are seen at the same time."""
MAX_NOTES: Final = 5


def once_each(streams: Sequence[Stream]) -> list[list[Stream]]:
    """The conversations, each with its copies from other points; the one to judge first."""
    groups: list[list[Stream]] = []
    known: dict[str, list[int]] = {}
    for stream in streams:
        numbers = [n for mark in stream.marks for n in known.get(mark, ()) if _same(stream, groups[n][0])]
        if numbers:
            groups[numbers[0]].append(stream)
        else:
            groups.append([stream])
        number = numbers[0] if numbers else len(groups) - 1
        for mark in stream.marks:
            if number not in known.setdefault(mark, []):
                known[mark].append(number)
    return [sorted(group, key=_merit, reverse=True) for group in groups]


def _same(one: Stream, other: Stream) -> bool:
    """They have a mark in common, and times and ends that fit: in one capture a device is passed at once."""
    if one.started is None or other.started is None:
        return False
    apart = abs(one.started - other.started)
    if _place(one) == _place(other):
        return _ends(one) != _ends(other) and one.marks == other.marks and apart <= SAME_PLACE
    return apart <= CLOCKS


def _place(stream: Stream) -> str:
    return stream.source.file


def _ends(stream: Stream) -> tuple[object, object]:
    return stream.client, stream.server


def _merit(stream: Stream) -> tuple[bool, int]:
    """The Manager's own side first: its address is a private one; then the copy that shows most."""
    tcp = stream.tcp
    return _is_private(stream.client.ip), tcp.client_bytes + tcp.server_bytes - tcp.missing_bytes


def _is_private(address: str) -> bool:
    try:
        return ip_address(address).is_private
    except ValueError:
        return False


# --- what is said of them ------------------------------------------------------------------------------------------


def point_notes(groups: Iterable[Sequence[Stream]], judged: Sequence[Stream]) -> list[str]:
    """Where a judged conversation was captured, too, and what differs there."""
    mine = {id(stream) for stream in judged}
    of_judged = [group for group in groups if len(group) > 1 and id(group[0]) in mine]
    return [note for group in of_judged for note in _notes(group)][:MAX_NOTES]


def _notes(group: Sequence[Stream]) -> Iterator[str]:
    here = group[0]
    for there in group[1:]:
        yield Message(
            "{here} and {there} show the same conversation, captured at two points ({ends} and {others}): it counts"
            " once.",
            here=here.source,
            there=there.source,
            ends=f"{here.client} -> {here.server}",
            others=f"{there.client} -> {there.server}",
        )
        if (at_here := _end(here)) != (at_there := _end(there)):
            yield Message(
                "The two points do not show the same end: {here}: {at_here}; {there}: {at_there}. What lies between"
                " them (firewall, gateway, translation of addresses) made the difference.",
                here=here.source,
                at_here=at_here,
                there=there.source,
                at_there=at_there,
            )


def _end(stream: Stream) -> str:
    """How the connection went, in so far as two points can differ in it."""
    tcp = stream.tcp
    if tcp.refused:
        return Message("the SYN was answered by RST")
    if tcp.unanswered:
        return Message("the SYN got no answer")
    if tcp.reset_by is not None:
        return Message("reset by the client") if tcp.reset_by == "client" else Message("reset by the server")
    return Message("connected") if tcp.established else Message("not connected")
