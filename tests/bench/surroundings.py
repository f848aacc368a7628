"""What the measured programs must find: Python as its users have it."""

from __future__ import annotations

import os

HINDERED = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
"""With the first of these each run compiles every module anew, which takes longer than most of the runs do."""


def as_users_have_it() -> None:
    """Takes from the environment what makes Python slower, or another one than a user's; before anything is run."""
    for name in HINDERED:
        os.environ.pop(name, None)
