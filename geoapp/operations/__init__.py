"""One file per thing a person can do; opens the transaction and joins the packages below."""
