"""The tools of a rule's author.

`new_rule` (one to start from), `lint` with `lint_aliases`, `lint_references`,
`lint_readings`, `lint_needs`, `lint_scope`, `lint_template`, `lint_overlays` and `linted` (faults with
their place), `examples` with `example_facts` and `replay` (the examples, replayed), `catalogue` (`rules/README.md`),
`compile` (the quick form).
"""
