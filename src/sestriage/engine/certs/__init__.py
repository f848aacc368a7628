"""Served chains against trust stores.

`read` (captures, runs, files), `served` (which chains were served), `compare` (each chain against each store, and what
to import), `public_roots` (the roots of this machine's bundles), `export` (the certificates as files), `forecast`
(which known change ends mail that works today).
"""
