"""The acting vendor's profile, and the storefront that everybody sees."""

from typing import Any

from services.vendor.api import showing
from services.vendor.api.acting import by, now, own_settings
from services.vendor.domain import profiles, vendors
from services.vendor.domain.links import VendorSuspended
from services.vendor.domain.profiles import UnknownStore
from services.vendor.domain.vendors import NoVendor
from services.vendor.vendor_schemas import ProfileChange, StoreView, VendorView
from shared.kit.auth import Actor, Role, anyone, requires
from shared.kit.operations import Blueprint
from shared.kit.stated import accepts, answers, refuses
from shared.kit.web import Answer, transaction

blueprint = Blueprint("vendors", __name__, description="Vendors")


@blueprint.get("/vendor/profile")
@requires(Role.CUSTOMER)
@answers(VendorView)
@refuses(NoVendor)
def profile(actor: Actor) -> Answer:
    """Show the vendor that one is, also when one's token does not know it yet."""
    with transaction() as session:
        vendor = vendors.of_user(session, actor.user_id)
        return VendorView().dump(showing.told(session, vendor))


@blueprint.patch("/vendor/profile")
@requires(Role.VENDOR)
@accepts(ProfileChange)
@answers(VendorView)
@refuses(NoVendor, VendorSuspended)
def change(body: dict[str, Any], actor: Actor) -> Answer:
    """Change one's texts, address or bank details; what is not named stays."""
    with transaction() as session:
        vendor = vendors.of_user(session, actor.user_id)
        profiles.change(session, vendor, body, own_settings().bank_seal, now(), by(actor))
        return VendorView().dump(showing.told(session, vendor))


@blueprint.get("/vendor/store/<slug>")
@anyone
@answers(StoreView)
@refuses(UnknownStore)
def store(slug: str) -> Answer:
    """Show a storefront; a vendor who may not sell has none."""
    with transaction() as session:
        shown = profiles.store(session, slug)
    return StoreView().dump(showing.store(shown))
