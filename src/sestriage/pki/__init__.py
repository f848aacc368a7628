"""Certification paths as Java and OpenSSL decide them, and what to say when there is none."""
