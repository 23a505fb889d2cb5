"""How identity is asked for the code of a link for a new password, at the moment at which the link is sent."""

from uuid import UUID

import httpx

from shared.events import trace
from shared.kit.settings import Settings

SECONDS = 5.0
OVER = 404


class Silent(Exception):
    """Identity does not answer, or not as it should; the same may succeed in a moment."""


class Over(Exception):
    """The link is needed no more: it is too old, or a new password is set already."""


class Identity:
    """Identity's internal port."""

    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None = None) -> None:
        token = next(iter(settings.service_tokens), "")
        self._http = httpx.Client(
            base_url=settings.identity_internal_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=SECONDS,
            trust_env=False,
            transport=transport,
        )

    def reset_code(self, reset_id: UUID) -> str:
        """What the link of this request holds. Raises `Over`, or `Silent`; it is stored nowhere, and never logged."""
        try:
            headers = {"X-Request-Id": trace.current().correlation_id}
            answer = self._http.post(f"/internal/password-resets/{reset_id}/code", headers=headers)
            if answer.status_code == OVER:
                raise Over
            return str(answer.raise_for_status().json()["code"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as silent:
            raise Silent(f"identity does not say: {type(silent).__name__}") from silent

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()
