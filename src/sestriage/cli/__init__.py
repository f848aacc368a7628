"""The commands: one file a command, and what they share.

Beginning: `entry` (what the shell starts), `main` (finds the command, turns errors into a sentence and a status),
`groups` (commands by name, and which one was meant).
Commands: `triage`, `compare`, `explain`, `inspect`, `certs`, `forecast`, `probe`, `mail`, `settings`, `guide`,
`credentials`, `redact`, the room `fleet`, `rules` with `rulecase`, `schema`, `self_test`, and for watching `check`,
`history`, `config`. Shared: `options`, `times`, `limits` and `evidence` (options), the room `saving` (files that are
written, case files, saved reports, pseudonyms), `secretinput` (secrets from files and prompts), `progress` (a bar),
`output` (how results are written), `drawing` (blocks in the form that was asked for), `pager`, `version`, `status`
(exit statuses), `language` with `click_words` (help and errors in the user's language).
"""
