"""The rows and maps of layers."""
