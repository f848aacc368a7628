"""Commands of rules: for any value, what a shell runs is what the author wrote, with that value as (part of) a word."""

from __future__ import annotations

import json
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.ruletext import changed
from sestriage.errors import RuleError
from sestriage.model.command import Argument, Command, Instructions, argument, joined, s_client
from sestriage.model.phase import Phase
from sestriage.model.verdict import Confidence, Finding, FixStep, Need, Outcome, Report, Verdict
from sestriage.redact import Redactor
from sestriage.redact.commands import hide_in_command
from sestriage.report import markdown, text
from sestriage.report.json import verdict as json_report
from sestriage.rules.fixes.commands import tcpdump
from sestriage.rules.reader import parse_source
from sestriage.rules.texts import command_text
from sestriage.rules.texts.command_text import Hole, fill, fill_lines, parse
from shellstubs import Stubs, Words
from support import ROOT

ATTACKS = (
    "a;touch${IFS}x;b --password abcd.amazonaws.com",
    "a';touch pwned;'b",
    'a";touch pwned;"b',
    "$(touch pwned).example.com",
    "`touch pwned`.example.com",
    "-verify_return_error",
    "x --password abcd1234",
    "# a comment",
    "a\ntouch pwned\nb",
    "a\x1b]0;x\x07b",
    "*",
    "~root",
    "!!",
    "a\\",
    "%n%s%d",
    "${SMTP_SERVER}",
    "‮moc.elpmaxe",
    "a b.example.com",
    "-",
    "a" * 70 + ".example.com",
    "..",
    "fe80::1%e';touch pwned;'",
)
GOOD = (
    "email-smtp.us-east-1.amazonaws.com",
    "vpce-0a1b-c2d3.email-smtp.us-east-1.vpce.amazonaws.com",
    "email-smtp-fips.us-west-2.amazonaws.com",
    "abcdefghijkl.wmjb.mail-manager-smtp.amazonaws.com",
    "mail.example.com.",
    "relay",
    "192.0.2.7",
    "2001:db8::7",
    "/var/tmp/o'brien & sons/ünder $HOME.pcap",
    "-x.pcap",
    "587",
    "us-gov-west-1",
    "alarms+o'brien@example.com",
)
CHARACTERS = " \t\n'\"`$(){}[]<>|&;#~*?!\\=%-,.:/@abcXYZ019üß\u202e\x1b\x00"
SPECIAL = st.text(st.sampled_from(CHARACTERS), min_size=1, max_size=24)
VALUES = st.one_of(st.sampled_from(ATTACKS), st.sampled_from(GOOD), SPECIAL)
SET = "-v ';touch pwned' \"$(touch pwned)\" `touch pwned`"
"""What the user of the shell sets a variable to."""


def rule_commands() -> Iterator[str]:
    """Every template of a command: fixes, needs, and the lines of checks and ways back, in both languages."""
    for path in sorted((ROOT / "rules").rglob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for each in (*table.get("fix", ()), *table.get("need", ())):
            command = each.get("command", "")
            if command and not command.startswith("builtin:"):
                yield command
            for key in ("verify", "undo"):
                yield from filter(command_text._has_command, each.get(key, "").split("\n"))


TEMPLATES = tuple(dict.fromkeys(rule_commands()))
MORE = (
    "openssl s_client -connect \"{case.host|x}:{case.port|587}\" -servername '{case.host|x}'",
    "grep -e {logged.message|x} '/tmp/a b/{case.host|x}' | sestriage certs show --store={served.source.path|x}",
    'keytool -alias "it\'s {logged.message|x}" -file {served.source.path|x}   # a remark',
    "sestriage settings --from {smtp.sender|x} --verified-region {case.region|x} --server {smtp.server|x}",
)


def lookup_of(value: str) -> command_text.Lookup:
    port = int(value) if value.isdigit() and value.isascii() and len(value) < 6 else None
    ready = {"s_client": s_client(value, port or 587), "tcpdump": tcpdump(port or 587)}
    return lambda name, path: ready.get(path[-1], value) if name == "case" else value


def filled(value: str) -> list[Command]:
    made = [fill(template, lookup_of(value)) for template in (*TEMPLATES, *MORE)]
    return [_in_the_folder(command) for command in made if command is not None]


def _in_the_folder(command: Command) -> Command:
    """No command of a test writes outside its folder."""
    return Command(tuple(p.replace("/tmp/", "./tmp-") if isinstance(p, str) else p for p in command.parts))


def with_tokens(command: Command) -> tuple[str, dict[str, str]]:
    """The command with words that need no quoting for its values, and what each stands for."""
    parts: list[str | Argument] = []
    meant: dict[str, str] = {}
    for part in command.parts:
        if isinstance(part, str):
            parts.append(part)
        else:
            token = f"token{len(meant)}end"
            meant[token] = part.word if part.value is not None else SET
            parts.append(part._replace(value=token))
    return str(Command(tuple(parts))), meant


def expected(records: Counter[Words], meant: dict[str, str]) -> Counter[Words]:
    found: Counter[Words] = Counter()
    for words, count in records.items():
        put = []
        for word in words:
            for token, value in meant.items():
                word = word.replace(token, value)
            put.append(word)
        found[tuple(put)] += count
    return found


@pytest.fixture(scope="module", params=["bash", "sh"])
def stubs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Stubs:
    return Stubs(tmp_path_factory.mktemp("stubs"), request.param)


_TOLD: dict[tuple[str, str], Counter[Words]] = {}


def what_is_meant(stubs: Stubs, all_commands: list[Command]) -> list[Counter[Words]]:
    pairs = [with_tokens(command) for command in all_commands]
    missing = list(dict.fromkeys(text for text, _ in pairs if (stubs.shell, text) not in _TOLD))
    for safe, records in zip(missing, stubs.run(missing, {}), strict=True):
        _TOLD[stubs.shell, safe] = records
    return [expected(_TOLD[stubs.shell, safe], meant) for safe, meant in pairs]


def with_variables(word: str, command: Command) -> str:
    for name in command.variables:
        word = word.replace("${" + name + "}", SET)
    return word


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=VALUES, mode=st.sampled_from(["as it is", "secrets", "redacted"]))
def test_a_shell_runs_what_is_meant_and_nothing_else(stubs: Stubs, value: str, mode: str) -> None:
    made = filled(value)
    if mode != "as it is":
        made = [hide_in_command(command, Redactor() if mode == "redacted" else None) for command in made]
    variables = {name: SET for command in made for name in command.variables}
    ran = stubs.run([str(command) for command in made], variables)
    for command, got, wanted in zip(made, ran, what_is_meant(stubs, made), strict=True):
        assert got == wanted, str(command)
        if command.argv is not None:
            programs = Counter(
                tuple(with_variables(word, command) for word in stage) for stage in command.argv if stage[0] != "printf"
            )
            assert Counter({words: n for words, n in got.items() if words[0] != "left behind"}) == programs


