"""The only door for files: folders, archives, standard input."""
