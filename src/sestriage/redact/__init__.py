"""Detectors for secrets and private data, and consistent pseudonyms."""
