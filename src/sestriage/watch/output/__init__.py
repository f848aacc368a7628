"""The forms of the report about a run.

`deliver` (each report once), `text`, `document` (JSON), `history`, `plugin` (Nagios, Icinga, Checkmk), `prometheus`.
"""
