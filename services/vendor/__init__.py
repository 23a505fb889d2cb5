"""The vendor service: who may sell, their invite links, and who is on whose customer list, or why not.

Owns: vendor, vendor_status, vendor_invite_token, vendor_customer, vendor_customer_removal, invite_outcome, customer.
Publishes: vendor.approved, vendor.suspended, vendor.reactivated, vendor_customer.linked, vendor_customer.unlinked,
vendor_invite.refused.
Consumes: customer.created (the mapping), customer.updated and customer.erased (the names on the lists).
"""

__version__ = "0.1.0"
