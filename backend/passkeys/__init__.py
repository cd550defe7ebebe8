"""Signing in with a passkey (WebAuthn), and what a session proves about who sits before it.

`ceremony` alone knows the library. Nothing here knows pages; `place` reads the address of a request.
"""
