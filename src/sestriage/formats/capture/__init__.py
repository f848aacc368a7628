"""Packet captures (pcap, pcapng, gzipped or not): what was said over SMTP and TLS, and how the connections ended."""

from sestriage.formats.capture.keylog import looks_like_keylog
from sestriage.formats.capture.read import looks_like_capture, read_capture

__all__ = ["looks_like_capture", "looks_like_keylog", "read_capture"]
