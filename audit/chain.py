"""Walks along the chain of seals, beside the file of heads that stands outside the database."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from audit import heads, marks, proof
from audit.models import Seal
from audit.sealing import words_of
from audit.verdicts import Trouble, Verdict

_CHUNK = 2_000


class Walk:
    """One walk from the first seal to the newest. What is wrong stands in the verdict."""

    def __init__(self, verdict: Verdict, head: str) -> None:
        self.verdict, self.head = verdict, head
        self.position, self.upto = 0, 0
        self.left = {
            seal.month: seal.note for seal in Seal.objects.filter(kind=Seal.Kind.LEFT).iterator()
        }
        verdict.left = [f"{month:%Y-%m}" for month in sorted(self.left)]
        self._link, self._mac = proof.BEFORE_THE_FIRST, b""
        self._may_lack_marks = True
        self._newest: Seal | None = None

    def seals(self) -> Iterator[Seal]:
        """Each seal once it hangs on the one before; what came in meanwhile is left out."""
        end = Seal.objects.order_by("-position").values_list("position", flat=True).first() or 0
        after = 0
        while after < end:
            chunk = list(Seal.objects.filter(position__gt=after, position__lte=end)[:_CHUNK])
            for seal in chunk:
                self._step(seal)
                yield seal
            after = chunk[-1].position

    def end(self, now: datetime, patience: timedelta) -> None:
        """After the last seal: whether the newest heads outside are among them."""
        newest = self._newest
        HeadsOutside(self.verdict).check(newest, now, patience)
        self.verdict.head = f"{newest.position} {bytes(newest.link).hex()}" if newest else ""
        if self.head:
            self.verdict.finds(Trouble.HEAD_UNKNOWN)

    def _step(self, seal: Seal) -> None:
        if seal.position != self.position + 1:
            self.verdict.finds(Trouble.SEAL_MISSING, seal=self.position + 1)
        elif not self._hangs(seal) or not self._follows(seal):
            self.verdict.finds(Trouble.SEAL_CHANGED, seal=seal.position)
        link = bytes(seal.link)
        if self.head and link.hex() == self.head:
            self.head = ""
        self._link, self._mac = link, bytes(seal.mac)
        self.position, self.upto, self._newest = seal.position, seal.upto, seal

    def _hangs(self, seal: Seal) -> bool:
        signer = marks.seal_signer(seal.key_id)
        if signer is None:
            self.verdict.finds(Trouble.KEY_MISSING, seal=seal.position)
        elif not hmac.compare_digest(signer.sign(bytes(seal.link)), bytes(seal.mac)):
            return False
        return proof.link_of(self._link, self._mac, words_of(seal)) == bytes(seal.link)

    def _follows(self, seal: Seal) -> bool:
        """Ranges of numbers follow each other without a hole; only the first lack marks."""
        if seal.kind != Seal.Kind.ROWS:
            return True
        self._may_lack_marks &= seal.unmarked > 0
        before = self._newest
        beside = (
            before is not None
            and (before.after, before.upto) == (seal.after, seal.upto)
            and before.month < seal.month
        )
        return (beside or seal.after == self.upto) and not (
            seal.unmarked and not self._may_lack_marks
        )


class HeadsOutside:
    """The file of heads against the seals, a thousand lines at a time."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self._lost: list[tuple[int, str]] = []  # the first and the last that no seal answers to
        self._last = 0

    def check(self, newest: Seal | None, now: datetime, patience: timedelta) -> None:
        """Each line must be a seal, and the newest seals must have got there."""
        if not heads.is_there():
            self.verdict.finds(Trouble.HEADS_MISSING)
            return
        for chunk in batched(heads.lines(), _CHUNK):
            self._check_lines(chunk)
        if self._lost:
            position = self._lost[0][0]
            gone = newest is None or position > newest.position
            trouble = Trouble.TAIL_MISSING if gone else Trouble.HEAD_DIFFERS
            self.verdict.finds(trouble, seal=position)
        behind = Seal.objects.filter(position__gt=self._last, sealed_at__lt=now - patience)
        first = behind.order_by("position").first()
        if first is not None and not self._lost:
            self.verdict.finds(Trouble.HEADS_BEHIND, seal=first.position)

    def _check_lines(self, lines: Sequence[tuple[int, str]]) -> None:
        known = Seal.objects.in_bulk([position for position, _link in lines])
        for position, link in lines:
            seal = known.get(position)
            if seal is None or bytes(seal.link).hex() != link:
                self._lost = [*self._lost[:1], (position, link)]
                continue
            self._last = position
            if seal.kind == Seal.Kind.RESTORED and self._explains(seal):
                self._lost = []

    def _explains(self, seal: Seal) -> bool:
        """A seal that was made when a backup was put back names the newest head that was lost.

        One that could name none stands in the verdict too, and explains nothing.
        """
        position, link, reason = seal.note.split(":", 2)
        if not link:
            self.verdict.restored.append(f"{seal.position}-?: {reason}")
            return False
        if not self._lost or self._lost[-1] != (int(position), link):
            return False
        self.verdict.restored.append(f"{self._lost[0][0]}-{position}: {reason}")
        return True


def batched(lines: Iterable[tuple[int, str]], size: int) -> Iterator[Sequence[tuple[int, str]]]:
    """So many at a time."""
    source = iter(lines)
    while chunk := list(islice(source, size)):
        yield chunk
