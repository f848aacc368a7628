"""`sestriage forecast` for people: `blocks` (the answer, on what mail rests, what changes, what to import).

The page is `report/html/forecast.py`, the document `report/json/forecast.py`.
"""
