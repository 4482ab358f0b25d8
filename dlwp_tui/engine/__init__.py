"""Starts, queues, stops and pauses runs, each in a process of its own that outlives whoever started it."""
