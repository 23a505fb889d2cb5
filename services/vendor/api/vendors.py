"""The acting vendor."""

from services.vendor.domain import vendors
from services.vendor.domain.vendors import NoVendor
from services.vendor.schemas import VendorView
from shared.kit.auth import Actor, Role, requires
from shared.kit.operations import Blueprint
from shared.kit.stated import answers, refuses
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
    return VendorView().dump(vendor)
