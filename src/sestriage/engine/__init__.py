"""The way of a triage, from sources to a verdict, in this order.

`triage` is the whole way. Evidence comes in through `reading`. What counts: `shown` (events that show that they are of
mail). Ordering: `duplicates` (each event once), `clock` (what time stamps are off), `order` (all events in one row).
Joining: `attempts` (events to attempts), `tries` (of one Test Action), `join` (conversations to attempts),
`same_session` (what only one session has, whatever the clocks say), `managers` (each a case of its own),
`stream_phase` (where a conversation broke). Deciding: `facts` (what rules are held against), `decide` and `ranking`
(the cause), `proven` (what works, on which ground), `other_clients`, `hand_made` and `message_ids` (what openssl, the
probe and mails add), `unsure` (lines that may report mail and do not count), `lasting` (trust that works and
will not last), the room `remarks` (contradictions, notes, what will bite next), `needs` (which evidence is missing),
`alternatives` (other readings, and what would settle them).

Room `conversations`: captures of several files and points, traces of the JVM. Room `compare`: two reports of one case.
Room `casefile`: a case in one file for a specialist.

Beside it: `explain` (what a text or a rule means), `certs`, `probe` (what a Manager would meet at a server), `mail` (a
delivered mail), `settings`, `guide`, `inspect`, `authoring` (a case as the rules see it).
"""
