"""More than one report: `cases` (several cases at a glance), `compare` (two reports held against each other), `fleet`
(the cases of a whole fleet)."""
