"""`sestriage forecast` from the outside: statuses, what-ifs, forms, files, languages."""

from __future__ import annotations

import importlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.terminal import Result, Run
from sestriage.model.document.schemas import schema
from support import SAMPLES

STORES = SAMPLES / "stores"
VALIDATOR: Any = importlib.import_module("jsonschema").Draft202012Validator


class _Frozen(datetime):
    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return datetime(2026, 12, 1, tzinfo=tz or UTC)


@pytest.fixture(autouse=True)
def _on_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sestriage.engine.certs.forecast.datetime", _Frozen)


def asked(run: Run, case: str, *options: str, store: str = "truststore.p12") -> Result:
    return run("forecast", str(STORES / case / "chain.pem"), "--store", str(STORES / case / store), *options)


def document(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.out)
    VALIDATOR(schema("forecast")).validate(found)
    return found


@pytest.mark.parametrize(
    ("case", "store", "status", "said"),
    [
        ("class-2-alone", "truststore.p12", 1, "BREAKS on any day, at the latest on 2034-06-28"),
        ("g2-alone", "truststore.p12", 0, "SAFE until 2027-12-01; BREAKS on 2037-12-31"),
        ("root-1-alone", "truststore.p12", 0, "SAFE: no known change ends the mail"),
        ("leaf", "truststore.p12", 1, "at the latest on 2027-04-17: the server's own certificate is renewed"),
        ("empty", "truststore.jks", 1, "BROKEN TODAY"),
    ],
)
def test_answer_and_status(run: Run, case: str, store: str, status: int, said: str) -> None:
    result = asked(run, case, store=store)
    assert (result.status, result.err) == (status, "")
    assert said in " ".join(result.out.split())


def test_the_horizon_decides_the_status(run: Run) -> None:
    assert asked(run, "g2-alone", "--horizon", "300w").status == 0
    assert asked(run, "g2-alone", "--horizon", "5000d").status == 1
    inspected = asked(run, "tls-inspection", "--horizon", "5000d")
    assert inspected.status == 3
    assert "what follows the last anchor on which the trust rests; it ends on 2036-01-01" in " ".join(
        inspected.out.split()
    )


@pytest.mark.parametrize(
    ("case", "options", "status"),
    [
        ("class-2-alone", ("--without", "Starfield Class 2"), 1),
        ("root-1-alone", ("--without", "Starfield Class 2"), 0),
        ("root-1-alone", ("--without", "starfield", "--without-cross-signed"), 0),
        ("g2-alone", ("--without-cross-signed",), 1),
        ("leaf", ("--leaf-renewed",), 1),
        ("intermediates", ("--leaf-renewed",), 0),
        ("intermediates", ("--intermediate-rotated",), 1),
        ("class-2-alone", ("--intermediate-rotated",), 0),
        ("intermediates", ("--at", "2030-08-01"), 0),
        ("intermediates", ("--at", "2030-09-01"), 1),
        ("class-2-alone", ("--at", "2034-06-28T12:00:00Z"), 0),
        ("class-2-alone", ("--at", "2035-01-01"), 1),
        ("root-1-alone", ("--chain", str(STORES / "tls-inspection" / "chain.pem")), 1),
        ("class-2-alone", ("--chain", str(STORES / "root-1-alone" / "proof" / "then.pem")), 1),
    ],
)
def test_what_if(run: Run, case: str, options: tuple[str, ...], status: int) -> None:
    assert asked(run, case, *options).status == status


def test_a_store_alone_is_held_against_the_published_chain(run: Run) -> None:
    result = run("forecast", str(STORES / "root-1-alone" / "truststore.p12"))
    told = " ".join(result.out.split())
    assert result.status == 3, "the lab's key is not the published one"
    assert "CANNOT BE SAID" in told
    assert "The one that is published for Amazon SES is assumed" in told
    assert "openssl s_client" in told


def test_a_bundle_gives_store_and_chain(run: Run) -> None:
    found = document(run("forecast", str(SAMPLES / "success"), "--format", "json"))
    (store,) = found["stores"]
    assert store["ground"] == "served"
    assert store["chain"]["origin"] == "capture"
    assert store["store"]["path"].endswith("truststore.p12")


