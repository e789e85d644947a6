"""The pages of coverage runs: the planner's and the manager's."""
