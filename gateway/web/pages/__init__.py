"""The pages, a module for each place that people go to."""

from gateway.web.pages import (
    addresses,
    admin_applications,
    admin_events,
    admin_mappings,
    admin_vendors,
    applying,
    customers,
    dashboard,
    documents,
    home,
    invites,
    joining,
    passwords,
    profile,
    shops,
    sign_in,
    stores,
)

BLUEPRINTS = (
    *(home.pages, joining.pages, sign_in.pages, passwords.pages, profile.pages, addresses.pages),
    *(applying.pages, documents.pages, dashboard.pages, invites.pages, customers.pages, shops.pages, stores.pages),
    *(admin_applications.pages, admin_vendors.pages, admin_mappings.pages, admin_events.pages),
)
