"""Sans-io parsers: bytes in, facts out."""
