"""The page: one self-contained HTML file to be attached to a case (`triage --format html`).

`page` makes it (what stands on it, in which order, and the security policy), `page_words` are its own words, `prose`
takes sentences and commands apart for the template, `grounds` links sentences and the evidence that they rest on.
Pictures are data (`picture`) that the template draws as SVG: `steps` (the ladder of the steps), `sequence` (the
deciding conversation), `chain` (served certificates beside the store), `timeline` (the attempts). The page of a
forecast: `forecast`, with `until` (the time ahead); of a fleet: `fleet`; of any other report: `report`. The templates
escape everything; nothing is ever marked as safe.
"""
