"""Cases in which TLS is fine, or never begins, and a reply of the server decides: kinds besides 535 and 554."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .capture import CaptureOptions
from .cases_trust import WHOLE_CHAIN, ses_facts
from .client import ClientSettings
from .expected import ENCRYPTED_SESSION, Expected, Facts, View, failed
from .model import RELAY, RELAY_HOST, SES, SES_HOST, Case, CaseMaker
from .pki import Authority, Hierarchy, Served, leaf_certificate, name
from .server import Endpoint, Replies, Tls
from .settings import RECIPIENT, SENDER, own_factory
from .voices import ALDER, FERN, GANNET, HARBOR, LUMEN, POSTBOX, QUARRY, TIDE, Voice

ARN = "arn:aws:iam::111122223333:user/ses-smtp-user.20221125"
_RELAY_CAPABILITIES = f"250-{RELAY_HOST}\n250-SIZE 10485760\n250-8BITMIME\n250 HELP"


@dataclass(frozen=True, slots=True)
class _Refused:
    """A reply that ends the attempt. A ``relay`` is a server of the company's, with a certificate of its CA."""

    voice: Voice
    title: str
    replies: Replies
    rule: str
    phase: str
    capture: View = ENCRYPTED_SESSION
    log: str = "confirmed"
    relay: bool = False
    login: bool = True
    to: str = RECIPIENT
    style: str = "trace"

    def case(self, ca: Hierarchy) -> Case:
        served = _relay_chain(ca) if self.relay else ca.ses()
        address, host = (RELAY, RELAY_HOST) if self.relay else (SES, SES_HOST)
        replies = replace(self.replies, banner_host=host) if self.relay else self.replies
        if self.relay and not replies.greeting:
            replies = replace(replies, greeting=f"220 {host} ESMTP Postfix")
        whole, log = failed(self.rule, self.phase, "confirmed"), failed(self.rule, self.phase, self.log)
        return Case(
            client=self._client(host, address),
            endpoints=(Endpoint(address, 587, Tls(served), scripts=(replies,)),),
            other_stores={"trusted": {"amazon-root-ca-1": ca.a1_root, "example-holdings-root": ca.company_root}},
            capture=CaptureOptions("tcp port 587"),
            expected=Expected(
                title=self.title,
                configured={
                    "mode": "STARTTLS",
                    "server": f"{host}, {'a relay of the company' if self.relay else 'SES'}",
                    "served": ["leaf", "Example Holdings Root CA is its issuer"] if self.relay else WHOLE_CHAIN,
                    "login": self.login,
                },
                whole=whole,
                log=log,
                capture=self.capture,
                facts=self._facts(served, host),
            ),
        )

    def _facts(self, served: Served, host: str) -> Facts:
        clear = self.phase in ("greeting", "starttls")
        return Facts(host, 587) if clear else ses_facts(served, alert=None, host=host)

    def _client(self, host: str, address: str) -> Callable[[Mapping[str, str]], ClientSettings]:
        def client(stores: Mapping[str, str]) -> ClientSettings:
            extra = own_factory("jsse", stores["trusted"])
            extra |= {"lab.to": self.to, "lab.failure.style": self.style}
            made = self.voice.client(587, "starttls", host=host, hosts={host: address}, extra=extra)
            if self.login:
                return made
            without = {key: value for key, value in made.properties.items() if key not in ("lab.user", "lab.password")}
            return replace(made, properties=without | {"mail.smtp.auth": "false"})

        return client


def _relay_chain(ca: Hierarchy) -> Served:
    holder = Authority.make(name(o="Example Holdings", cn=RELAY_HOST))
    return Served((leaf_certificate(holder, ca.company, (RELAY_HOST,)),), holder.key)


def _clear(rule: str, phase: str) -> View:
    """A refusal in clear text, which the capture shows, too."""
    return failed(rule, phase, "confirmed")


