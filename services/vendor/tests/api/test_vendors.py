"""The door of the acting vendor, and what every door says of itself."""

from services.vendor.tests.api.conftest import Client, Seller, customer
from shared.events.ids import new_id


def test_one_reads_the_vendor_that_one_is(client: Client, seller: Seller) -> None:
    vendor, headers = seller
    shown = client.get("/vendor/profile", headers=headers).json
    assert shown == {
        "id": str(vendor.id),
        "name": vendor.name,
        "slug": vendor.slug,
        "code": vendor.code,
        "status": "approved",
        "commission_bps": 1000,
    }
    assert client.get("/vendor/profile", headers=customer(vendor.user_id)).json == shown


def test_who_does_not_sell_is_told_so(client: Client) -> None:
    answer = client.get("/vendor/profile", headers=customer(new_id()))
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/no-vendor")


def test_every_operation_says_who_may_call_it_and_every_field_has_an_example(client: Client) -> None:
    document = client.get("/openapi.json").json
    methods = {"get", "post", "patch", "delete"}
    operations = [said for path in document["paths"].values() for method, said in path.items() if method in methods]
    assert len(operations) == 20
    assert all("x-roles" in operation and operation["summary"] for operation in operations)
    own = ("Invite", "Customer", "Refusal", "Preview", "Acceptance", "OwnOutcome", "Vendor", "NewInvite", "InviteLabel")
    for name, schema in document["components"]["schemas"].items():
        if name.startswith(own) and not name.endswith("Page"):
            bare = {key for key, field in schema["properties"].items() if "example" not in field and key != "vendor"}
            assert not bare, (name, bare)
