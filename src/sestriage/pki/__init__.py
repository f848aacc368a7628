"""Certification paths as Java and OpenSSL decide them, and what to say when there is none.

`signature`, `names`, `keyids`, `constraints`, `algorithms` (one certificate against another), `graph` (who issued
whom), `java` and `openssl` (their decisions), `path` (one chain, one store, one moment), `keytool_listing` (a store of
which only a listing is known), `hostname`, `reliance` (each key in a store that alone completes a path), `lasting`
(whether a store will go on to trust a chain); and what to say: `explain`, `tree`, `published` (Amazon's authorities),
`export` (what to import).
"""
