"""Following a growing, rotating log."""
