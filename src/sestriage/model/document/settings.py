"""The document of `sestriage settings`."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from sestriage.model.document.parts import FindingWithFixes, ReadHead

_FormStart = TypedDict(
    "_FormStart", {"from": Annotated[str | None, "FROM EMAIL."]}
)  # `from` cannot be the name of a field in a class


class SettingsForm(_FormStart):
    """The values that were given; null: not given. User name and password stand here as their class only."""

    server: Annotated[str | None, "SMTP SERVER."]
    server_kind: Annotated[str | None, "The kind of the server's name."]
    region: Annotated[str | None, "The AWS region in it."]
    port: Annotated[int | None, "PORT."]
    encryption: Annotated[str | None, "ENCRYPTION TYPE: `starttls`, `smtps` or `none`."]
    user_shape: Annotated[str | None, "The form of USER NAME: `access-key-id`, `iam-user-name`, ..."]
    password_shape: Annotated[str | None, "The form of PASSWORD: `current`, `iam-secret`, ..."]
    to: Annotated[list[str], "To of the e-mail action."]
    verified_domains: Annotated[list[str], "Identities verified in SES."]
    verified_region: Annotated[str | None, "The region in which they are verified."]
    sandbox: Annotated[bool | None, "The SES account is in the sandbox."]
    on_ec2: Annotated[bool | None, "The Manager runs on EC2."]


class Settings(ReadHead):
    """What `sestriage settings --format json` prints."""

    schema_version: Annotated[Literal[1], "The version of this layout."]
    settings: Annotated[SettingsForm, "What was checked."]
    failed: Annotated[bool, "A finding is an error; false for warnings alone."]
    findings: Annotated[list[FindingWithFixes], "What is wrong, the worst first."]
    missing: Annotated[list[str], "What was not given, so that checks were left out."]
