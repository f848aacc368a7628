"""A lab that makes real evidence: JavaMail against a scripted SMTP server over OpenSSL, captured on loopback.

Nothing here imports sestriage: what a case is expected to be is written from what was configured.
"""
