"""Certificates and the stores that hold them: bytes in, facts out.

`der` and `pem` (encodings), `x509` with `x509_names` and `x509_algorithms` (certificates), `jks` (Java's stores),
`pkcs12` with `pkcs12_crypto` and `rc2`, `derivation` (the budget of key derivation), `stores` (the one door: any store,
recognised by content).
"""
