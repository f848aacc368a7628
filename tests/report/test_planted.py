"""No planted secret and no private datum reaches any renderer's output."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sestriage.model.capture import Endpoint
from sestriage.model.verdict import Report
from sestriage.redact import redact_report, strip_report
from sestriage.report import markdown, text
from sestriage.report.html import page
from sestriage.report.json import verdict

RENDERERS: dict[str, Callable[[Report], str]] = {
    "json": verdict.render,
    "markdown": lambda report: markdown.render(report, verbose=True),
    "text": lambda report: text.render(report, width=60, verbose=True),
    "html": page.render,
    "colour": lambda report: text.render(report, color=True, ascii_only=False, width=200, verbose=True),
}
SECRETS = [
    "AKIAIOSFODNN7EXAMPLE",
    "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9",
    "An60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy",
]
PRIVATE = ["soc@customer.example", "10.20.30.40", "2001:db8:7::9", "relay.customer.example", "123456789012"]


def squeezed(document: str) -> str:
    """The document without colours, line ends, blanks and escapes, in which wrapped values would be whole again."""
    document = re.sub(r"\x1b\[[0-9;]*m", "", document)
    return re.sub(r"[\s\\]", "", document).replace("&#64;", "@").replace("&amp;", "&")


@pytest.mark.parametrize("renderer", RENDERERS)
@pytest.mark.parametrize("secret", [*SECRETS, *PRIVATE])
def test_planted_in_every_text(make_quote_report: Callable[[str], Report], renderer: str, secret: str) -> None:
    planted = f"account {secret} x" if secret.isdigit() else f"a '{secret}' b"
    raw = make_quote_report(planted)
    assert secret in squeezed(RENDERERS[renderer](raw)), "the test plants where the renderer looks"
    assert secret not in squeezed(RENDERERS[renderer](redact_report(raw)))
    if secret in SECRETS:
        assert secret not in squeezed(RENDERERS[renderer](strip_report(raw)))


@settings(max_examples=40, deadline=None)
@given(
    st.binary(min_size=32, max_size=32).map(lambda b: base64.b64encode(b"\x04" + b).decode()),
    st.sampled_from(["{}", "password={}", '{{"pw":"{}"}}', "<a>{}</a>", "**{}**", "|{}|", "```{}```", "[bold]{}[/]"]),
    st.sampled_from(sorted(RENDERERS)),
)
def test_planted_passwords(make_quote_report: Callable[[str], Report], secret: str, form: str, renderer: str) -> None:
    out = RENDERERS[renderer](redact_report(make_quote_report(form.format(secret))))
    assert secret not in squeezed(out)


@pytest.mark.parametrize("renderer", RENDERERS)
def test_structured_fields(report: Report, renderer: str) -> None:
    """Addresses and names in captures and attempts, not only in texts."""
    capture = report.captures[0]
    stream = replace(capture.streams[0], client=Endpoint("10.20.30.40", 5), server_name="relay.customer.example")
    whole = replace(
        report,
        captures=(replace(capture, streams=(stream,)),),
        attempts=tuple(
            replace(a, host="relay.customer.example", streams=(stream,) if a.streams else ()) for a in report.attempts
        ),
    )
    assert "10.20.30.40" in squeezed(RENDERERS[renderer](whole))
    out = squeezed(RENDERERS[renderer](redact_report(whole)))
    for value in ("10.20.30.40", "2001:db8::17", "relay.customer.example", "smc.customer.example"):
        assert value not in out
    assert "email-smtp.us-east-1.amazonaws.com" in out
    assert "CN=AmazonRootCA1,O=Amazon,C=US" in out
    assert "sw-response-mgmt.log" in out
