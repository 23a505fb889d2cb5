"""The pages, a module for each place that people go to."""

from gateway.web.pages import (
    addresses,
    admin_events,
    admin_mappings,
    customers,
    dashboard,
    home,
    invites,
    joining,
    passwords,
    profile,
    sign_in,
)

BLUEPRINTS = (
    *(home.pages, joining.pages, sign_in.pages, passwords.pages, profile.pages, addresses.pages),
    *(dashboard.pages, invites.pages, customers.pages),
    *(admin_mappings.pages, admin_events.pages),
)
