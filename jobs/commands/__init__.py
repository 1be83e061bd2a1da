"""The commands of the command line, grouped by what they do: fill the database, read it, operate it."""