def test_every_attack_and_every_good_value(stubs: Stubs) -> None:
    for value in (*ATTACKS, *GOOD):
        made = filled(value)[-len(MORE) - 3 :]
        variables = {name: SET for command in made for name in command.variables}
        ran = stubs.run([str(command) for command in made], variables)
        assert ran == what_is_meant(stubs, made), value


def test_the_templates_are_many_and_hold_values() -> None:
    assert len(TEMPLATES) > 40
    assert sum(any(isinstance(part, Hole) for part in parse(template)) for template in TEMPLATES) > 25


# --- what is written, and what is asked for ---------------------------------------------------------------------------


@pytest.mark.parametrize("value", ATTACKS)
def test_no_attack_is_written_where_a_host_is_meant(value: str) -> None:
    command = fill("getent hosts {case.host}", lookup_of(value))
    assert str(command) == 'getent hosts "${SMTP_SERVER:?set it to the SMTP server}"'


@pytest.mark.parametrize("value", GOOD[:8])
def test_a_host_is_written(value: str) -> None:
    assert str(fill("getent hosts {case.host}", lookup_of(value))) == f"getent hosts {value}"


def test_an_ipv6_address_stands_in_brackets_before_a_port() -> None:
    assert str(s_client("2001:db8::7", 465, "wrapper")) == "timeout 20 openssl s_client -connect '[2001:db8::7]':465"
    command = fill("nc {case.host}:{case.port} {case.host}", lambda name, path: {"host": "::1", "port": 25}[path[0]])
    assert str(command) == "nc '[::1]':25 ::1"
    hidden = hide_in_command(s_client("2001:db8::7", 465, "wrapper"), Redactor())
    assert "an IPv6 address in brackets" in str(hidden)


@pytest.mark.parametrize("value", GOOD[:4])
def test_endpoints_are_public(value: str) -> None:
    command = s_client(value)
    assert hide_in_command(command, Redactor()) == command


@pytest.mark.parametrize("value", GOOD[4:8])
def test_other_servers_are_hidden_and_stay_runnable(value: str) -> None:
    shown = str(hide_in_command(joined("getent hosts ", argument("host", value)), Redactor()))
    assert shown == 'getent hosts "${SMTP_SERVER:?set it to the SMTP server}"'


def test_a_path_is_no_option_and_no_pipe() -> None:
    assert str(argument("path", "-rf.pcap")) == "./-rf.pcap"
    assert argument("path", "-").value is None


def test_an_absent_value_is_asked_for_and_no_default_is_made_up() -> None:
    command = fill("aws sesv2 get-account --region {case.region|us-east-1}", lambda name, path: None)
    assert str(command) == 'aws sesv2 get-account --region "${SES_REGION:?set it to the AWS region of SES}"'
    assert fill("aws sesv2 get-account --region {case.region}", lambda name, path: None) is None


