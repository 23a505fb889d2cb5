"""What the edge itself answers when no service does: a problem for programs, a page for people."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One refusal of nginx's own; `codes` are the statuses inside nginx that lead to it."""

    status: int
    kind: str
    title: str
    detail: str
    advice: str
    own_code: int | None = None

    @property
    def passes(self) -> bool:
        """Whether the same request may succeed in a moment."""
        return self.status in {408, 429} or self.status >= 500

    @property
    def codes(self) -> int:
        return self.own_code or self.status

    @property
    def rewrites(self) -> bool:
        return self.own_code is not None

    @property
    def json(self) -> str:
        """The body for programs (RFC 9457); nginx fills in the request's id."""
        body = {"type": f"/problems/{self.kind}", "title": self.title, "status": self.status}
        return json.dumps({**body, "detail": self.detail, "request_id": "$correlation", "errors": []})


PROBLEMS = (
    Problem(
        status=400,
        kind="bad-request",
        title="Bad request",
        detail="The request could not be read.",
        advice="Your browser sent something that we could not read. Going back and trying again usually helps.",
    ),
    Problem(
        status=404,
        kind="not-found",
        title="Not found",
        detail="There is nothing at this path.",
        advice="There is nothing at this address. It may have moved, or the link may have lost a letter on its way.",
    ),
    Problem(
        status=405,
        kind="method-not-allowed",
        title="Method not allowed",
        detail="This path does not take this method; Allow names those it takes.",
        advice="This page cannot be used in that way. Please start again from the home page.",
    ),
    Problem(
        status=408,
        kind="request-timeout",
        title="Request timeout",
        detail="The request did not arrive in time.",
        advice="Your connection was too slow for the request to arrive. Please try again.",
    ),
    Problem(
        status=413,
        kind="body-too-large",
        title="Body too large",
        detail="The body is larger than this path takes.",
        advice="What you sent is larger than this page takes. Please send less.",
    ),
    Problem(
        status=414,
        kind="uri-too-long",
        title="Address too long",
        detail="The address is longer than the gateway takes.",
        advice="This address is too long to be one of ours.",
    ),
    Problem(
        status=429,
        kind="too-many-requests",
        title="Too many requests",
        detail="Too many requests came from this address; Retry-After says how many seconds to wait.",
        advice="That was faster than we can follow. Wait a few seconds, then try again; nothing is lost.",
    ),
    Problem(
        status=431,
        kind="headers-too-large",
        title="Headers too large",
        detail="A header is larger than the gateway takes.",
        advice="Your browser sent more cookies than we can read. Clearing those of this site helps.",
        own_code=494,
    ),
    Problem(
        status=500,
        kind="internal-error",
        title="Internal error",
        detail="The gateway failed.",
        advice="Something broke on our side. It is not your fault, and trying again in a moment may help.",
    ),
    Problem(
        status=502,
        kind="service-unreachable",
        title="Service unreachable",
        detail="The service behind this path does not answer; Retry-After says when to ask again.",
        advice="This part of the market is being restarted. Please try again in a few seconds; nothing is lost.",
    ),
    Problem(
        status=503,
        kind="unavailable",
        title="Unavailable",
        detail="The service behind this path is not available; Retry-After says when to ask again.",
        advice="This part of the market is having a short break. Please try again in a few seconds.",
    ),
    Problem(
        status=504,
        kind="service-too-slow",
        title="Service too slow",
        detail="The service behind this path did not answer in time.",
        advice="This took longer than it should, so we stopped waiting. Please try again in a few seconds.",
    ),
)
