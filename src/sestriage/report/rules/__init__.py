"""What the author of a rule is told: `junit` (results of examples, for a build server).

`facts` (which facts a rule could match), `why` (why a rule did or did not hold).
"""
