"""The condition language.

`conditions` (what a parsed one is made of), `grammar` (text to it), `types` and `type_check` (are the fields right?),
`regex_guard` (patterns that cannot run away), `evaluate` (its three-valued meaning), `answers` (what became of each
part), `memo` (attempts that no rule can tell apart).
"""
