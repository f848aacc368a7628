"""Which certificates of a store are anchors: our answer held against the JDK's trust manager."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import slices
from formats.certs.keystores import PASSWORD, jks, keytool, keytool_key, made_certificates, openssl, pem
from formats.certs.test_pkcs12 import GENERATIONS, bag, clear
from pki.probe import classes
from sestriage.formats.certs.stores import read_store
from sestriage.model.source import SourceRef
from support import need_tool

ONE, TWO, THREE = made_certificates(3)
BOTH = {"one": ONE, "two": TWO}


def with_key(path: Path, kind: str) -> bytes:
    keytool_key(path, kind)
    return keytool(path, kind, {"one": ONE})


def by_openssl(path: Path, *options: str, key: bool = False) -> bytes:
    folder = path.parent
    (folder / "two.pem").write_bytes(pem([ONE, TWO]))
    source = ["-nokeys", "-in", "two.pem"]
    if key:
        certificate = openssl(
            folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", "key.pem"
        )
        (folder / "cert.pem").write_bytes(certificate)
        source = ["-inkey", "key.pem", "-in", "cert.pem", "-certfile", "two.pem"]
    return openssl(folder, "pkcs12", "-export", *source, *options, "-passout", f"pass:{PASSWORD}")


MAKERS: dict[str, Callable[[Path], bytes]] = {
    "jks": lambda path: keytool(path, "JKS", BOTH),
    "jceks": lambda path: keytool(path, "JCEKS", BOTH),
    "jks with a key": lambda path: with_key(path, "JKS"),
    "pkcs12 with a key": lambda path: with_key(path, "PKCS12"),
    "openssl": by_openssl,
    "openssl, legacy": lambda path: by_openssl(path, "-legacy"),
    "openssl with names": lambda path: by_openssl(path, "-caname", "a", "-caname", "b"),
    "openssl with a key": lambda path: by_openssl(path, key=True),
    "openssl with a named key": lambda path: by_openssl(path, "-name", "mine", key=True),
    "made: one alias twice": lambda path: clear(bag(ONE, "a", True), bag(TWO, "A", True)),
    "made: no alias": lambda path: clear(bag(ONE, None, True), bag(TWO, None, True), bag(THREE, "x")),
    "made: jks, aliases in capitals": lambda path: jks({"One": ONE, "oNE": TWO, "three": THREE}),
    "made: jceks, aliases in capitals": lambda path: jks({"One": ONE, "two": TWO}, magic=b"\xce\xce\xce\xce"),
    "made: version 1": lambda path: jks(BOTH, version=1),
    "made: empty": lambda path: jks({}),
    **{
        f"keytool: {name}": lambda path, options=options: keytool(path, "PKCS12", BOTH, *options)  # type: ignore[misc]
        for name, options in GENERATIONS.items()
    },
}


def test_the_same_anchors_as_java(tmp_path: Path) -> None:
    lines, ours = [], []
    tried = {name: MAKERS[name] for name in slices.part(list(MAKERS), 3)} | {"openssl": by_openssl}
    for number, make in enumerate(tried.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        data = make(folder / "store")
        (folder / "final").write_bytes(data)
        lines.append(f"{folder / 'final'}\t{PASSWORD}")
        store = read_store(data, SourceRef("store"), [PASSWORD])
        ours.append(",".join(sorted(each.sha256 for each in store.anchors)))
    (tmp_path / "list").write_text("\n".join(lines) + "\n", encoding="utf-8")
    java = need_tool("java", "default-jdk-headless")
    command = [java, "-XX:TieredStopAtLevel=1", "-cp", classes(), "StoreProbe", str(tmp_path / "list")]
    theirs = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert len(theirs) == len(tried)
    shown = zip(tried, theirs, ours, strict=True)
    differing = {name: (java_says, we_say) for name, java_says, we_say in shown if java_says != we_say}
    assert differing == {}
    assert dict(zip(tried, theirs, strict=True))["openssl"] == "", "what openssl writes is invisible to Java"
