"""The public keys that everybody checks access tokens with."""

from __future__ import annotations

from services.identity.api.current import current_settings
from services.identity.domain import signing_keys
from services.identity.schemas import PublicKeys
from shared.kit.auth import anyone
from shared.kit.operations import Blueprint
from shared.kit.stated import answers
from shared.kit.web import Answer, transaction

blueprint = Blueprint("signing-keys", __name__, description="Keys that verify access tokens")

# Less than the time for which a key is served before it signs.
CACHED = {"Cache-Control": "public, max-age=60"}


@blueprint.get("/.well-known/jwks.json")
@anyone
@answers(PublicKeys)
def jwks() -> Answer:
    """Serve the key set (RFC 7517): of every access token that may be valid now, or soon. Anyone may read it."""
    with transaction() as session:
        signing_keys.current(session, current_settings().seal)
        keys = signing_keys.served(session)
    return PublicKeys().dump({"keys": keys}), 200, CACHED
