"""Starts, queues, stops and pauses runs, each in a process of its own that does not end with the app."""
