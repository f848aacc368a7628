"""What a Manager would meet at a server that was probed.

`points` (all of them, in order), `way` (name, connection, STARTTLS), `ask` (what the rules of a triage say of it).
"""
