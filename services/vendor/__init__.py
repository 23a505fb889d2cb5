"""The vendor service: who may sell, their invite links, and who is on whose customer list, or why not.

Owns: vendor, vendor_status, vendor_commission, vendor_profile, vendor_application, vendor_document, audit_entry,
vendor_invite_token, vendor_customer, vendor_customer_removal, invite_outcome, customer.
Publishes: vendor_application.submitted, vendor_application.rejected, vendor.approved, vendor.updated, vendor.suspended,
vendor.reactivated, vendor_customer.linked, vendor_customer.unlinked, vendor_invite.refused.
Consumes: customer.created (the mapping), customer.updated and customer.erased (the names on the lists, and the open
application of who leaves).
"""

__version__ = "0.2.0"
