"""The notifications service: everybody hears what they should, once, in their language, by e-mail and in the app.

Owns: message, purged_message, unaddressed, delivery, preference, audit_entry, and its replicas person and vendor.
Publishes: notification.failed.
Consumes: customer.created, customer.updated, customer.erased (who is told, where and in which language);
password_reset.requested (the link is asked of identity when it is sent);
vendor.approved, vendor.updated, vendor.suspended, vendor.reactivated (who owns which shop, and how they stand);
vendor_application.submitted, vendor_application.rejected; vendor_customer.linked, vendor_invite.refused;
order.placed, order.confirmed, order.rejected, order.cancelled; vendor_order.created, vendor_order.accepted,
vendor_order.packed, vendor_order.shipped, vendor_order.delivered, vendor_order.cancelled, vendor_order.rejected;
product.stock_low; and its own notification.failed (an admin hears of who could not be told).
"""

__version__ = "0.1.0"
