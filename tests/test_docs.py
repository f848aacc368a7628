"""The documents agree with the code: links and citations lead somewhere, named options exist, generated files are
current, and README is short."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import messages
from documents import commands
from generated import generated
from sestriage.cli.main import cli
from sestriage.i18n import LANGUAGES
from sestriage.rules.language.grammar import __doc__ as grammar_text
from support import ROOT

README = ROOT / "README.md"
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
MOST_LINES = 130
LINK = re.compile(r"\]\((?!https?:)([^)\s#]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#{1,4} (.+)$", re.MULTILINE)
CITED = re.compile(r"docs/(architecture|domain)\.md(?:, | \()sections? (\d+(?:\.\d+)?)(?: (?:to|and) (\d+(?:\.\d+)?))?")
FORMER = re.compile(r"(design|domain facts),?\s+(?:sections? )?(\d+(?:\.\d+)?)")
OPTION = re.compile(r"(?<![\w-])--?[a-z][\w-]*")

each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")


def sections(document: str) -> set[str]:
    """The numbers of the sections of a document of docs/."""
    text = (ROOT / "docs" / f"{document}.md").read_text(encoding="utf-8")
    return set(re.findall(r"^#{2,3} (\d+(?:\.\d+)?)\.? ", text, re.MULTILINE))


def sources() -> Iterator[Path]:
    for folder in ("src", "tests", "samples/lab", "rules"):
        for suffix in ("*.py", "*.toml"):
            yield from sorted((ROOT / folder).rglob(suffix))


@pytest.mark.parametrize(
    "path",
    [path for path, _ in generated() if path.parent.name != "rules"],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_generated_documents_are_current(path: Path) -> None:
    make = dict(generated())[path]
    assert path.read_text(encoding="utf-8") == make(), "run: .ci/generate"


def test_generated_files_are_marked() -> None:
    marked = re.findall(
        r"^(\S+) linguist-generated$", (ROOT / ".gitattributes").read_text(encoding="utf-8"), re.MULTILINE
    )
    translations = set(map(messages.path_of, LANGUAGES[1:]))  # written by hand, but for the sentences themselves
    assert {ROOT / name for name in marked} == {path for path, _ in generated()} - {README} - translations


def test_readme_is_short_with_its_two_commands_on_top() -> None:
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    first, second = re.findall(r"^```sh\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)
    assert "sestriage triage samples/bundle/bundle.tar.gz" in first
    assert "python -m pytest" in second
    assert text.index(second) < text.index("\n## ")


@each_document
def test_links_lead_somewhere(path: Path) -> None:
    for target, part in LINK.findall(path.read_text(encoding="utf-8")):
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), target
        if part:
            assert part in {anchor(found) for found in HEADING.findall(file.read_text(encoding="utf-8"))}, (
                target,
                part,
            )


def test_every_page_is_reached_from_readme() -> None:
    reached = {README}
    waiting = [README]
    while waiting:
        here = waiting.pop()
        for target, _ in LINK.findall(here.read_text(encoding="utf-8")):
            file = (here.parent / target).resolve()
            if file.suffix == ".md" and file not in reached:
                reached.add(file)
                waiting.append(file)
    assert set(DOCUMENTS) <= reached


def test_cited_sections_exist() -> None:
    known = {name: sections(name) for name in ("architecture", "domain")}
    cited = 0
    for path in sources():
        if path == Path(__file__).resolve():
            continue
        text = path.read_text(encoding="utf-8")
        found = [(name, number) for name, *numbers in CITED.findall(text) for number in numbers if number]
        found += [("architecture" if name == "design" else "domain", number) for name, number in FORMER.findall(text)]
        for name, number in found:
            cited += 1
            assert number in known[name], f"{path.relative_to(ROOT)} cites section {number} of docs/{name}.md"
    assert cited, "nothing cites a section: the test looks for the wrong words"


def option_names() -> dict[str, set[str]]:
    found = {}
    for name, command in commands():
        found[name] = {text for param in command.params for text in (*param.opts, *param.secondary_opts)} | {
            "-h",
            "--help",
        }
    return found


def calls(text: str) -> Iterator[tuple[str, set[str]]]:
    """The calls of sestriage in a document: the words of the command, and the options that stand behind it."""
    names = "|".join(sorted((name for name, _ in commands()), key=len, reverse=True))
    for match in re.finditer(rf"\bsestriage ({names})\b([^|;&`\n]*)", text):
        yield match[1], set(OPTION.findall(match[2].partition(" #")[0]))


@each_document
def test_named_options_exist(path: Path) -> None:
    known = option_names()
    for name, options in calls(path.read_text(encoding="utf-8")):
        assert options <= known[name], f"sestriage {name}"


def test_a_wrong_option_would_be_found() -> None:
    ((name, options),) = calls("$ sestriage triage --sincee 2d bundle.tgz   # --not-an-option")
    assert not options <= option_names()[name]


@pytest.mark.parametrize("name", [name for name, _ in commands() if " " not in name])
def test_every_command_has_its_page(name: str) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS if path.name != "options.md")
    assert f"options.md#{name})" in text
    assert re.search(rf"\[[^\]]*`{name}`[^\]]*\]\(docs/[\w-]+\.md\)", README.read_text(encoding="utf-8"))


def test_the_source_distribution_has_the_documents() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    include = project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert {"/docs", "/README.md", "/CONTRIBUTING.md"} <= set(include)


def test_the_rule_in_the_document_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SESTRIAGE_LANG", raising=False)
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    (rule,) = re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    name = re.findall(r'^id = "([\w-]+)"', rule, re.MULTILINE)[0]
    (tmp_path / f"{name}.toml").write_text(rule, encoding="utf-8")
    for command in ("lint", "test"):
        assert cli.main(["rules", command, str(tmp_path)], standalone_mode=False) in (0, None)


def test_the_grammar_in_the_document_is_that_of_the_code() -> None:
    grammar = [line.strip() for line in (grammar_text or "").splitlines() if re.match(r"    +\S", line)]
    document = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert len(grammar) > 4
    assert grammar == [
        line.strip() for line in document.partition("## Conditions")[2].splitlines()[2 : 2 + len(grammar)]
    ]


@pytest.mark.parametrize("name", re.findall(r"`((?:[\w-]+/)*[\w-]+\.py)`", ARCHITECTURE))
def test_files_that_the_architecture_names_are_there(name: str) -> None:
    assert (ROOT / "src" / "sestriage" / name).exists() or (ROOT / name).exists()


def test_the_architecture_has_every_room() -> None:
    rooms = {path.parent.name for path in (ROOT / "src" / "sestriage").glob("*/__init__.py")}
    assert {room for room in rooms if f"`{room}/`" not in ARCHITECTURE} == set()
