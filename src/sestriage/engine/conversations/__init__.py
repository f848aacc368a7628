"""Conversations of attempts beyond a single capture.

`points` (one that several points of its way captured), `notes` (what is said of captures), `traces` (handshakes that
the JVM traced into a log).
"""