_REFUSED: Mapping[str, _Refused] = {
    "sending-paused": _Refused(
        HARBOR,
        "SES has paused the sending of this account",
        Replies(
            end_of_data="554 Message rejected: Sending paused for this account. "
            "For more information, please check the inbox of the email address associated with your AWS account."
        ),
        "sending-paused",
        "data",
    ),
    "access-denied": _Refused(
        LUMEN,
        "A policy denies ses:SendRawEmail",
        Replies(
            end_of_data=f"554 Access denied: User `{ARN}' is not authorized to perform `ses:SendRawEmail' on resource "
            "`arn:aws:ses:us-east-1:111122223333:identity/example.com'"
        ),
        "ses-access-denied",
        "data",
    ),
    "daily-quota": _Refused(
        TIDE,
        "The daily quota is used up",
        Replies(end_of_data="454 Throttling failure: Daily message quota exceeded."),
        "daily-quota-exceeded",
        "data",
        style="text",
    ),
    "sending-rate": _Refused(
        FERN,
        "More than the rate of a second",
        Replies(end_of_data="454 Throttling failure: Maximum sending rate exceeded."),
        "sending-rate-exceeded",
        "data",
    ),
    "auth-temporary": _Refused(
        QUARRY,
        "SES could not check the login for the moment",
        Replies(auth="454 Temporary authentication failure"),
        "authentication-temporary-failure",
        "auth",
    ),
    "not-subscribed": _Refused(
        GANNET,
        "The key's account is not signed up for SES",
        Replies(auth="535 Account not subscribed to SES"),
        "account-not-subscribed",
        "auth",
    ),
    "message-too-long": _Refused(
        ALDER, "The message is too long", Replies(end_of_data="552 Message is too long."), "message-too-long", "data"
    ),
    "sender-malformed": _Refused(
        POSTBOX,
        "SES takes the sender's address for malformed",
        Replies(mail=f"553 <{SENDER}> Invalid email address"),
        "sender-refused",
        "mail",
        style="both",
    ),
    "no-login": _Refused(
        HARBOR,
        "The client does not log in",
        Replies(mail="530 Authentication required"),
        "authentication-required",
        "auth",  # the login is what lacks, though the refusal comes at MAIL
        login=False,
    ),
    "too-many-connections": _Refused(
        LUMEN,
        "SES greets with 421: too many connections",
        Replies(greeting="421 Too many concurrent SMTP connections"),
        "too-many-connections",
        "greeting",
        _clear("too-many-connections", "greeting"),
    ),
    "imap-banner": _Refused(
        TIDE,
        "An IMAP server answers on the mail port",
        Replies(greeting="* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] IMAP server ready"),
        "bad-greeting",
        "greeting",
        _clear("bad-greeting", "greeting"),
        log="likely",
    ),
    "starttls-not-offered": _Refused(
        QUARRY,
        "A relay without STARTTLS",
        Replies(ehlo=_RELAY_CAPABILITIES),
        "starttls-not-offered",
        "starttls",
        failed("starttls-not-offered", "starttls", "likely"),
        log="likely",
        relay=True,
        login=False,
    ),
    "starttls-refused": _Refused(
        FERN,
        "A relay refuses STARTTLS for the moment",
        Replies(starttls="454 TLS currently unavailable"),
        "starttls-refused",
        "starttls",
        _clear("starttls-refused", "starttls"),
        relay=True,
    ),
    "relaying-denied": _Refused(
        GANNET,
        "A relay does not pass on mail of this client",
        Replies(rcpt=f"554 5.7.1 <{RECIPIENT}>: Relay access denied"),
        "relaying-denied",
        "rcpt",
        relay=True,
        login=False,
    ),
    "greylisted": _Refused(
        ALDER,
        "A relay defers the first mail of a client",
        Replies(rcpt=f"450 4.2.0 <{RECIPIENT}>: Recipient address rejected: Greylisted, please try again in 300 s"),
        "greylisted",
        "rcpt",
        relay=True,
        login=False,
    ),
    "some-recipients": _Refused(
        LUMEN,
        "One of two recipients is refused; the log names that one only",
        Replies(rcpts=("250 2.1.5 Ok", "550 5.1.1 <nobody@example.com>: Recipient address rejected: User unknown")),
        "recipient-refused",
        "rcpt",
        relay=True,
        login=False,
        to=f"{RECIPIENT}, nobody@example.com",
    ),
    "login-refused-relay": _Refused(
        POSTBOX,
        "A relay of the company refuses the login",
        Replies(auth="535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6"),
        "login-refused",
        "auth",
        relay=True,
    ),
}

CASES: Mapping[str, CaseMaker] = {name: refused.case for name, refused in _REFUSED.items()}
