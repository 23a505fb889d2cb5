"""Templates with sample data, for admins who want to see what people read."""

from typing import Any

from services.notifications.api.acting import own_settings
from services.notifications.domain import previews
from services.notifications.domain.kinds import Kind
from services.notifications.domain.languages import LANGUAGES
from services.notifications.schemas import LanguageQuery, Preview, PreviewQuery, TemplateList
from shared.kit.auth import Actor, Role, requires
from shared.kit.operations import Blueprint
from shared.kit.stated import answers, asks
from shared.kit.web import Answer

blueprint = Blueprint("admin previews", __name__, description="What people read")


@blueprint.get("/admin/notifications/templates")
@requires(Role.ADMIN)
@asks(LanguageQuery)
@answers(TemplateList)
def show_all(query: dict[str, Any], actor: Actor) -> Answer:  # noqa: ARG001 - every admin sees the same
    """List everything that people can be told."""
    return TemplateList().dump(previews.listed(query["language"] or LANGUAGES[0]))


@blueprint.get("/admin/notifications/preview")
@requires(Role.ADMIN)
@asks(PreviewQuery)
@answers(Preview)
def show(query: dict[str, Any], actor: Actor) -> Answer:  # noqa: ARG001 - every admin sees the same
    """Show a template with sample data, as a mail and as it stands in the app."""
    language = query["language"] or LANGUAGES[0]
    return Preview().dump(previews.of(Kind(query["kind"]), language, own_settings().post))
