"""`tsunagu policy mutate|diff|replay`: what guards the policies, and what a change of them would do."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db.models import QuerySet
from django.utils import timezone

from backend.access import PolicyBook, comparing, day, decisions
from backend.access.decisions import RowResult
from backend.access.scoring import Scoring, Survivor
from backend.cases.decisionlog import DecisionLog
from backend.catalogue import loading, replaying
from backend.catalogue.replaying import Group, Replay
from backend.config.command import OfficeCommand
from backend.config.scratch import reach_server
from backend.definitions.findings import errors


def a_day(text: str) -> date:
    """A date as typed. Raises ArgumentTypeError saying how dates are written."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date; write it like 2027-04-01") from None


class Command(OfficeCommand):
    help = "Measure how well the decision tables guard the policies; see what a change of them would do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        mutate = verbs.add_parser("mutate", help="change every policy in every small way; a row must notice")
        mutate.add_argument("--jobs", type=int, default=0, help="processes (0: one for each core)")
        diff = verbs.add_parser("diff", help="what changed policies change, in words and in decision tables")
        replay = verbs.add_parser("replay", help="decide the past again under changed policies")
        for verb in (diff, replay):
            verb.add_argument(
                "--with", dest="folder", type=Path, required=True, metavar="DIR",
                help="a folder of definitions with policies/ in it; its files replace those of their name",
            )  # fmt: skip
            verb.add_argument("--json", action="store_true", help="one JSON object, for machines")
        replay.add_argument("--since", type=a_day, metavar="DATE", help="decisions of that day and later")
        replay.add_argument("--until", type=a_day, metavar="DATE", help="decisions of that day and earlier")
        replay.add_argument(
            "--as-of", type=a_day, metavar="DATE",
            help="with the policies in force that day, not on the day of each decision",
        )  # fmt: skip

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        getattr(self, f"_{verb}")(**options)

    def _mutate(self, *, jobs: int, **options: Any) -> None:
        """Print the survivors, and on the last line the score."""
        book = loading.use().book
        scoring = Scoring(book, decisions.benches())
        try:
            score = scoring.score(jobs=jobs, progress=self._noticed)
        except ValueError as error:
            raise CommandError(f"{error}\nMend these rows first, or the policies.", returncode=1) from error
        for survivor in score.survivors:
            self._tell(survivor)
        self.stdout.write(
            f"{score.total} mutants of {len(book.every)} policies, {len(scoring.cases)} rows, "
            f"{len(score.survivors)} survive"
        )
        self.stdout.write(str(score))

    def _tell(self, survivor: Survivor) -> None:
        found = survivor.mutant
        self.stdout.write(f"{found.origin.path}:{found.origin.line}: {found.origin.id}: {found.change}")
        if survivor.situation:
            self.stdout.write(f"    a row would notice: {survivor.situation}")
        elif survivor.held_by:
            self.stdout.write(f"    held as well by {', '.join(sorted(survivor.held_by))}")
        else:
            self.stdout.write("    no situation tried reaches it: think of a row, or take the condition out")

    def _noticed(self, done: int, total: int, noticed: int) -> None:
        self._progress(done, total, f"{done} of {total} rows, {noticed} mutants noticed")

    def _progress(self, done: int, total: int, words: str) -> None:
        """One line that counts on a terminal; nothing where the output is kept."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{words}", ending="" if done < total else "\n")

    def _diff(self, *, folder: Path, json: bool, **options: Any) -> None:
        """Print what is new, gone and changed, and the rows that change; a summary on the last line."""
        old, new = loading.use().book, self._tried(folder)
        found = comparing.differences(old, new)
        rows = [
            (before, after)
            for bench in decisions.benches()
            for before, after in zip(bench.answers(old), bench.answers(new), strict=True)
            if before.found != after.found or set(before.decision.rules) != set(after.decision.rules)
        ]
        turned = [(before, after) for before, after in rows if before.found != after.found]
        if json:
            self.stdout.write(
                _as_json({"policies": [asdict(it) for it in found], "rows": list(map(_row, turned))})
            )
            return
        for it in found:
            self.stdout.write(f"{it.kind}: {it.what} ({it.where})")
            for part in it.parts:
                self.stdout.write(f"    {part}")
        for before, after in turned:
            self.stdout.write(f"{before.row.place}: {before.row.situation}: {_turn(before, after)}")
        counts = {kind: sum(it.kind == kind for it in found) for kind in ("added", "removed", "changed")}
        self.stdout.write(
            f"{', '.join(f'{count} {kind}' for kind, count in counts.items())}; "
            f"{len(turned)} rows change their outcome, {len(rows) - len(turned)} only their reasons"
        )

    def _tried(self, folder: Path) -> PolicyBook:
        """The policies with a folder of changes over them. Raises CommandError when they cannot be used."""
        root = folder.parent if folder.name == "policies" else folder
        if not (root / "policies").is_dir():
            raise CommandError(
                f"{folder} has no folder policies/; put the changed files into {root}/policies/."
            )
        book, findings = loading.tried(root)
        if errors(findings):
            listed = "\n".join(map(str, errors(findings)))
            raise CommandError(f"{listed}\nMend these before trying the policies out.", returncode=1)
        return book

    def _replay(self, *, folder: Path, json: bool, as_of: date | None, **options: Any) -> None:
        """Print what would have come out otherwise, grouped by rule; a summary on the last line."""
        old, new = loading.use().book, self._tried(folder)
        if as_of is not None:
            old, new = (comparing.as_of(book, day(as_of)) for book in (old, new))
        reach_server()
        rows = _decisions(options["since"], options["until"])
        found = replaying.replay(new, old, rows, progress=self._replayed)
        if json:
            self.stdout.write(_as_json(_summary(found)))
            return
        for group in found.sorted():
            self._tell_group(group)
        for problem, count in found.unread.most_common():
            self.stdout.write(f"{count} × could not be decided again: {problem}")
        for name, count in sorted(found.unknown.items()):
            self.stdout.write(f"{count} × {name} was kept, and is no fact of policies any more")
        self.stdout.write(
            f"{found.decided} decisions, {found.same} as they were, {found.differ} would differ "
            f"({found.already} of them already under the policies in use), "
            f"{found.unread.total()} could not be decided again"
        )

    def _tell_group(self, group: Group) -> None:
        rules = [*(f"+ {name}" for name in group.gained), *(f"- {name}" for name in group.lost)]
        already = f" ({group.already} already so today)" if group.already else ""
        told = ", ".join(rules) or "by no other rule"
        self.stdout.write(f"{group.count} × {group.was} → {group.would}: {told}{already}")
        for example in group.examples:
            self.stdout.write(f"    {example.at} {example.action} {example.case}".rstrip())

    def _replayed(self, done: int, total: int) -> None:
        self._progress(done, total, f"{done} of {total} decisions")


def _decisions(since: date | None, until: date | None) -> QuerySet[DecisionLog]:
    """The kept decisions between two days, both included."""
    rows = DecisionLog.objects.all()
    zone = timezone.get_default_timezone()
    if since is not None:
        rows = rows.filter(at__gte=datetime.combine(since, time(), zone))
    if until is not None:
        rows = rows.filter(at__lt=datetime.combine(until + timedelta(days=1), time(), zone))
    return rows


def _turn(before: RowResult, after: RowResult) -> str:
    first, second = (f"{it.found} by {', '.join(it.decision.rules) or 'no rule'}" for it in (before, after))
    return f"{first} → {second}"


def _row(pair: tuple[RowResult, RowResult]) -> dict[str, Any]:
    before, after = pair
    return {
        "place": before.row.place,
        "situation": before.row.situation,
        "was": before.found,
        "would": after.found,
        "rules_were": list(before.decision.rules),
        "rules_would": list(after.decision.rules),
    }


def _summary(found: Replay) -> dict[str, Any]:
    groups = [{k: v for k, v in asdict(group).items() if k != "rows"} for group in found.sorted()]
    return {
        "decided": found.decided,
        "same": found.same,
        "differ": found.differ,
        "already": found.already,
        "groups": groups,
        "unread": dict(found.unread),
        "unknown": dict(found.unknown),
    }


def _as_json(result: dict[str, Any]) -> str:
    return json.dumps(result, ensure_ascii=False)
