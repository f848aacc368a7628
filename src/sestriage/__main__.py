"""`python -m sestriage`."""

from sestriage.cli.entry import main

main()
