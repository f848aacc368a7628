"""Facts, findings and reports as frozen dataclasses. Imports nothing but the standard library."""
