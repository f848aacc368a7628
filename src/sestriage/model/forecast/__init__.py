"""The forecast: `events` (the known changes of the CA world), `result` (what follows from them for a store)."""
