"""The course: reads and checks `content/`. Knows nothing of runs, screens or TensorFlow."""
