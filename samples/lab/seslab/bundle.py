"""The bundle: a whole .tar.gz laid out like an appliance, with rotated logs and other services' PKIX errors."""

from __future__ import annotations

import gzip
import shutil
import tarfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from . import cases_net, cases_tls, cases_trust, pki, stores
from .client import ClientRun, ClientSettings
from .expected import Expected
from .model import GATEWAY, NOBODY, SES_HOST, Case, Store
from .pki import Hierarchy
from .runner import describe, run_case
from .server import Endpoint, Tls
from .settings import chatter, jvm_trust
from .voices import HARBOR

ZONE = "America/New_York"
CONTAINERS = "lancope/var/logs/containers"
FEED_HOST, ISE_HOST = "lancope.flexnetoperations.com", "ise.example.com"


def _refused(ca: Hierarchy) -> Case:
    def client(_: Mapping[str, str]) -> ClientSettings:
        return HARBOR.client(587, "starttls", hosts={SES_HOST: NOBODY}, zone=ZONE)

    return replace(cases_net.refused(ca), client=client, capture=None)


def _root_missing(ca: Hierarchy) -> Case:
    def client(stores_of_run: Mapping[str, str]) -> ClientSettings:
        return HARBOR.client(587, "starttls", zone=ZONE, jvm_options=jvm_trust(stores_of_run["manager"]))

    return replace(cases_trust.pkix_root_missing(ca), client=client, capture=None)


def _other_service(
    ca: Hierarchy, host: str, served: pki.Served, layout: str, names: tuple[str, str], texts: Mapping[str, str]
) -> Case:
    """A service that fetches by HTTPS from a host whose CA it does not know; ``names`` are package and class."""

    def client(paths: Mapping[str, str]) -> ClientSettings:
        properties = {
            "lab.sender": "https",
            "lab.url": f"https://{host}/control/lncp/LancopeDownload",
            "lab.logger": ".".join(names),
            "lab.thread": "main",
            **texts,
        }
        return ClientSettings(
            properties,
            layout,
            package=names[0],
            class_name=names[1],
            hosts={host: GATEWAY},
            zone=ZONE,
            jvm_options=jvm_trust(paths["manager"]),
        )

    return Case(
        client=client,
        expected=cases_trust.pkix_root_missing(ca).expected,
        endpoints=(Endpoint(GATEWAY, 443, Tls(served), wrapper=True),),
        store=Store("PKCS12", {"amazon-root-ca-1": ca.a1_root}),
    )


def _threat_feed(ca: Hierarchy) -> Case:
    texts = {
        "lab.say.start": f"Performing request to Threat Feed Host 'https://{FEED_HOST}/control/lncp/LancopeDownload'"
        " without proxy.",
        "lab.say.failure": "Getting Threat Feed update failed with exception.",
    } | chatter({0: ["INFO|com.ridge.core.FlowCollectorMonitor|1 flow collector connected"]})
    names = ("com.ridge.core.slic", "SlicFeedGetter")
    return _other_service(ca, FEED_HOST, ca.inspected(FEED_HOST), "log4j", names, texts)


def _central_management(ca: Hierarchy) -> Case:
    texts = {
        "lab.say.start": "Checking the connection to the identity service",
        "lab.say.failure": "Identity service is not reachable",
        "lab.failure.style": "both",
    } | chatter({0: ["INFO|com.ridge.cm.TrustStoreService|Trust store pushed to 1 appliance, 3 entries"]})
    names = ("com.ridge.cm.identity", "IdentityCheck")
    return _other_service(ca, ISE_HOST, ca.self_signed(ISE_HOST), "iso-zone", names, texts)


def current(ca: Hierarchy) -> Case:
    """The newest run."""
    case = cases_tls.dh_openssl(ca)
    entries = {
        "AmazonRootCA1": ca.a1_root,
        "StarfieldServicesRootCertificateAuthority-G2": ca.g2_root,
        "ExampleHoldingsRootCA": ca.company_root,
    }
    return replace(case, store=Store("PEM", entries))


def _expected(case: Case, settings: ClientSettings) -> Expected:
    base = describe(case, settings)
    return replace(
        base,
        title="A whole bundle: refused, then root missing (both rotated away), then the DH key; two other services "
        "with PKIX errors of their own",
        configured={
            **base.configured,
            "bundle": "bundle.tar.gz",
            "sw-response-mgmt.log.2.gz": "oldest run: connection-refused",
            "sw-response-mgmt.log.1": "then: ca-missing-from-trust-store",
            "sw-response-mgmt.log": "newest run: dh-key-too-small",
            "smc-core.log": "threat feed (SlicFeedGetter), PKIX, to be left alone",
            "svc-central-management.log": "identity service, PKIX, to be left alone",
        },
        hand_made=(
            "the folder layout and the names of the files (after public documents; the place of the trust store and "
            "of the capture is invented)",
            "rotation: each rotated log is one run of the client, compressed by the lab",
            "tls-ciphers: a list in the form of the appliance's, not the appliance's own",
        ),
    )


def _run(case: Case, work: Path, capture: Path) -> tuple[ClientSettings, ClientRun]:
    time.sleep(1.5)  # the runs must not share a second
    return run_case(case, capture, work)


def build_bundle(ca: Hierarchy, folder: Path, work: Path) -> None:
    """Rebuilds ``folder`` with bundle.tar.gz and expected.json."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tree = work / "bundle"
    containers, core = tree / CONTAINERS, tree / "lancope/var/smc/log"
    captures, security = tree / "lancope/var/tcpdump", tree / "lancope/services/swos-compliance/security"
    for path in (containers, core, captures, security):
        path.mkdir(parents=True)
    unused = work / "unused.pcap"
    _, oldest = _run(_refused(ca), work, unused)
    (containers / "sw-response-mgmt.log.2.gz").write_bytes(gzip.compress(oldest.log, mtime=0))
    _, middle = _run(_root_missing(ca), work, unused)
    (containers / "sw-response-mgmt.log.1").write_bytes(middle.log)
    case = current(ca)
    settings, newest = _run(case, work, captures / "test-action.pcap")
    (containers / "sw-response-mgmt.log").write_bytes(newest.log)
    # The other services fail last, so that a reader who goes by time alone blames them.
    _, feed = _run(_threat_feed(ca), work, unused)
    (core / "smc-core.log").write_bytes(feed.log)
    _, central = _run(_central_management(ca), work, unused)
    (containers / "svc-central-management.log").write_bytes(central.log)
    (security / "tls-ciphers").write_text(case.tls_ciphers or "")
    assert case.store is not None
    stores.pem_folder(tree / "lancope/services/trust-store", case.store.entries)
    _pack(tree, folder / "bundle.tar.gz")
    (folder / "expected.json").write_text(_expected(case, settings).to_json())


def _pack(tree: Path, target: Path) -> None:
    def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        return member

    with tarfile.open(target, "w:gz") as archive:
        archive.add(tree / "lancope", "lancope", filter=anonymous)
