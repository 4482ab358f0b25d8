"""Judging runs: history, comparison, verdicts of experiments, estimates, export."""
