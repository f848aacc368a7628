"""A lab that makes real evidence: real JavaMail against a scripted SMTP server over a real OpenSSL, captured on loopback.

Nothing here imports sestriage: what a case is expected to be is written from what was configured.
"""
