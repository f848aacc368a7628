"""The signs for Amazon SES in one mail: what the recipient's servers recorded, and what anyone can write."""

from __future__ import annotations

from collections.abc import Iterator

from sestriage.engine.mail.route import Way, may_be_of_milter, owner
from sestriage.model.mail import AuthResults, Hop, MailHeaders, MethodResult
from sestriage.model.message import Message
from sestriage.model.verdict import Evidence

SES_DOMAIN = "amazonses.com"
KIND = "mail.delivered"
"""The kind of fact, and of evidence."""


class Signs:
    """The signs for SES in one mail, the recipient's own record apart from what anyone can write."""

    def __init__(self, headers: MailHeaders, way: Way) -> None:
        self.headers = headers
        self.way = way

    def strong(self) -> Iterator[tuple[str, Evidence]]:
        """Signs that the recipient's servers recorded, each with its kind: `network` or `signature`."""
        hop = self.way.boundary
        if hop is not None and hop.ses_address:
            text = Message(
                "handed in by {host} [{address}], recorded by {server}",
                host=hop.ses_name,
                address=hop.ip,
                server=hop.by or Message("the receiving server"),
            )
            yield "network", Evidence(hop.source, text, KIND)
        for results in self.way.trusted:
            place = "ARC-Authentication-Results" if results.arc_instance is not None else "Authentication-Results"
            for result in results.results:
                who = results.server or Message("the receiving server")
                told = {"identity": result.identity, "server": who, "place": place}
                if result.method == "dkim" and result.result == "pass" and _is_of(result.identity, SES_DOMAIN):
                    text = Message("dkim=pass for {identity}, recorded by {server} ({place})", **told)
                    yield "signature", Evidence(results.source, text, KIND)
                if result.method == "spf" and result.result == "pass" and _is_of(result.identity, SES_DOMAIN):
                    text = Message("spf=pass for {identity}, recorded by {server} ({place})", **told)
                    yield "network", Evidence(results.source, text, KIND)

    def weak(self) -> Iterator[Evidence]:
        """Signs that can be copied from another mail."""
        headers = self.headers
        boundary = self.way.boundary
        for hop in self.claimed_hops():
            below = boundary is not None and hop.number > boundary.number
            text = Message("Received from {host}: a name that the address does not prove", host=hop.ses_name)
            if below:
                text = Message("Received from {host}: below the first hop of the recipient", host=hop.ses_name)
            yield Evidence(hop.source, text, KIND)
        if _is_of(headers.message_id, SES_DOMAIN):
            yield Evidence(headers.place("message-id"), f"Message-ID {headers.message_id}", KIND)
        if _is_of(headers.envelope_sender, SES_DOMAIN):
            yield Evidence(headers.place("return-path"), f"Return-Path {headers.envelope_sender}", KIND)
        if headers.feedback_id and headers.feedback_id.rstrip().endswith(":AmazonSES"):
            yield Evidence(headers.place("feedback-id"), f"Feedback-ID {headers.feedback_id}", KIND)
        if headers.outgoing:
            yield Evidence(headers.place("x-ses-outgoing"), f"X-SES-Outgoing {headers.outgoing}", KIND)
        for signature in headers.signatures:
            if _is_of(signature.domain, SES_DOMAIN):
                text = Message("a DKIM-Signature that names {domain}", domain=signature.domain)
                yield Evidence(signature.source, text, KIND)
        for results in (*headers.results, *(step.results for step in headers.arc if step.results)):
            if results not in self.way.trusted and any(_names_ses(result) for result in results.results):
                told = {"domain": SES_DOMAIN, "server": results.server}
                if results in self.by_milter():
                    text = Message(
                        "results for {domain} where a milter of `{server}` writes, and a sender can, too", **told
                    )
                else:
                    text = Message(
                        "results for {domain} under the name `{server}`, not by the recipient's servers", **told
                    )
                yield Evidence(results.source, text, KIND)

    def claimed_hops(self) -> list[Hop]:
        """Hops that name SES without being the proven hop into the recipient's servers."""
        boundary = self.way.boundary
        proven = boundary.number if boundary is not None and boundary.ses_address else 0
        return [hop for hop in self.headers.hops if hop.ses_name and hop.number != proven]

    def by_milter(self) -> tuple[AuthResults, ...]:
        """Results for SES that a milter of the server at the border, or a forger, may have written."""
        boundary = self.way.boundary
        if boundary is None:
            return ()
        return tuple(
            results
            for results in self.headers.results
            if results not in self.way.trusted
            and may_be_of_milter(results, boundary)
            and any(_names_ses(result) for result in results.results)
        )

    def dkim(self, domain: str) -> str:
        """The trusted result for a signature of a domain (or one aligned with it); see `DeliveredMail.own_dkim`."""
        if not self.way.trusted or not domain:
            return "unknown"
        found = [
            result.result
            for results in self.way.trusted
            for result in results.results
            if result.method == "dkim" and _aligned(result.identity, domain)
        ]
        if found:
            return "pass" if "pass" in found else found[0]
        signed = any(_aligned(signature.domain, domain) for signature in self.headers.signatures)
        return "unknown" if signed else "none"

    def result(self, method: str) -> str | None:
        """The trusted result of a method; None without one."""
        return next((r.result for results in self.way.trusted for r in results.results if r.method == method), None)


def domain_in(identity: str | None) -> str:
    """The domain of an address, `@domain`, domain or message id, in lower case; empty without one."""
    text = (identity or "").strip(' <>"').lower()
    return text.rpartition("@")[2].rstrip(".")


def _is_of(identity: str | None, domain: str) -> bool:
    """The identity (address, `@domain`, domain, message id) is the domain or below it."""
    found = domain_in(identity)
    return found == domain or found.endswith("." + domain)


def _aligned(identity: str | None, domain: str) -> bool:
    found = domain_in(identity)
    return bool(found) and owner(found) == owner(domain)


def _names_ses(result: MethodResult) -> bool:
    return result.result == "pass" and _is_of(result.identity, SES_DOMAIN)
