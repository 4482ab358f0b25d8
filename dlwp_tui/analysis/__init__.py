"""Judging finished and running runs: history, comparison, verdicts of experiments, time estimates, export."""
