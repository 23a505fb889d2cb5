"""What a view says of itself by decorators: who may call it, what it takes, what it answers, what it refuses."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from marshmallow import Schema

from shared.kit.errors import Refusal

F = TypeVar("F", bound=Callable[..., Any])
SchemaLike = type[Schema] | Schema


@dataclass(frozen=True)
class Access:
    """Who may call an operation: these roles; nobody's token is asked for if it is public.

    `nameless` callers are other services: nobody in particular.
    """

    roles: frozenset[str] = frozenset()
    public: bool = False
    optional: bool = False
    nameless: bool = False

    @property
    def named(self) -> bool:
        """Whether the view is told who calls."""
        return self.optional or not (self.public or self.nameless)


@dataclass(frozen=True)
class Limit:
    """So many calls in so many seconds, counted per combination of address, actor and body fields."""

    count: int
    seconds: int
    per: tuple[str, ...]


@dataclass(frozen=True)
class UploadStatement:
    """The body is a file of one of these types, no larger than so many bytes."""

    media_types: tuple[str, ...]
    largest: int


@dataclass(frozen=True)
class Bytes:
    """An answer that is no JSON but a file of this type, or of one of the others."""

    media_type: str
    others: tuple[str, ...] = ()


AnswerLike = Schema | Bytes | None


@dataclass
class Stated:
    """The statements of one view, complete when its route is made."""

    access: Access | None = None
    body: Schema | None = None
    body_required: bool = True
    query: Schema | None = None
    upload: UploadStatement | None = None
    answers: dict[int, AnswerLike] = field(default_factory=dict)
    refusals: list[type[Refusal]] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    idempotent: bool = False
    versioned: bool = False
    sealed: bool = False


def stated(view: Callable[..., Any]) -> Stated:
    """Return the statements of a view, to add one; refuses once the route is made, where it would come too late."""
    statements: Stated = view.__dict__.setdefault("stated", Stated())
    if statements.sealed:
        raise TypeError(f"{view.__qualname__}: put this decorator below the route's")
    return statements


def accepts(schema: SchemaLike, *, required: bool = True) -> Callable[[F], F]:
    """Load the JSON body with `schema` and pass it as `body`; with `required=False` no body means `{}`."""

    def state(view: F) -> F:
        statements = stated(view)
        statements.body, statements.body_required = _instance(schema), required
        return view

    return state


def asks(schema: SchemaLike) -> Callable[[F], F]:
    """Load the query string with `schema` and pass it as `query`; unknown parameters are refused."""

    def state(view: F) -> F:
        stated(view).query = _instance(schema)
        return view

    return state


def answers(schema: SchemaLike | Bytes | None, status: int = 200) -> Callable[[F], F]:
    """Document an answer; the first one's status is used when the view returns a body alone. None has no body."""
    shape = schema if schema is None or isinstance(schema, Bytes) else _instance(schema)

    def state(view: F) -> F:
        # Decorators run from the bottom up; the topmost statement comes first.
        statements = stated(view)
        statements.answers = {status: shape, **statements.answers}
        return view

    return state


def refuses(*refusals: type[Refusal]) -> Callable[[F], F]:
    """Document refusals of the domain; those that any such operation can give are added without being stated."""

    def state(view: F) -> F:
        stated(view).refusals.extend(refusals)
        return view

    return state


def _instance(schema: SchemaLike) -> Schema:
    return schema() if isinstance(schema, type) else schema
