"""The catalog service: what is sold, who sees it, and what is left of it.

Owns: category, product, product_sku, product_image, product_version, listing, listing_language, stock, stock_movement,
stock_reservation, stock_reservation_line, import_job, import_row, audit_entry, and the replicas vendor,
vendor_status, link, link_change.
Publishes: product.created, product.updated, product.deleted, product.stock_low, stock.reserved, stock.rejected,
stock.released.
Consumes: vendor.approved, vendor.updated, vendor.suspended and vendor.reactivated (whose products are shown),
vendor_customer.linked and vendor_customer.unlinked (who sees linked products);
stock.reserve_requested, stock.release_requested and order.confirmed (what is put aside, given back and sold).
"""

__version__ = "0.1.0"
