"""The finder's page: what is asked, what is answered, and the addresses of both."""
