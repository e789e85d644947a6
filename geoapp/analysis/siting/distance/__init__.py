"""What p-median and p-center share: interchange, branching, bounds."""
