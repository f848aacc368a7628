"""What somebody sends in a mail that was saved as a file: its attachments, and a log that was pasted into its text."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message as Mail

from sestriage.ingest.limits import HEAD_BYTES
from sestriage.model.source import SourceRef

_MAX_PARTS = 200


def parts_of_mail(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and decoded content of each attachment, and of each text part that is a log; nothing for a mail that can't
    be taken apart."""
    try:
        mail = email.message_from_bytes(data)
    except (ValueError, LookupError, RecursionError):
        return
    taken: set[str] = set()
    texts: set[str] = set()
    for number, part in enumerate(mail.walk(), start=1):
        if number > _MAX_PARTS:
            return
        if part.is_multipart():
            continue
        content = _content(part)
        name = _name(part)
        if content is None or (name is None and not _is_pasted_log(part, content, texts)):
            continue
        name = name or ("text.html" if part.get_content_subtype() == "html" else "text.txt")
        while name in taken:
            name = f"{number}-{name}"
        taken.add(name)
        yield name, content


def _content(part: Mail) -> bytes | None:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        return None
    return content if isinstance(content, bytes) else None


def _name(part: Mail) -> str | None:
    """The name of an attachment without folders; None for what is shown as the text of the mail."""
    try:
        given = part.get_filename()
        said = str(make_header(decode_header(given))) if given is not None else None
    except (ValueError, LookupError, TypeError):
        said = "attachment"
    if said is None:
        return "attachment" if part.get_content_disposition() == "attachment" else None
    return re.split(r"[\\/]", said)[-1].strip() or "attachment"


def _is_pasted_log(part: Mail, content: bytes, texts: set[str]) -> bool:
    """A text of the mail with a log of mail in it; not the page beside it that says the same again."""
    from sestriage.formats.log import looks_like_log, read_events

    kind = part.get_content_subtype()
    if part.get_content_maintype() != "text" or (kind == "html" and "plain" in texts):
        return False
    if not looks_like_log(content[:HEAD_BYTES]):
        return False
    if not any(event.mail for event in read_events([content], SourceRef("-"))):
        return False
    texts.add(kind)
    return True
