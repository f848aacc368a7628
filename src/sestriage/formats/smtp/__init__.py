"""SMTP on the wire.

`lines` (one direction: bytes to commands or replies), `dialogue` (commands with the replies that answer them).
"""
