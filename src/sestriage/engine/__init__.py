"""From sources to a verdict: collect, correlate, decide."""
