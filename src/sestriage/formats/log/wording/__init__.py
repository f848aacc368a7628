"""What the words of an event say.

`text` (normalised for matching), `other_languages` (messages of the system in them), `word_sets` (words looked for
quickly), `classnames`, `smtp_reply`, `openssl_error`, `python_trace` and `ruby_trace` (where Python and Ruby were),
`named_step` (the command that a client names), `postfix` (its deliveries), `programs` (whose line it is),
`facts_in_text` (host, port, region, identities), `phases` (where on the ladder), `vocabulary` (words, as data), `forms`
(who, verb and object, as data), `sentences` (what a sentence says by them), `outcome` (is it about mail, and what
became of it).
"""
