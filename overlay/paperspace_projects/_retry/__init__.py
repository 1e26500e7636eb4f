"""What follows a failed attempt: the decision table, the attempts of a call, its deadline. Pure."""
