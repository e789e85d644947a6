"""What every request passes: parameters, problems, security, language, health."""
