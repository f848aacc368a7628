"""The German of the code, by the English text that the code says.

`engine`, `rules`, `report` give a room its speaker, out of `engine_de`, `rules_de`, `report_de`; `words_de` and
`explain_words_de` are the German of the reports' tables. Texts of rules are translated beside the rules.
"""
