"""Certificate paths as Java decides them, and the explanation of a gap."""
