"""Starts sestriage from its own tree: `boot.py FORM COMMAND [ARGUMENT...]`.

FORM says what the tree came in (`tree`, `run`), COMMAND what the user started, which crontabs and units are to name.
"""

import os
import sys

root = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib is slow to import
sys.dont_write_bytecode = True
sys.path.append(os.path.join(root, "site"))  # noqa: PTH118
form, command = sys.argv[1:3]
sys.argv[:3] = [os.path.abspath(command)]  # noqa: PTH100

from sestriage import delivery  # noqa: E402 - the path is known now

delivery.started(root, "run" if form == "run" else "tree", sys.argv[0])

from sestriage.cli.entry import main  # noqa: E402

main()
