"""dlwp: a study lab in the terminal for "Python 深度学习". Importing this package loads nothing heavy."""

__version__ = "0.1.0"
