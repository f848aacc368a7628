"""The set-up guide as text and Markdown, in one of the languages."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from sestriage.model.guide import Guide, GuideStep, GuideValues
from sestriage.report.guides.sentences import WORDS
from sestriage.report.guides.words import GuideWords, StepWords, in_language
from sestriage.report.markdown import code, escape, fence
from sestriage.report.safe import visible

WIDTH = 88


def render_text(guide: Guide, language: str = "en") -> str:
    """As text with boxes to tick. Commands stand at the left edge, unwrapped, so that they can be copied."""
    words = in_language(WORDS, language)
    lines = [*_filled(words.title, ""), ""]
    for paragraph in words.intro:
        lines += [*_filled(paragraph, ""), ""]
    lines += [f"{words.values}:", *_columns(_value_rows(guide, words)), ""]
    for number, step in enumerate(guide.steps, 1):
        lines += [*_text_step(number, step, words, _names(guide, words)), ""]
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


def render_markdown(guide: Guide, language: str = "en") -> str:
    """As Markdown: the list to tick first, then each step with its commands."""
    words = in_language(WORDS, language)
    lines = [f"# {escape(words.title)}", ""]
    for paragraph in words.intro:
        lines += [_marked(paragraph), ""]
    lines += [f"**{escape(words.values)}**", "", *_table(_value_rows(guide, words), words), ""]
    lines += [f"- [ ] {n}. {escape(words.steps[step.key].title)}" for n, step in enumerate(guide.steps, 1)]
    for number, step in enumerate(guide.steps, 1):
        lines += ["", *_markdown_step(number, step, words, _names(guide, words))]
    return "\n".join(lines).rstrip("\n") + "\n"


def _names(guide: Guide, words: GuideWords) -> Mapping[str, str]:
    values = guide.values
    return {
        "region": f"`{values.region}`" if values.region else words.region_unknown,
        "region_argument": values.region or "REGION",
        "server": values.server,
        "way": "Mail Manager SMTP" if values.ingress else "IAM SMTP credentials",
        "port": str(values.port),
        "encryption": values.encryption,
        "domain": f"`{values.domain}`" if values.domain else words.domain_unknown,
        "iam_user": values.iam_user or "ses-smtp-user-sna",
    }


def _value_rows(guide: Guide, words: GuideWords) -> tuple[tuple[str, str], ...]:
    values: GuideValues = guide.values
    rows = {
        "region": values.region,
        "server": values.server,
        "port": str(values.port),
        "encryption": values.encryption,
        "sender": values.sender,
        "recipient": values.recipient,
        "domain": values.domain,
    }
    return tuple((words.value_names[name], visible(value or words.fill_in)) for name, value in rows.items())


def _with_values(text: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        text = text.replace("{" + name + "}", visible(value))
    return text


def _rules(step: GuideStep) -> str:
    return ", ".join(step.rules)


# --- text --------------------------------------------------------------------------------------------------------


def _filled(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _columns(rows: tuple[tuple[str, str], ...]) -> list[str]:
    width = max((len(name) for name, _ in rows), default=0)
    return [f"    {name:<{width}}  {value}" for name, value in rows]


def _text_step(number: int, step: GuideStep, words: GuideWords, names: Mapping[str, str]) -> Iterator[str]:
    said = words.steps[step.key]
    yield f"[ ] {number}. {said.title}"
    for paragraph in said.text:
        yield ""
        yield from _filled(_with_values(paragraph, names), "    ")
    if step.fields:
        yield ""
        yield from _columns(tuple((name, visible(value or words.fill_in)) for name, value in step.fields))
    if step.document:
        yield ""
        yield from step.document.split("\n")
    for command, caption in _captioned(step, said):
        yield ""
        if caption:
            yield from _filled(_with_values(caption, names), "    ")
            yield ""
        yield visible(command)
    for paragraph in said.after:
        yield ""
        yield from _filled(_with_values(paragraph, names), "    ")
    yield ""
    yield from _filled(f"{words.check}: {_with_values(said.check, names)}", "    ")
    yield from _filled(f"{words.rules}: {_rules(step)}", "    ")


def _captioned(step: GuideStep, said: StepWords) -> Iterator[tuple[str, str]]:
    captions = (*said.captions, *([""] * len(step.commands)))
    return zip(map(str, step.commands), captions, strict=False)


# --- Markdown ----------------------------------------------------------------------------------------------------


def _marked(text: str) -> str:
    """A paragraph: what stands in backticks is code, the rest is literal."""
    parts = text.split("`")
    return "".join(code(part) if number % 2 else _literal(part) for number, part in enumerate(parts))


def _literal(part: str) -> str:
    """Like `escape`, but blanks at the ends stay."""
    if not part.strip():
        return part
    left = " " if part[0].isspace() else ""
    right = " " if part[-1].isspace() else ""
    return left + escape(f"x {part}")[2:] + right


def _table(rows: tuple[tuple[str, str], ...], words: GuideWords) -> list[str]:
    head = [f"| {escape(words.field)} | {escape(words.value)} |", "| --- | --- |"]
    return head + [f"| {escape(name)} | {escape(value)} |" for name, value in rows]


def _markdown_step(number: int, step: GuideStep, words: GuideWords, names: Mapping[str, str]) -> Iterator[str]:
    said = words.steps[step.key]
    yield f"## {number}. {escape(said.title)}"
    for paragraph in said.text:
        yield ""
        yield _marked(_with_values(paragraph, names))
    if step.fields:
        yield ""
        yield from _table(tuple((name, visible(value or words.fill_in)) for name, value in step.fields), words)
    if step.document:
        yield ""
        yield from fence(step.document, language="json")
    for command, caption in _captioned(step, said):
        yield ""
        if caption:
            yield _marked(_with_values(caption, names))
            yield ""
        yield from fence(command, language="sh")
    for paragraph in said.after:
        yield ""
        yield _marked(_with_values(paragraph, names))
    yield ""
    yield f"**{escape(words.check)}:** {_marked(_with_values(said.check, names))}"
    yield ""
    yield f"**{escape(words.rules)}:** " + ", ".join(code(rule) for rule in step.rules)
