"""Speed, as ratios in one run: `uv run python -m tests.benchmarks [--short]`."""
