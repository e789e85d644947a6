"""What can be said about an answer that is at hand."""
