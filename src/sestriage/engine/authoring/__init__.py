"""What the author of a rule asks about a case, in this order.

`attempt` (the attempt, with the facts that the rules were held against), `facts` (these facts, listed), `why` (a rule
held against them, condition by condition).
"""
