"""The input as a tree: archives hold their members, folders their files; a chain of single folders is one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sestriage.model.inspection import InspectedItem
from sestriage.model.source import SourceRef


@dataclass(slots=True)
class Branch:
    """A node: `item` is None for a folder that is only in names."""

    name: str
    item: InspectedItem | None = None
    children: list[Branch] = field(default_factory=list)


def tree_of(items: Iterable[InspectedItem]) -> list[Branch]:
    """The roots, in the order of the walk; files named one by one are roots, and so is each archive."""
    roots: list[Branch] = []
    known: dict[tuple[str, ...], Branch] = {}
    for item in items:
        steps = _steps(item.source)
        branch = _grow(steps, roots, known)
        if branch.item is None:
            branch.item = item
        else:  # a second finding about the same member
            branch.children.append(Branch("(again)", item))
    for root in roots:
        _join_single(root)
    return roots


MAX_STEPS = 40
"""Deeper folders are shown as one name: a hostile archive may nest thousands."""


def _steps(source: SourceRef) -> tuple[str, ...]:
    """The path, then every archive and folder on the way to the member."""
    steps = [source.path]
    if source.member is not None:
        layers = source.member.split("!/")
        for number, layer in enumerate(layers):
            parts = [part for part in layer.split("/") if part] or [layer]
            if number < len(layers) - 1:
                parts[-1] += "!"  # an archive in an archive: not to be mistaken for a folder of that name
            steps += parts
    if len(steps) > MAX_STEPS:
        steps = [*steps[: MAX_STEPS - 1], "/".join(steps[MAX_STEPS - 1 :])]
    return tuple(steps)


def _grow(steps: tuple[str, ...], roots: list[Branch], known: dict[tuple[str, ...], Branch]) -> Branch:
    branch = known.get(steps)
    if branch is None:
        branch = known.get((*steps[:-1], steps[-1] + "!"))  # the archive itself, after its members
    if branch is not None:
        return branch
    siblings = roots if len(steps) == 1 else _grow(steps[:-1], roots, known).children
    branch = known[steps] = Branch(steps[-1].removesuffix("!"))
    siblings.append(branch)
    return branch


def _join_single(branch: Branch) -> None:
    """`lancope`, `var`, `logs` above each other become one line when nothing else lies in them."""
    for child in branch.children:
        while child.item is None and len(child.children) == 1 and child.children[0].item is None:
            only = child.children[0]
            child.name = f"{child.name}/{only.name}"
            child.children = only.children
        _join_single(child)
