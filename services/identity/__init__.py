"""Identity: who people are and how they prove it.

Owns users and their roles, sign-ins (refresh token families), addresses, password resets and the signing keys.
Publishes `customer.created`, `customer.updated`, `customer.erased`, `password_reset.requested`.
Consumes `vendor.approved`, `vendor.suspended`, `vendor.reactivated` and `vendor.updated`: the user's role follows the
newest version, and their next access token carries it.
"""

__version__ = "0.2.0"
