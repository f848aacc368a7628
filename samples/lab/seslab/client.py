"""Runs the Java client: real JavaMail, logging through logback in one of several layouts."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .stores import QUICK

JAVA_SOURCES = Path(__file__).resolve().parent.parent / "java"
JARS = Path("/usr/share/java")
JAR_NAMES = (
    "javax.mail",
    "javax.activation",
    "logback-classic",
    "logback-core",
    "slf4j-api",
    "jcl-over-slf4j",
    "spring3-core",
    "spring3-beans",
    "spring3-context",
    "spring3-context.support",
    "netty-tcnative",
    "netty-buffer",
    "netty-codec",
    "netty-common",
    "netty-handler",
    "netty-resolver",
    "netty-transport",
)
#: Debian names its library with a hyphen; netty, and the library itself when it loads, want an underscore.
NATIVE_LIBRARY, NATIVE_NAME = "libnetty-tcnative.so", "libnetty_tcnative.so"
NATIVE_FOLDERS = "/usr/lib/*/jni"

#: The layouts of the log. The appliance's own is unknown, so the samples must not share one.
LAYOUTS: Mapping[str, str] = {
    "spring-boot": "%d{yyyy-MM-dd HH:mm:ss.SSS} %5p 7 --- [%15.15t] %-40.40logger{39} : %m%n%ex",
    "classic": "%d{HH:mm:ss.SSS} [%thread] %-5level %logger{36} - %msg%n",
    "log4j": '%d{"yyyy-MM-dd HH:mm:ss,SSS"} %level [%logger{0}] %msg%n',
    "iso-zone": "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{20}: %msg%n",
    "bars": "%d{dd-MMM-yyyy HH:mm:ss.SSS} | %-5level | %thread | %logger{0} | %msg%n",
    "packaging": "%d{yyyy-MM-dd HH:mm:ss.SSS} [%thread] %level %logger - %msg%n%xEx",
    "no-time": "%-5level %logger{0}: %msg%n",
    # The fields of logstash-logback-encoder, by JsonLayout.java.
    "json": "",
}


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Everything a run of the client needs.

    ``properties`` are those of Probe.java. ``hosts`` maps names to addresses through the JVM's hosts file; None
    leaves resolving to the system. ``resolver`` names a DNS server that the run sees as its only one. ``clock_ahead``
    is what the run's clock is ahead of the machine's.
    """

    properties: Mapping[str, str]
    layout: str
    package: str = "lab.probe"
    class_name: str = "Probe"
    hosts: Mapping[str, str] | None = field(default_factory=dict)
    resolver: str | None = None
    zone: str = "UTC"
    jvm_options: tuple[str, ...] = ()
    security_overrides: Mapping[str, str] = field(default_factory=dict)
    clock_ahead: dt.timedelta = dt.timedelta()


@dataclass(frozen=True, slots=True)
class ClientRun:
    """What the client printed: each physical line with the UTC time at which it was read."""

    lines: tuple[tuple[dt.datetime, bytes], ...]

    @property
    def log(self) -> bytes:
        """All of it, as printed."""
        return b"".join(line for _, line in self.lines)


def _class_path() -> str:
    return ":".join(str(JARS / f"{jar}.jar") for jar in JAR_NAMES)


def compile_client(package: str, class_name: str, work: Path) -> Path:
    """Compiles the client under another package and class name; returns the folder of classes.

    `SESLAB_CLASSES` names a folder in which classes are kept for later runs.
    """
    kept = Path(os.environ.get("SESLAB_CLASSES") or work)
    target = kept / f"classes-{package}.{class_name}"
    if target.exists():
        return target
    sources = kept / f"java-{package}.{class_name}"
    sources.mkdir()
    for source in JAVA_SOURCES.glob("*.java"):
        text = source.read_text().replace("package lab.probe;", f"package {package};")
        text = re.sub(r"\bProbe\b", class_name, text)
        stem = class_name if source.stem == "Probe" else source.stem
        (sources / f"{stem}.java").write_text(text)
    command = ["javac", *QUICK, "-g", "-d", str(target), "-cp", _class_path()]
    subprocess.run(command + [str(p) for p in sorted(sources.glob("*.java"))], check=True)
    return target


