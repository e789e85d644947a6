"""Budgets over actions: `task` is the problem, `solve` the search, `cheapest` the least cost."""
