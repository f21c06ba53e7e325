"""The official door to an account: Instagram's Graph API."""
