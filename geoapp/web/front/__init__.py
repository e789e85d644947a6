"""What stands before the application in each web process: it takes requests in, with limits."""