@pytest.mark.parametrize("shell", ["bash", "sh"])
@pytest.mark.parametrize("value", ["100%s", "a\\nb", "it's", 'a"b', "$x"])
@pytest.mark.parametrize("quotes", ["'[{logged.message}]\\n'", '"[{logged.message}]\\n"', "{logged.message}"])
def test_a_value_in_the_format_of_printf(shell: str, value: str, quotes: str) -> None:
    command = fill(f"printf {quotes}", lambda name, path: value)
    result = subprocess.run([shell, "-c", str(command)], capture_output=True, text=True, check=True)
    assert result.stdout.strip("\n[]") == value


def test_a_check_keeps_sentences_and_commands_apart() -> None:
    said = fill_lines(
        "Look at {case.host|it}:\n{case.s_client} </dev/null   # first\nThen Test Action.",
        lookup_of("relay.example"),
        lambda line: line.replace("{case.host|it}", "relay.example"),
    )
    assert said is not None
    assert [type(line) for line in said.lines] == [str, Command, str]


# --- what is refused when a rule is read ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("{logged.host|x} -a", "the program that is run"),
        ("echo a | {logged.host|x}", "the program that is run"),
        ("bash -c 'echo {logged.host|x}'", "`bash` reads it as code"),
        ("awk '/{logged.host|x}/' f", "`awk` reads it as code"),
        ("timeout 5 sh -c 'a' {logged.host|x}", "`sh` reads it as code"),
        ("echo $(dig {logged.host|x})", "command substitution"),
        ('echo \\"$(dig \\\\\\"{logged.host|x}\\\\\\")\\"', "command substitution"),
        ("echo `dig {logged.host|x}`", "command substitution"),
        ("echo ${A:-{logged.host|x}}", "expansion of a variable"),
        ("echo a > {logged.host|x}", "a file to be overwritten"),
        ("echo a # {logged.host|x}", "comment"),
        ("echo \\\\{logged.host|x}", "backslash"),
        ("echo 'a {logged.host|x}", "not closed"),
        ("echo {logged.identities|x}", "is no word of a command"),
        ("echo {logged.mail|x}", "is no word of a command"),
        ("echo '{case.s_client}'", "a command stands by itself"),
    ],
)
def test_where_no_value_may_stand(command: str, reason: str) -> None:
    with pytest.raises(RuleError, match=reason):
        parse_source(changed('command = "echo {logged.host|none}"', f'command = "{command}"'), "small.toml")


@pytest.mark.parametrize(
    "line",
    [
        'verify = "Run `getent hosts {logged.host|x}`: it must print an address."',
        "undo = \"timeout 5 bash -c 'x {logged.host|y}'\"",
        'risk = "see `dig {logged.host|x}`"',
        'risk = "{case.s_client} must work"',
    ],
)
def test_no_command_with_a_value_in_a_sentence(line: str) -> None:
    with pytest.raises(RuleError):
        parse_source(changed('command = "echo {logged.host|none}"', f'command = "true"\n{line}'), "small.toml")


# --- every format shows the same command ------------------------------------------------------------------------------


def report_with(made: list[Command]) -> Report:
    steps = tuple(FixStep("r", f"Step {n}.", c, None, Instructions((c,)), None) for n, c in enumerate(made))
    finding = Finding("r", "t", Phase.TLS, "error", Confidence.LIKELY, "why", fixes=steps)
    needs = tuple(Need(f"need {n}", "why", c) for n, c in enumerate(made))
    return Report(Verdict(Outcome.FAILED, Confidence.LIKELY, primary=finding, needs=needs))


@pytest.mark.parametrize("value", [*ATTACKS, *GOOD])
def test_every_format_shows_the_command_unchanged(value: str) -> None:
    made = filled(value)
    whole = report_with(made)
    wanted = Counter(line for command in (*made, *made) for line in str(command).split("\n"))
    shown = Counter(line.strip() for line in text.render(whole, verbose=True).split("\n"))
    assert {line: shown[line.strip()] for line in wanted if shown[line.strip()] < wanted[line]} == {}
    drawn = Counter(line.strip() for line in markdown.render(whole).split("\n"))
    assert {line: drawn[line.strip()] for line in wanted if drawn[line.strip()] < wanted[line]} == {}
    document = json.loads(json_report.render(whole))
    assert [fix["command"] for fix in document["fixes"]] == [str(command) for command in made]
    assert [fix["argv"] for fix in document["fixes"]] == [
        None if c.argv is None else [list(stage) for stage in c.argv] for c in made
    ]
    assert [fix["verify_argv"] for fix in document["fixes"]] == [[fix["argv"]] for fix in document["fixes"]]
    assert [need["command"] for need in document["verdict"]["needs"]] == [str(command) for command in made]
    assert [need["variables"] for need in document["verdict"]["needs"]] == [command.variables for command in made]
