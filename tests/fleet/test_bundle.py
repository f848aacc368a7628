"""One bundle as rows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.making import KEY, NOW, SMALL, archived, sample_files, terms
from sestriage.engine.certs.compare import CertOptions
from sestriage.engine.certs.forecast import ForecastOptions, forecast_files
from sestriage.engine.triage import TriageOptions, triage
from sestriage.fleet.bundle import digest_of, read_bundle
from sestriage.fleet.task import Done, OtherVersionError, Source, Task
from sestriage.model.forecast.result import Forecast
from sestriage.model.trust import Certificate
from support import SAMPLES

LOG = (SAMPLES / "refused" / "sw-response-mgmt.log").read_bytes()
UNKNOWN = b"""\
2026-11-24 03:47:55,617 ERROR [mail] Test Action mail to ops@corp.example failed for 10.1.2.3
javax.mail.MessagingException: Quantum flux 4711 at mx7.corp.example in 'module-a'
\tat com.sun.mail.smtp.SMTPTransport.protocolConnect(SMTPTransport.java:761)
\tat javax.mail.Service.connect(Service.java:388)
"""


def read(path: Path | str, key: bytes | None = KEY, **source: object) -> Done:
    kind = "folder" if Path(path).is_dir() else "file"
    return read_bundle(Task(Source(str(path), kind, **source), terms(key)))  # type: ignore[arg-type]


def rows(done: Done, table: str) -> list[dict[str, object]]:
    return [json.loads(line) for name, text in done.rows if name == table for line in text.split("\n")]


@pytest.mark.parametrize("name", SMALL)
def test_the_rows_say_what_a_triage_says(name: str) -> None:
    done = read(SAMPLES / name)
    report = triage((str(SAMPLES / name),), TriageOptions())
    (row,) = rows(done, "bundles")
    primary = report.verdict.primary
    assert (row["outcome"], row["rule"]) == (report.verdict.outcome.value, primary.rule if primary else None)
    assert row["attempts"] == len(report.attempts) == len(rows(done, "attempts"))
    assert {each["rule"] for each in rows(done, "findings")} >= {each.rule for each in report.verdict.contributing}
    served = max((s.tls.certificates for c in report.captures for s in c.streams if s.tls), key=len, default=())
    assert [each["sha256"] for each in rows(done, "chain")] == [each.sha256 for each in served]
    assert {each["spki_sha256"] for each in rows(done, "anchors")} == {c.spki_sha256 for c in anchors(report.stores)}


def anchors(stores: tuple[object, ...]) -> list[Certificate]:
    return [entry.certificate for store in stores for entry in store.entries]  # type: ignore[attr-defined]


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    bundle = archived(tmp_path / "a.tgz", sample_files("refused"))
    done = read(bundle)
    assert done.digest == hashlib.sha256(bundle.read_bytes()).hexdigest()
    assert digest_of(Task(Source(str(bundle)), terms())).digest == done.digest
    assert all(row["bundle"] == done.digest for table, _ in done.rows for row in rows(done, table))


def test_a_folder_is_told_by_names_and_contents(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "sw-response-mgmt.log").write_bytes(LOG)
    (tmp_path / "three" / "sw-response-mgmt.log").rename(tmp_path / "three" / "other.log")
    one, two, three = (read(tmp_path / name).digest for name in ("one", "two", "three"))
    assert one == two != three


def test_what_was_read_before_is_not_read_again(tmp_path: Path) -> None:
    bundle = archived(tmp_path / "a.tgz", sample_files("refused"))
    digest = read(bundle).digest
    done = read_bundle(Task(Source(str(bundle)), terms(), frozenset({digest})))
    assert (done.ending, done.rows) == ("known", ())


def test_bundles_inside_bundles(tmp_path: Path) -> None:
    inner = {
        name: archived(tmp_path / f"{name}.tgz", sample_files(name)).read_bytes() for name in ("refused", "success")
    }
    packed = {"README.txt": b"two bundles\n", **{f"of/{name}.tgz": data for name, data in inner.items()}}
    zipped = archived(tmp_path / "both.zip", packed)
    outer = archived(tmp_path / "outer.tar", {"both.zip": zipped.read_bytes()})
    done = read(outer)
    assert (done.ending, [each.name for each in done.inside]) == ("container", [f"{outer}!/both.zip"])
    both = read_bundle(Task(done.inside[0], terms()))
    assert [each.inner for each in both.inside] == [("both.zip", f"of/{name}.tgz") for name in inner]
    for source, (name, data) in zip(both.inside, inner.items(), strict=True):
        found = read_bundle(Task(source, terms()))
        assert found.digest == hashlib.sha256(data).hexdigest()
        assert contents(found) == contents(read(tmp_path / f"{name}.tgz"))


def contents(done: Done) -> list[dict[str, object]]:
    """The rows but for the bundle's name, size and cost."""
    free = {"name", "size", "seconds", "modified"}
    return [
        {key: value for key, value in row.items() if key not in free or table != "bundles"}
        for table, _ in sorted(done.rows)
        for row in rows(done, table)
    ]


def test_an_archive_with_evidence_beside_archives_is_one_bundle(tmp_path: Path) -> None:
    rotated = archived(tmp_path / "old.tgz", sample_files("success"))
    bundle = archived(tmp_path / "a.tgz", {**sample_files("refused"), "lancope/old.tgz": rotated.read_bytes()})
    assert read(bundle).ending == "read"


