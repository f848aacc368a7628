"""The JSON documents that the commands print: their keys, types and descriptions, declared once.

The renderers build these classes (mypy holds them to that), `schemas` derives the published JSON schemas from them,
and docs/json-fields.md lists them. Values: `words`. Parts of several documents: `parts`, `capture`, `trust`. Documents:
`triage`, `several` (compare, summary), `explain`, `inspect`, `certs`, `forecast`, `fleet`, `settings`, `mail`, `probe`,
`watch`, `rules`.
"""
