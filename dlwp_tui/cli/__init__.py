"""The commands. Thin, each defers its imports: `dlwp --help` and `dlwp list` answer in a third of a second."""