def test_a_program_in_a_bundle_is_no_bundle(tmp_path: Path) -> None:
    jar = archived(tmp_path / "app.zip", {"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n"})
    bundle = archived(tmp_path / "a.tar", {"app.jar": jar.read_bytes(), "notes.txt": b"hello\n"})
    assert read(bundle).ending == "read"


def test_pseudonyms_are_equal_over_the_fleet_by_the_key() -> None:
    hosts = {}
    for key in (b"a" * 32, b"b" * 32):
        found = [rows(read(SAMPLES / name, key), "attempts")[0]["host"] for name in ("tls-inspection", "no-login")]
        hosts[key] = found
    plain = [rows(read(SAMPLES / name, None), "attempts")[0]["host"] for name in ("tls-inspection", "no-login")]
    for one, other, real in zip(*hosts.values(), plain, strict=True):
        assert (one == other == real) or (one != other and str(one).startswith("<host"))


def test_private_names_stay_out_unless_asked_for(tmp_path: Path) -> None:
    (tmp_path / "sw-response-mgmt.log").write_bytes(UNKNOWN)
    hidden, plain = read(tmp_path), read(tmp_path, None)
    assert "corp.example" not in "".join(text for _, text in hidden.rows)
    assert "10.1.2.3" not in "".join(text for _, text in hidden.rows)
    assert "corp.example" in "".join(text for _, text in plain.rows)
    (row,), (other,) = rows(hidden, "unknown"), rows(plain, "unknown")
    assert row["signature"] == other["signature"]


def test_the_signature_of_what_no_rule_knows(tmp_path: Path) -> None:
    found = []
    for number, log in enumerate((UNKNOWN, UNKNOWN.replace(b"4711", b"99").replace(b"module-a", b"b"))):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "sw-response-mgmt.log").write_bytes(log)
        found += rows(read(tmp_path / str(number)), "unknown")
    assert len(found) == 2
    assert found[0]["signature"] == found[1]["signature"]
    assert found[0]["classes"] == "MessagingException"
    assert found[0]["message"] == "Quantum flux <n> at <host> in <value>"
    assert str(found[0]["frame"]).startswith("com.sun.mail.smtp.SMTPTransport.protocolConnect")


def test_a_cause_that_a_rule_knows_has_no_signature() -> None:
    assert rows(read(SAMPLES / "refused"), "unknown") == []


@pytest.mark.parametrize("name", ["class-2-alone", "leaf", "root-1-alone", "expired-root"])
def test_the_forecast_is_that_of_the_command(name: str) -> None:
    (path,) = (SAMPLES / "stores" / name).glob("truststore*")
    asked = forecast_files((str(path),), CertOptions(now=NOW), ForecastOptions())
    done = read(path)
    told = [(row["verdict"], row["event"], row["breaks_by"]) for row in rows(done, "stores")]
    assert told == [(each.verdict, each.broken and each.broken.event, day(each)) for each in asked.forecasts]
    assert sum(bool(row["rests_on"]) for row in rows(done, "anchors")) == sum(
        len(key.certificates) for each in asked.forecasts for key in each.rests_on
    )


def day(found: Forecast) -> str | None:
    return found.first_break.replace(tzinfo=None).isoformat() if found.first_break else None


def test_the_release_is_what_the_owner_says_the_name_tells(tmp_path: Path) -> None:
    bundle = archived(tmp_path / "smc-7.5.2-a.tgz", sample_files("refused"))
    told = replace(terms(), release_pattern=r"smc-(\d+\.\d+\.\d+)")
    assert rows(read_bundle(Task(Source(str(bundle)), told)), "bundles")[0]["release"] == "7.5.2"
    assert rows(read(bundle), "bundles")[0]["release"] is None


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 5000, b"PK\x03\x04" + b"\xff" * 200, b"\x1f\x8b\x08" + b"\0" * 50, bytes(range(256)) * 40],
    ids=["empty", "nuls", "zip", "gzip", "noise"],
)
def test_what_is_no_bundle_has_a_row_that_says_so(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.tgz").write_bytes(data)
    done = read(tmp_path / "x.tgz")
    (row,) = rows(done, "bundles")
    assert (done.ending, row["outcome"]) == ("read", "undetermined")


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    done = read(tmp_path / "gone.tgz")
    assert (done.ending, done.rows) == ("unreadable", ())
    assert "No such file" in (done.detail or "")


def test_hostile_names_are_harmless(tmp_path: Path) -> None:
    bundle = archived(tmp_path / "a.tar", {"lancope/\x1b[31m'\n\u202e.log": LOG, **sample_files("refused")})
    done = read(bundle)
    cells = [cell for table, _ in done.rows for row in rows(done, table) for cell in row.values()]
    assert any(isinstance(cell, str) and "\\u202e.log" in cell for cell in cells), "written out"
    assert all(cell.isprintable() for cell in cells if isinstance(cell, str))


def test_another_version_or_other_rules_are_refused() -> None:
    task = Task(Source(str(SAMPLES / "refused"), "folder"), terms(rules="0" * 12))
    with pytest.raises(OtherVersionError, match=r"not .* with 000000000000"):
        read_bundle(task)
