"""Facts of the world that need no evidence; each table with its ground and date.

`ses` with `ses_names` and `ports` (Amazon SES), `servers` (who a mail server is), `published` (roots of public CAs),
`inspection` (products that open TLS), `proxy` (proxies in front of a mail server), `appliance` (places on the Manager),
`address` and `hostnames` (what a mail address and a host name are), `base64_reply` (words in base64 inside a reply),
`own_words` (a text without names that somebody else chose), `spelling` (the nearest of known names), `programs` (what
a command does), `relays` (what other mail programs call their settings).
"""
