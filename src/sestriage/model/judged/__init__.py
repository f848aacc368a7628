"""What the author of a rule asks about a case: `answers` (which facts it holds, why a rule holds or does not)."""
