"""Which bundles there are."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from fleet.making import archived, sample_files
from sestriage.errors import InputError
from sestriage.fleet.remote import is_url, open_url, without_secrets
from sestriage.fleet.sources import Lost, check, find, listed
from sestriage.fleet.task import Source

LOG = sample_files("refused")["lancope/var/logs/containers/sw-response-mgmt.log"]


def names(*asked: str | Path) -> list[str]:
    return sorted(found.name for found in find(map(str, asked)))


def test_archives_in_a_folder_are_bundles(tmp_path: Path) -> None:
    for name in ("a.tgz", "deep/b.tar.gz", "deep/c.zip"):
        archived(tmp_path / name, {"x.log": LOG})
    (tmp_path / "notes.txt").write_text("of no interest\n", encoding="utf-8")
    assert names(tmp_path) == [f"{tmp_path}/{name}" for name in ("a.tgz", "deep/b.tar.gz", "deep/c.zip")]


def test_an_archive_is_known_by_its_content_too(tmp_path: Path) -> None:
    archived(tmp_path / "a.tgz", {"x.log": LOG}).rename(tmp_path / "case-17")
    assert names(tmp_path) == [f"{tmp_path}/case-17"]


def test_evidence_beside_archives_is_a_bundle_for_itself(tmp_path: Path) -> None:
    archived(tmp_path / "a.tgz", {"x.log": LOG})
    (tmp_path / "sw-response-mgmt.log").write_bytes(LOG)
    assert names(tmp_path) == [f"{tmp_path}/a.tgz", f"{tmp_path}/sw-response-mgmt.log"]


def test_a_folder_of_evidence_is_one_bundle(tmp_path: Path) -> None:
    for manager in ("one", "two"):
        (tmp_path / manager / "more").mkdir(parents=True)
        (tmp_path / manager / "sw-response-mgmt.log").write_bytes(LOG)
        (tmp_path / manager / "more" / "other.log").write_bytes(LOG)
    assert names(tmp_path) == [f"{tmp_path}/one", f"{tmp_path}/two"]


def test_the_tree_of_an_appliance_is_one_bundle(tmp_path: Path) -> None:
    (tmp_path / "smc" / "lancope" / "var").mkdir(parents=True)
    (tmp_path / "smc" / "lancope" / "var" / "a.log").write_bytes(LOG)
    (found,) = find([str(tmp_path)])
    assert isinstance(found, Source)
    assert (found.name, found.kind, found.size) == (f"{tmp_path}/smc", "folder", len(LOG))


def test_a_folder_is_another_when_one_of_its_files_is(tmp_path: Path) -> None:
    (tmp_path / "sw-response-mgmt.log").write_bytes(LOG)
    (before,) = find([str(tmp_path)])
    os.utime(tmp_path / "sw-response-mgmt.log", (1, 2_000_000_000))
    (after,) = find([str(tmp_path)])
    assert before != after


def test_globs_and_lists(tmp_path: Path) -> None:
    for name in ("a.tgz", "b.tgz", "c.zip"):
        archived(tmp_path / name, {"x.log": LOG})
    assert names(f"{tmp_path}/*.tgz") == [f"{tmp_path}/a.tgz", f"{tmp_path}/b.tgz"]
    lines = io.BytesIO(b"# ours\n\n/srv/a b.tgz\r\ns3://bucket/c.tgz\n/srv/\xff.tgz")
    assert list(listed(lines)) == ["/srv/a b.tgz", "s3://bucket/c.tgz", "/srv/\udcff.tgz"]


def test_links_in_folders_are_not_followed(tmp_path: Path) -> None:
    archived(tmp_path / "in" / "a.tgz", {"x.log": LOG})
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "b.tgz").symlink_to(tmp_path / "in" / "a.tgz")
    assert names(tmp_path / "in") == [f"{tmp_path}/in/a.tgz"]


def test_what_is_not_there_is_told_at_once_or_named(tmp_path: Path) -> None:
    for name in (f"{tmp_path}/gone", f"{tmp_path}/*.tgz"):
        with pytest.raises(InputError, match="there is no"):
            check(name)
    (lost,) = find([f"{tmp_path}/gone"])
    assert isinstance(lost, Lost)
    check("https://example.com/a.tgz")


def test_what_a_url_is() -> None:
    assert [is_url(name) for name in ("s3://b/a.tgz", "https://h/a.tgz", "/a/b", "./s3:/x", "C:/x", "a.tgz")] == [
        *(True, True, False, False, False, False)
    ]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "local:///etc/passwd", "simplecache::s3://b/a", "memory://a"])
def test_a_url_is_no_back_door_to_files_of_this_machine(url: str) -> None:
    with pytest.raises(InputError, match="no URL of a file elsewhere"):
        open_url(url)


SIGNED = "https://b.example/x.tgz?X-Signature=f404&expires=9"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sftp://ops:Pass@w0rd@h:22/a.tgz", "sftp://ops:<secret>@h:22/a.tgz"),
        ("https://:pw@h/a.tgz", "https://:<secret>@h/a.tgz"),
        (SIGNED, "https://b.example/x.tgz?<secret>"),
        ("https://h/a.tgz#part", "https://h/a.tgz#<secret>"),
        *((same, same) for same in ("sftp://ops@h/a.tgz", "s3://b/a@b:c.tgz", "https://h:8080/x/a.tgz")),
    ],
)
def test_a_url_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert without_secrets(url) == shown
    assert Source(url, "url", inner=("b.tar",)).name == f"{shown}!/b.tar"


def test_what_an_error_says_of_a_url_is_shown_without_its_secrets() -> None:
    assert Source(SIGNED, "url").told(f"403, url={SIGNED}") == "403, url=https://b.example/x.tgz?<secret>"
    assert Source("/a?b=c.tgz").told("no /a?b=c.tgz") == "no /a?b=c.tgz", "the path of a file"


def test_a_url_that_leads_nowhere_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    fsspec = pytest.importorskip("fsspec")

    def missing(url: str, mode: str) -> None:
        raise FileNotFoundError(url)

    monkeypatch.setattr(fsspec, "open", missing)
    with pytest.raises(InputError, match=r"there is no https://b\.example/x\.tgz\?<secret>$"):
        open_url(SIGNED)
