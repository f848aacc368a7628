"""The forms in which secrets stand in texts.

Modules: `words` (the words for a secret, and values that are none), `windows` (the lines in which a word stands),
`gate` (which words stand anywhere), `rows` (tables of forms),
`pairs` and `keyed` (values of keys), `shapes` (published tokens), `clients` (options of programs, files, queries),
`devices` (configurations of network devices), `kubernetes` (its objects), `spoken` (sentences), `columns`
(tables), `dialogues` (answers to login prompts), `keys` (private keys line by line), `tls_secrets` (secrets of
sessions), `prefixed` (all these behind the prefixes of a log), `random_looking` (what is left), `decoding`
(base64).
"""