def _logback(settings: ClientSettings) -> str:
    if settings.layout == "json":
        inner = (
            '<encoder class="ch.qos.logback.core.encoder.LayoutWrappingEncoder">'
            f'<layout class="{settings.package}.JsonLayout"/></encoder>'
        )
    else:
        inner = f"<encoder><pattern>{LAYOUTS[settings.layout]}</pattern></encoder>"
    return (
        '<configuration><statusListener class="ch.qos.logback.core.status.NopStatusListener"/>'
        f'<appender name="out" class="ch.qos.logback.core.ConsoleAppender">{inner}</appender>'
        '<logger name="io.netty" level="OFF"/>'
        '<root level="INFO"><appender-ref ref="out"/></root></configuration>'
    )


def _properties(values: Mapping[str, str]) -> str:
    """A Java properties file; values are ASCII here, only backslash and newline need care."""
    lines = []
    for key, value in values.items():
        escaped = value.replace("\\", "\\\\").replace("\n", "\\n")
        lines.append(f"{key}={escaped}\n")
    return "".join(lines)


def _native_folder(work: Path) -> Path:
    folder = work / "native"
    if not folder.exists():
        folder.mkdir()
        source = next(Path("/").glob(f"{NATIVE_FOLDERS[1:]}/{NATIVE_LIBRARY}"))
        shutil.copyfile(source, folder / NATIVE_NAME)
    return folder


def _command(settings: ClientSettings, work: Path) -> list[str]:
    classes = compile_client(settings.package, settings.class_name, work)
    run = Path(tempfile.mkdtemp(dir=work))
    (run / "logback.xml").write_text(_logback(settings))
    (run / "client.properties").write_text(_properties(settings.properties))
    # the quick compiler and a small heap: each run ends after seconds
    command = [
        "java",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        f"-Duser.timezone={settings.zone}",
        "-Duser.language=en",
        "-Duser.country=US",
    ]
    command.append(f"-Djava.library.path={_native_folder(work)}")
    if settings.hosts is not None:
        hosts = run / "hosts"
        hosts.write_text("".join(f"{address} {host}\n" for host, address in settings.hosts.items()))
        command.append(f"-Djdk.net.hosts.file={hosts}")
    if settings.security_overrides:
        (run / "java.security").write_text(_properties(settings.security_overrides))
        command.append(f"-Djava.security.properties={run / 'java.security'}")
    command += settings.jvm_options
    command += ["-cp", f"{run}:{classes}:{_class_path()}"]
    command += [f"{settings.package}.{settings.class_name}", str(run / "client.properties")]
    if settings.clock_ahead:
        command = ["faketime", "-m", "-f", f"{settings.clock_ahead.total_seconds():+.0f}s", *command]
    return _with_resolver(command, settings.resolver, run)


def _with_resolver(command: list[str], resolver: str | None, run: Path) -> list[str]:
    """Gives the run a resolv.conf of its own in a private mount namespace; the machine's stays as it is."""
    if resolver is None:
        return command
    (run / "resolv.conf").write_text(f"nameserver {resolver}\noptions timeout:2 attempts:1\n")
    script = f'mount --bind "{run / "resolv.conf"}" /etc/resolv.conf && exec "$@"'
    return ["unshare", "-m", "sh", "-c", script, "sh", *command]


def run_client(settings: ClientSettings, work: Path) -> ClientRun:
    """Runs the client to its end. Raises RuntimeError when it crashes or prints to stderr."""
    command = _command(settings, work)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    lines = tuple((dt.datetime.now(dt.UTC), line) for line in process.stdout)
    complaint = process.stderr.read().decode("utf-8", "replace")
    if process.wait() != 0 or complaint:
        raise RuntimeError(f"client ended with {process.returncode}: {complaint}")
    return ClientRun(lines)


def check_tools() -> list[str]:
    """The names of tools and jars that are missing."""
    tools = [
        t for t in ("java", "javac", "keytool", "tcpdump", "editcap", "faketime", "unshare") if shutil.which(t) is None
    ]
    return tools + [f"{jar}.jar" for jar in JAR_NAMES if not (JARS / f"{jar}.jar").exists()]
