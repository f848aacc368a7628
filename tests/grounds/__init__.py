"""Every claim of a report has its ground in the text or the facts that were handed in.

oracle.py        what a text can show: written from the protocol, and sharing nothing with the code under test
claims.py        what a report claims: proven and failed steps, server, ports, regions, sizes
test_texts.py    every example of every rule that is a text, by triage and by explain
test_tables.py   every example of every rule that is a table of facts
test_samples.py  every sample, by every kind of its evidence
test_oracle.py   that the oracle finds false claims
"""
