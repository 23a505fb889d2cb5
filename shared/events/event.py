"""What an event is: a fact in the past tense, and the registry of every fact that is known."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar
from uuid import UUID

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact that a service publishes. A subclass states its wire name, its publisher and which field is its aggregate.

    Within a version, fields are only added, with defaults; a new meaning is a new type or version. `upcasters[n]`
    turns the data of version n into that of n + 1 when an old event is read; stored events are never rewritten, but for
    the `personal` fields (dots go inside) of a `person` who has left (see docs/adr).
    """

    type: ClassVar[str]
    publisher: ClassVar[str]
    aggregate: ClassVar[str]
    version: ClassVar[int] = 1
    upcasters: ClassVar[Mapping[int, Upcaster]] = {}
    personal: ClassVar[tuple[str, ...]] = ()
    person: ClassVar[str] = "customer_id"

    @property
    def aggregate_id(self) -> UUID:
        """The id of the thing that this event happened to; later events of the same thing wait behind it."""
        identifier: UUID = getattr(self, self.aggregate)
        return identifier


_registry: dict[str, type[Event]] = {}


E = TypeVar("E", bound=type[Event])


def fact(cls: E) -> E:
    """Register an event class under its wire name; two classes never share one."""
    if cls.type in _registry:
        raise ValueError(f"{cls.type} is declared twice")
    _registry[cls.type] = cls
    return cls


def known() -> Mapping[str, type[Event]]:
    """Every declared event by wire name, once the publishers' modules are imported."""
    return MappingProxyType(_registry)


def published_by(service: str) -> Iterator[type[Event]]:
    """The events that one service may publish."""
    return (cls for cls in _registry.values() if cls.publisher == service)
