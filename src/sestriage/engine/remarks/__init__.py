"""What is said beside the cause: `notes` (notes and contradictions of a verdict), `against` (what speaks against a
failure), `second_faults` (what will bite next)."""
