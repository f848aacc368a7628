"""The texts of rules.

`templates` (texts with `placeholders`), `command_text` (shell text with values), `cite` with `cite_facts` (facts as
evidence), `overlays` (in another language), `rule_summary` (a rule in words, without compiling it).
"""
