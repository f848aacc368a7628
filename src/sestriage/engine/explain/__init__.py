"""What a rule or a text means, without a case.

`rule` (the name of a rule), `text` (an alias, a reply, an exception, an excerpt of a log, which `excerpt` judges),
`ambiguous` (a word that several rules share), `wrappers`, `search`, `hand_made` (a pasted run of openssl),
 `fill` (a rule's words with values of evidence), `last` (the last triage,
kept for `explain --last`).
"""
