"""Rules: schema, condition grammar, three-valued evaluation, templates, loader, lint."""
