"""One drill from beginning to end: the crowd registers, each fault is found and mended, nothing has changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.local.drill import faults
from deploy.local.drill.faults import Fault, mend
from deploy.local.drill.scene import Scene
from deploy.local.seeds import job
from shared.inspection.hops import Explanation

Tell = Callable[["Act"], None]


@dataclass(frozen=True)
class Act:
    """One fault: what explain said, what mended it, what explain said then, and whether all was as it should be."""

    fault: str
    ok: bool
    seen: str
    found: Explanation
    remedy: str | None = None
    printed: str = ""
    after: Explanation | None = None
    seconds: float = 0.0


@dataclass
class Drill:
    """What happened. `same` says that the checksum at the end is that of the beginning."""

    acts: list[Act] = field(default_factory=list)
    before: str = ""
    after: str = ""
    rows: int = 0
    announced_once: bool = False
    seconds: float = 0.0

    @property
    def same(self) -> bool:
        """Whether all mappings and outcomes are byte for byte what they were."""
        return bool(self.before) and self.before == self.after

    @property
    def ok(self) -> bool:
        """Whether every fault was named and mended, and nothing else has changed."""
        return bool(self.acts) and all(act.ok for act in self.acts) and self.same and self.announced_once


def play(scene: Scene, tell: Tell) -> Drill:
    """Do it; every act is told as it ends."""
    began, drill = time.monotonic(), Drill()
    link, decided = _crowd_of_the_refused(scene)
    people = {fault.name: scene.register(fault.name.title(), link) for fault in faults.MENDABLE}
    for name, customer, outcome, words in decided:
        _tell(drill, tell, _judge_decided(name, scene.await_outcome(customer, outcome), outcome, words))
    for customer in people.values():
        scene.await_outcome(customer, "linked")
    drill.before, drill.rows = scene.checksum()
    for fault in faults.MENDABLE:
        _tell(drill, tell, _break_and_mend(scene, fault, people[fault.name]))
    drill.after, _ = scene.checksum()
    links, once = scene.announcements()
    drill.announced_once = links == once
    drill.seconds = time.monotonic() - began
    return drill


def _tell(drill: Drill, tell: Tell, act: Act) -> None:
    drill.acts.append(act)
    tell(act)


def _crowd_of_the_refused(scene: Scene) -> tuple[str, list[tuple[str, str, str, str]]]:
    """Registrations that are decided against, or for, by rules: these are facts, and nothing mends them."""
    seller, suspended = scene.vendor("Bakery"), scene.vendor("Closed")
    with scene.signed_in(seller) as owner:
        link, gone = owner.invite(label="Good"), owner.invite(label="Row deleted")
        before, after = owner.invite(label="Revoked before"), owner.invite(label="Revoked after")
        owner.revoke(before["id"])
        scene.sql("vendor", "DELETE FROM vendor_invite_token WHERE token = %(token)s", token=gone["token"])
        early = scene.register("Revoked After", after["token"])
        owner.revoke(after["id"])
    with scene.signed_in(suspended) as owner:
        closed = owner.invite(label="Closed")
    job(scene.plan, "vendor", "suspend-vendor", "--slug", suspended["slug"], "--reason", "Three complaints")
    return link["token"], [
        ("token row deleted", scene.register("Token Gone", gone["token"]), "unknown_token", "no link of any vendor"),
        ("token revoked before", scene.register("Revoked Before", before["token"]), "revoked", "had revoked the link"),
        ("token revoked after", early, "linked", "with a link that was good"),
        ("vendor suspended", scene.register("Closed Shop", closed["token"]), "vendor_not_approved", "Three complaints"),
    ]  # fmt: skip


def _judge_decided(name: str, found: Explanation, outcome: str, words: str) -> Act:
    hop = next((each for each in found.hops if each.name == "outcome"), None)
    named = hop is not None and hop.ok is (outcome == "linked")
    return Act(name, bool(found.outcome == outcome and words in found.sentence and named), found.sentence, found)


def _break_and_mend(scene: Scene, fault: Fault, customer: str) -> Act:
    began = time.monotonic()
    with fault.inject(scene, customer):
        found = scene.await_told(customer, fault.settled)
        named = next((hop.name for hop in found.hops if hop.ok is False), None)
        printed = _mended_meanwhile(fault, found)
    printed += _mended_afterwards(fault, found)
    after = scene.await_told(customer, lambda told: bool(told.on_list) and told.remedy is None)
    right = named == fault.hop and fault.words in found.sentence and bool(found.remedy)
    healed = bool(after.on_list) and after.remedy is None
    seen = found.sentence if right else f"named {named}, not {fault.hop}: {found.sentence}"
    seconds = time.monotonic() - began
    return Act(fault.name, right and healed, seen, found, found.remedy, printed, after, seconds)


def _mended_meanwhile(fault: Fault, found: Explanation) -> str:
    """What can be mended while the cause is still there: the binding stays away, the event is handed over."""
    return mend(found.remedy, fault.extra) if fault.name == "binding removed" and found.remedy else ""


def _mended_afterwards(fault: Fault, found: Explanation) -> str:
    """What is mended once its cause is gone; a consumer that runs again needs nothing else."""
    if fault.name in {"binding removed", "consumer stopped"} or not found.remedy:
        return ""
    return mend(found.remedy, fault.extra)
