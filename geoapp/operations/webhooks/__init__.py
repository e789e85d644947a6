"""Webhooks: other services are told of changes, where an administrator has asked for it."""
