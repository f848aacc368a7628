"""How far a verdict may be trusted, measured over the samples and every subset of their evidence.

`python -m calibration` (with `src` and `tests` on the path) prints the tables of docs/calibration.md.

    evidence.py   a sample, its pieces of evidence, and the subsets of them
    truth.py      what is true of a sample, from what the lab configured, and how a report is held against it
    quotes.py     whether a quoted line stands at the place that is cited
    answers.py    what somebody hands in who does what a `needs` line asks for
    shift.py      a capture moved in time
    measure.py    the runs
    tables.py     the figures, and what they must be
"""
