"""Reports held against each other: `snapshot` (what of a report is compared), `comparison` (what came of it)."""