def test_two_managers_are_judged_one_by_one(run: Run) -> None:
    folder = STORES / "two-managers"
    stores = [f"--store={folder / name / 'truststore.p12'}" for name in ("manager-a", "manager-b")]
    result = run("forecast", str(folder / "chain.pem"), *stores, "--format", "json")
    found = document(result)
    assert result.status == 1
    assert [store["verdict"] for store in found["stores"]] == ["safe", "breaks"]


def test_the_files_to_import_are_saved_and_end_the_danger(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "import"
    case = STORES / "class-2-alone"
    real = tmp_path / "real.pem"
    found = document(asked(run, "class-2-alone", "--to", str(folder), "--format", "json"))
    (certificate,) = found["stores"][0]["advice"]["certificates"]
    assert certificate["unpublished"], "the lab's CA bears a published name over a key of its own"
    assert found["saved"] == []
    assert not folder.exists()
    renamed = run("certs", "export", str(case / "chain.pem"), "--all", "--allow-unpublished", "--to", str(folder))
    assert renamed.status == 0
    real.write_bytes((folder / certificate["file_name"]).read_bytes())
    assert run("forecast", str(case / "chain.pem"), "--store", str(real)).status == 0


def test_export_saves_for_a_store_on_class_2_what_the_forecast_names(run: Run, tmp_path: Path) -> None:
    case = STORES / "class-2-alone"
    arguments = (str(case / "chain.pem"), "--store", str(case / "truststore.p12"))
    result = run("certs", "export", *arguments, "--to", str(tmp_path / "x"), "--allow-unpublished", "--format", "json")
    assert result.status == 0
    told = json.loads(result.out)
    compared = json.loads(run("certs", "compare", *arguments, "--format", "json").out)
    foreseen = document(run("forecast", *arguments, "--format", "json"))
    assert told["advice"]["text"] == compared["results"][0]["warning"] == foreseen["stores"][0]["warning"]
    assert "AmazonRootCA1.pem" in {Path(each["path"]).name for each in told["saved"]}


@pytest.mark.parametrize("name", ["email-smtp.us-east-1.amazonaws.com.pem", "AmazonRSA2048M01.pem"])
def test_a_success_is_warned_of_in_the_same_words(run: Run, tmp_path: Path, name: str) -> None:
    capture, log = (str(SAMPLES / "success" / file) for file in ("test-action.pcap", "sw-response-mgmt.log"))
    assert run("certs", "export", capture, "--all", "--allow-unpublished", "--to", str(tmp_path)).status == 0
    store = str(tmp_path / name)
    foreseen = document(run("forecast", capture, "--store", store, "--format", "json"))["stores"][0]
    assert foreseen["verdict"] == "breaks"
    triaged = run("triage", log, capture, "--store", store, "--no-save", "--no-redact")
    assert triaged.status == 0
    assert " ".join(str(foreseen["warning"]).split()) in " ".join(triaged.out.split())


@pytest.mark.parametrize("case", sorted(path.name for path in STORES.iterdir() if path.is_dir()))
def test_every_document_holds_to_the_schema(run: Run, case: str) -> None:
    expected = json.loads((STORES / case / "expected.json").read_text())
    for truth in expected["stores"]:
        for options in ((), ("--leaf-renewed",)):
            document(asked(run, case, "--format", "json", *options, store=truth["path"]))


def test_the_schema_names_the_contract(run: Run) -> None:
    VALIDATOR.check_schema(schema("forecast"))
    tree = document(asked(run, "class-2-alone", "--format", "json"))
    for key in tree:
        assert not VALIDATOR(schema("forecast")).is_valid({k: v for k, v in tree.items() if k != key}), key
    (store,) = tree["stores"]
    for key in store:
        broken = {**tree, "stores": [{k: v for k, v in store.items() if k != key}]}
        assert not VALIDATOR(schema("forecast")).is_valid(broken), key


def test_the_page_has_the_time_ahead_as_a_picture(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "forecast.html"
    assert asked(run, "class-2-alone", "-o", str(file)).status == 1
    page = file.read_text(encoding="utf-8")
    assert page.count("<svg") == 2, "one for wide screens and paper, one for narrow screens"
    assert "The time ahead" in page
    assert "2034-06-28" in page
    assert "<script" not in page


def test_forms_by_suffix_and_in_german(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "forecast.md"
    asked(run, "class-2-alone", "-o", str(file))
    assert file.read_text().startswith("# BREAKS on any day")
    german = asked(run, "class-2-alone", "--lang", "de")
    assert german.status == 1
    assert "BREAKS" not in german.out
    assert not re.search(r"\b(the|mail stops|What is it)\b", german.out)
    page = tmp_path / "forecast.html"
    asked(run, "class-2-alone", "--lang", "de", "-o", str(page))
    assert '<html lang="de">' in page.read_text()
    assert "The time ahead" not in page.read_text()


@pytest.mark.parametrize(
    ("cases", "options", "english", "german", "tone"),
    [
        (
            ("root-1-alone", "empty"),
            (),
            "BROKEN TODAY: Java does not trust the server by 1 of 2 stores",
            "HEUTE GEST",
            "bad",
        ),
        (("class-2-alone", "empty"), (), "BROKEN TODAY: Java does not trust the server by 1 of 2", "HEUTE GEST", "bad"),
        (
            ("class-2-alone", "root-1-alone", "leaf"),
            (),
            "BREAKS: a known change ends the mail that rests on 2 of 3 stores",
            "BRICHT AB: eine bekannte",
            "bad",
        ),
        (("root-1-alone", "five-roots"), (), "SAFE: no known change before 2027-12-01 ends", "SICHER: keine", "good"),
        (
            ("root-1-alone", "empty"),
            ("--leaf-renewed",),
            "WOULD BREAK: Java does not trust the server by 1 of 2 stores",
            "BRÄCHE AB",
            "bad",
        ),
        (
            ("root-1-alone", "five-roots"),
            ("--leaf-renewed",),
            "WOULD WORK: Java trusts the server by each",
            "GINGE",
            "good",
        ),
    ],
)
def test_the_page_of_several_stores_is_headed_by_the_worst(
    run: Run, tmp_path: Path, cases: tuple[str, ...], options: tuple[str, ...], english: str, german: str, tone: str
) -> None:
    file = tmp_path / "forecast.html"
    stores = [found for case in cases for found in sorted((STORES / case).glob("truststore.*"))]
    named = [word for store in stores for word in ("--store", str(store))]
    for language, said in (("en", english), ("de", german)):
        run(
            "forecast",
            str(STORES / "root-1-alone" / "chain.pem"),
            *named,
            *options,
            "--lang",
            language,
            "-o",
            str(file),
        )
        page = file.read_text(encoding="utf-8")
        (headline,) = re.findall(r"<h1[^>]*><span[^>]*>[^<]*</span>([^<]*)</h1>", page)
        assert headline.startswith(said)
        assert f'class="verdict {tone}"' in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a trust store"),
        (("--store", str(STORES / "leaf" / "truststore.p12"), "--without", "Starfeild"), "Starfeild"),
        (("--store", str(STORES / "leaf" / "truststore.p12"), "--horizon", "soon"), "--horizon"),
        (("--store", str(STORES / "leaf" / "truststore.p12"), "--at", "soon"), "--at"),
        ((str(SAMPLES / "success" / "test-action.pcap"),), "no trust store"),
        (
            ("--store", str(STORES / "leaf" / "truststore.p12"), "--chain", str(STORES / "leaf" / "truststore.p12")),
            "no served chain",
        ),
    ],
)
def test_wrong_usage(run: Run, arguments: tuple[str, ...], said: str) -> None:
    result = run("forecast", *arguments)
    assert result.status == 2
    assert said in result.err


def test_names_of_private_hosts_are_hidden(run: Run, tmp_path: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    from pki.certgen import CN, Spec, certificate, ec_key

    host = "relay.corp.example-holdings.net"
    name = ((CN, host),)
    made = x509.load_der_x509_certificate(
        certificate(Spec(name, name, ec_key("r"), ec_key("r"), ca=False, dns=(host,)))
    )
    for file in ("chain.pem", "store.pem"):
        (tmp_path / file).write_bytes(made.public_bytes(Encoding.PEM))
    for form in ("text", "markdown", "html", "json"):
        arguments = ("forecast", str(tmp_path / "chain.pem"), "--store", str(tmp_path / "store.pem"), "--format", form)
        assert "example-holdings" not in run(*arguments).out, form
        assert "example-holdings" in run(*arguments, "--no-redact").out, form
