"""`python -m sestriage`."""

from sestriage.cli.main import main

main()
