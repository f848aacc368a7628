"""Record what `-Djavax.net.debug` prints of real handshakes with `openssl s_server` on loopback.

    python tests/formats/transcript/record_jsse.py tests/formats/transcript/jsse JAVA [JAVA…]

OpenJDK 17.0.15 and Temurin 25 recorded the files in the folder but `free-form-8.txt`, which is written after Oracle's
guide "Debugging SSL/TLS Connections" and public reports: no JDK of that age was at hand. Records that say nothing of
the handshake (extensions that were passed over, key limits, raw bytes) are left out of the files.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HOST = "email-smtp.us-east-1.amazonaws.com"
CLIENT = """
import javax.net.ssl.*;
import java.net.Socket;
public class Hand {
  public static void main(String[] a) throws Exception {
    Thread t = new Thread(() -> {
      try {
        Socket plain = new Socket("127.0.0.1", Integer.parseInt(a[0]));
        SSLSocketFactory made = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket s = (SSLSocket) made.createSocket(plain, a[1], Integer.parseInt(a[0]), true);
        if (a.length > 2) s.setEnabledProtocols(a[2].split(","));
        s.startHandshake();
        System.err.println("OK " + s.getSession().getCipherSuite());
        s.close();
      } catch (Exception e) {
        System.err.println("javax.mail.MessagingException: Could not convert socket to TLS;");
        e.printStackTrace();
      }
    }, "action-executor-1");
    t.start(); t.join();
  }
}
"""
DROPPED = re.compile(
    r"Ignore[ ,]|Consumed extension|keyLimits|System property|Raw (read|write)|Plaintext (before|after)"
    r"|Padded plaintext"
)
DHE = ["-tls1_2", "-cipher", "DHE-RSA-AES256-GCM-SHA384:@SECLEVEL=0", "-dhparam", "dh.pem"]
RUNS = {
    "dh-too-small": (DHE, "t.p12", ["TLSv1.2"]),
    "chain-refused": (["-tls1_2"], "other.p12", ["TLSv1.2"]),
    "protocol-version": (["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], "t.p12", []),
    "finished": (["-tls1_2"], "t.p12", ["TLSv1.2"]),
    "finished-tls13": ([], "t.p12", []),
}


def sh(work: Path, command: str) -> None:
    subprocess.run(command, shell=True, cwd=work, check=True, capture_output=True, timeout=300)


def prepare(work: Path) -> None:
    (work / "Hand.java").write_text(CLIENT)
    (work / "ext").write_text(f"subjectAltName=DNS:{HOST}\n")
    (work / "weak.properties").write_text("jdk.tls.disabledAlgorithms=SSLv3, DH keySize < 2048\n")
    store = "-storepass changeit"
    for command in (
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 3650"
        " -subj '/C=DE/O=Lab/CN=Lab Root'",
        f"openssl req -newkey rsa:2048 -nodes -keyout s.key -out s.csr -subj /CN={HOST}",
        "openssl x509 -req -in s.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 365 -out s.pem -extfile ext",
        "openssl dhparam -out dh.pem 1024",
        f"keytool -importcert -noprompt -file ca.pem -alias lab -keystore t.p12 {store}",
        f"keytool -genkeypair -alias o -keyalg RSA -dname CN=Other -keystore o.p12 {store}",
        f"keytool -exportcert -alias o -keystore o.p12 {store} -file o.der",
        f"keytool -importcert -noprompt -file o.der -alias o -keystore other.p12 {store}",
        "javac --release 17 Hand.java",
    ):
        sh(work, command)


def kept(text: str) -> str:
    lines: list[str] = []
    dropping = False
    for line in text.splitlines(keepends=True):
        if not line.startswith(("  ", '"', ")", "}")):
            dropping = line.startswith("javax.net.ssl|") and DROPPED.search(line.split("|", 6)[6]) is not None
        if not dropping:
            lines.append(line)
    return "".join(lines)


def record(folder: Path, java: str, work: Path, port: int) -> None:
    release = subprocess.run([java, "-version"], capture_output=True, text=True, check=True, timeout=60).stderr
    number = re.search(r'version "(\d+)', release)
    for name, (options, store, protocols) in RUNS.items():
        port += 1
        server = ["openssl", "s_server", "-accept", str(port), "-cert", "s.pem", "-key", "s.key", "-quiet"]
        with subprocess.Popen(
            [*server, "-cert_chain", "ca.pem", *options], cwd=work, stdout=subprocess.DEVNULL
        ) as serving:
            time.sleep(1)
            trust = [f"-Djavax.net.ssl.trustStore={store}", "-Djavax.net.ssl.trustStorePassword=changeit"]
            weak = ["-Djava.security.properties=weak.properties"] if name == "dh-too-small" else []
            debug = "-Djavax.net.debug=ssl:handshake:trustmanager"
            client = [java, "-cp", ".", debug, *trust, *weak, "Hand", str(port), HOST, *protocols]
            done = subprocess.run(client, cwd=work, capture_output=True, text=True, timeout=60, check=False)
            serving.kill()
        (folder / f"{name}-{number[1] if number else '0'}.txt").write_text(kept(done.stderr))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        prepare(Path(place))
        for index, each in enumerate(sys.argv[2:]):
            record(Path(sys.argv[1]), each, Path(place), 5400 + 20 * index)
