"""The commands, one file for each subject; ``geoapp.cli`` loads the one that is called.

What ``--help`` does not need is imported inside the functions: a command line starts in a tenth of a
second, and the process that keeps the service alive stays small.
"""
