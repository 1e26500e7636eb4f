"""How requests are sent: connections of the client's own, or the user's httpx client."""
