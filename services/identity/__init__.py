"""Identity: who people are and how they prove it.

Owns users and their roles, sign-ins (refresh token families), addresses, password resets and the signing keys.
Publishes `customer.created`, `customer.updated`, `customer.erased`.
Consumes `vendor.approved`: the user's role becomes `vendor`, and their next access token carries it.
"""

__version__ = "0.1.0"
