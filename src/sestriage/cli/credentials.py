"""`sestriage credentials`: SMTP passwords of SES, for the owner of the IAM secret, offline."""

from __future__ import annotations

import sys

import click

from sestriage.cli.language import say
from sestriage.cli.options import lang_option
from sestriage.cli.secretinput import get_secret
from sestriage.cli.status import ACCEPTED, FAILED
from sestriage.formats.smtp_password import SECRET_LENGTH, derive, identify, password_shape
from sestriage.model.known.ses_names import nearest_region, region_status
from sestriage.model.message import Message

EPILOG = """\b
Exit status
  0  derived; or the password belongs to the secret (and to REGION, if given)
  1  the password does not belong to the secret, or not to REGION
  2  wrong usage, or no usable secret
  4  internal error

\b
Examples
  sestriage credentials --region us-east-1                     (asks for the secret)
  sestriage credentials --region us-east-1 --secret-file FILE
  sestriage credentials --check                                (asks for both)
  sestriage credentials --check --region eu-west-1 --secret-file FILE --password-file FILE

Without a terminal and without files the secret is the first line of standard
input, the password the second.
"""

_SHAPES = {
    "iam-secret": Message(
        "the password has the form of an IAM secret access key (40 characters), not of an SMTP password"
    ),
    "access-key-id": Message("the password is an access key id: user name and password are swapped"),
    "stray-blank": Message("the password has a blank or an invisible character in or around it"),
    "quoted": Message("the password stands in quotes"),
    "padded": Message("the password ends in =; an SMTP password has 44 characters without any"),
    "truncated": Message("the password is shorter than 44 characters: it was cut"),
    "too-long": Message("the password is longer than 44 characters"),
    "other": Message("the password does not have the form of an SMTP password of SES"),
    "other-version": Message("the password has 44 characters, but no version byte of SES"),
}


def _no_secrets_here(ctx: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> None:
    """Arguments are refused without being repeated: one may be a secret."""
    if value:
        raise click.UsageError(
            say(
                "this command takes no secret (and nothing else) as an argument: others can see the command line, and"
                " the shell keeps it. If that was a real secret, rotate the key. Use --secret-file, standard input or"
                " the prompt."
            ),
            ctx,
        )


@click.command("credentials", epilog=EPILOG, context_settings={"ignore_unknown_options": True})
@click.option("--region", metavar="REGION", help="Region of the SMTP endpoint, such as us-east-1.")
@click.option("--check", is_flag=True, help="Tell for which region and version an SMTP password was made.")
@click.option(
    "--secret-file",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help='File whose first line is the IAM secret access key; "-" for stdin.',
)
@click.option(
    "--password-file",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="File whose first line is the SMTP password; implies --check.",
)
@click.argument("refused", nargs=-1, type=click.UNPROCESSED, callback=_no_secrets_here, expose_value=False, metavar="")
@lang_option
def command(region: str | None, check: bool, secret_file: str | None, password_file: str | None, language: str) -> int:
    """Derive the SMTP password of an IAM secret access key for a region, or check one against it.

    Runs offline, on a machine of the owner of the secret. Nothing is stored. Deriving prints the password on standard
    output and nothing else; checking prints neither secret nor password. The derivation is the one that AWS documents
    (version 4). It makes IAM SMTP credentials (user name AKIA...); a password of an ingress endpoint of Mail Manager
    (user name inp-...) is set there, and derived from nothing.
    """
    del language  # `say` knows it
    wanted = _region(region)
    if check or password_file is not None:
        secret = _secret(secret_file)
        return _check(secret, get_secret(password_file, Message("SMTP password")), wanted)
    if wanted is None:
        raise click.UsageError(say("give the --region of the SMTP endpoint (a password is bound to one), or --check"))
    sys.stdout.write(derive(_secret(secret_file), wanted) + "\n")
    return ACCEPTED


def _region(region: str | None) -> str | None:
    """The region in lower case; a name that no region can have is refused (and not repeated)."""
    if region is None:
        return None
    name = region.strip().lower()
    status = region_status(name)
    if status == "misspelt":
        raise click.BadParameter(_no_region(nearest_region(name)), param_hint="--region")
    if status == "no-smtp":
        click.echo("sestriage: " + say("note: SES has no SMTP endpoint in {region}", region=name), err=True)
    if status == "unverified":
        told = say("note: {region} is not in the table of regions with an SMTP endpoint", region=name)
        click.echo(f"sestriage: {told}", err=True)
    return name


def _no_region(near: str | None) -> str:
    """Without the name itself: a secret may have been typed in its place."""
    if near is None:
        return say("that is no AWS region")
    return say("that is no AWS region (did you mean {near}?)", near=near)


def _secret(path: str | None) -> str:
    """The IAM secret. Refuses text that cannot be one, because a password derived from it would look right."""
    secret = get_secret(path, Message("IAM secret access key")).strip()
    shape = password_shape(secret)
    if shape == "iam-secret":
        return secret
    if shape in ("current", "old-signature"):
        raise click.UsageError(say("that is an SMTP password already, not the secret access key"))
    if shape == "access-key-id":
        raise click.UsageError(say("that is the access key id, not the secret access key"))
    if shape == "empty":
        raise click.UsageError(say("no secret was given"))
    raise click.UsageError(
        say(
            "that is no IAM secret access key: {length} characters of A-Z a-z 0-9 + / are expected, {count} were given",
            length=SECRET_LENGTH,
            count=len(secret),
        )
    )


def _check(secret: str, password: str, wanted: str | None) -> int:
    if not password:
        raise click.UsageError(say("no SMTP password was given"))
    origin = identify(secret, password)
    if origin is None:
        return _no_match(secret, password)
    if origin.version == 2:
        click.echo(
            say(
                "The password belongs to this secret: made before 2019-01-10 (version 2, for any region). SES throttles"
                " or refuses such passwords; derive a new one with --region."
            )
        )
        return FAILED if wanted else ACCEPTED
    click.echo(say("The password belongs to this secret: version 4, region {region}.", region=origin.region))
    if wanted is not None and origin.region != wanted:
        click.echo(
            say(
                "It was not made for {region}: at the endpoint of {region} SES answers 535. Derive it for {region}.",
                region=wanted,
            )
        )
        return FAILED
    return ACCEPTED


def _no_match(secret: str, password: str) -> int:
    trimmed = identify(secret, password.strip().strip("\"'"))
    shape = password_shape(password)
    if trimmed is not None:
        where = say("version {version}", version=trimmed.version)
        if trimmed.region:
            where = say("{version}, region {region}", version=where, region=trimmed.region)
        click.echo(
            say("Without the blanks or quotes around it the password belongs to this secret ({where}).", where=where)
        )
        click.echo(say("With them SES refuses it: copy it again."))
    elif secret == password.strip():
        click.echo(say("The password is the secret itself. SES refuses it; derive the SMTP password with --region."))
    else:
        click.echo(say("The password does not belong to this secret, for any region: it was made from another key."))
        click.echo(
            say("A password of Mail Manager (user name inp-...) is derived from no secret: it is set on its endpoint.")
        )
        if shape in _SHAPES:
            click.echo(say("Also: {problem}.", problem=_SHAPES[shape]))
    return FAILED
