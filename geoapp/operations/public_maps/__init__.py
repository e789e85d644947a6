"""The facilities against what public maps list of them: compared, decided on, told to the owners."""
