"""Files that are no lines one after the other: exports of collectors as one document, or with the newest line first."""
