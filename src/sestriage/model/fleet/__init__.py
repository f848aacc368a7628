"""A fleet of bundles: `report` (what its report shows)."""
