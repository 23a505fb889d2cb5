"""The ordering service: carts, orders and their split among vendors, how each part fares, and the money it moves.

Owns: cart, cart_line, discount_code, customer_order, order_saga, saga_step, vendor_order, vendor_order_count,
vendor_order_step, order_item, commission, ledger_transaction, ledger_entry, payout, payout_claim, audit_entry; and
keeps what others say in product, vendor, commission_rate, vendor_customer and erased_customer.
Publishes: order.placed, order.confirmed, order.rejected, order.cancelled, stock.reserve_requested,
stock.release_requested, vendor_order.created, vendor_order.accepted, vendor_order.packed, vendor_order.shipped,
vendor_order.delivered, vendor_order.cancelled, vendor_order.rejected.
Consumes: product.created, product.updated and product.deleted (what is sold), vendor.approved, vendor.updated,
vendor.suspended and vendor.reactivated (who sells, for what commission and shipping), vendor_customer.linked and
vendor_customer.unlinked (who may buy what, and from whom), customer.erased (whom to forget), stock.reserved,
stock.rejected and stock.released (whether an order can stand).
"""

__version__ = "0.1.0"
