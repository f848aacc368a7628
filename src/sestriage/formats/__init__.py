"""Sans-io parsers: bytes in, facts out.

Rooms: `certs` (certificates and key stores), `tls` (records, handshake, keys), `smtp` (the dialogue on the wire),
`capture` (pcap and pcapng, built on `tls` and `smtp`), `log` (logs of the appliance), `transcript` (what engineers
paste). Small ones: `mail_headers`, `message_id` (of SES), `smtp_settings` (the SMTP form),
`settings_values` (its values), `smtp_password`,
`tls_ciphers` (the Manager's list); `facts` (facts as JSON); `guard` (faults of ours in any reader
become findings).
"""
