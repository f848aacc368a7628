"""Facts, findings and reports as frozen dataclasses. Imports nothing but the standard library.

Ground: `vocabulary` (closed words), `source` (where a fact comes from), `phase` (the ladder), `message` (a sentence
with its values); the room `known` (what is known of the world without any evidence). Facts: `log`, `capture`,
`transcript`, `trust`, `config`, `mail`, `probe`; `facts` and `kinds` (the base that rules are evaluated over);
`fault` and `effort` (what went wrong or took too long). Commands: `command`, `shellwords`. Results: `verdict` (a
triage), `explanation`, `certs`, `inspection`, `settingsreport`, the rooms `forecast` and `fleet`, `guide`,
`reference`, `scope`; the rooms `judged` (of `rules facts` and `rules why`), `document` (what is printed as JSON) and
`compared` (two reports held against each other).
"""
