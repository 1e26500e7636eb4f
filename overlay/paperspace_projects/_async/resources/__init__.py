"""The methods that users call, one module for each part of the API."""
