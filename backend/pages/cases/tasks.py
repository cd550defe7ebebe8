"""One thing to do with a case, as a page asks it: which form, which answers to begin with, what is sent."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from backend import access
from backend.answers.form import Form
from backend.answers.post import Post
from backend.answers.problems import Problem
from backend.cases import reading
from backend.cases.errors import AnswersWrong, NotPossible
from backend.cases.generic import GENERIC, MOST_BYTES
from backend.cases.models import Step
from backend.pages.cases.known import first_answers
from backend.pages.cases.steps import contents, correctable
from backend.pages.seeing import Seen
from backend.workflow import rules

Files: TypeAlias = "MultiValueDict[str, UploadedFile[Any]]"
ATTACH, CORRECT = "attach", "correct"
LONGEST_TITLE = 120


@dataclass(frozen=True)
class Task:
    """An action about to be done; `step` is the one a correction corrects."""

    name: str
    title: str
    form: Form | None = None
    first: Mapping[str, Any] = field(default_factory=dict)
    confirm: str = ""
    step: int | None = None

    @property
    def takes_file(self) -> bool:
        return self.name == ATTACH and self.form is None

    def answers(self, data: Post, files: Files, seen: Seen) -> dict[str, Any]:
        """What the door is given. Raises `AnswersWrong`, `NotPossible` for a file that cannot be taken."""
        if self.takes_file:
            return _file_answers(data, files, seen)
        given = self.form.read_post(data) if self.form else {}
        return {"step": self.step, "answers": given} if self.step is not None else given

    def unreadable(self, data: Post) -> list[Problem]:
        """Which answers hold characters that cannot be kept."""
        if self.form is not None:
            return unreadable(self.form, data)
        told = (
            "使えない文字があります。書き直してください。",
            "It holds characters that cannot be kept. Write it anew.",
        )
        return [Problem(("title",), "characters", *told)]


def unreadable(form: Form, data: Post) -> list[Problem]:
    """Which answers hold characters that cannot be kept (NUL); the form names them."""
    return form.check(form.read_post(data))


def task(seen: Seen, name: str, title: str, step: str) -> Task:
    """The task of an action's name. Raises Http404 for a correction of nothing the member could correct."""
    if name == CORRECT:
        return _correction(seen, title, step)
    action = seen.pin.workflow.actions.get(name)
    if action is not None and name in GENERIC and seen.here not in action.from_:
        action = None
    form_name = action.form if action else GENERIC[name].form
    form = seen.pin.form(form_name)[0] if form_name else None
    said = rules.wanted(action) if action else {}
    first = first_answers(form, seen.acting, seen=seen, said=said) if form else {}
    confirm = action.confirm if action else None
    return Task(name, title, form, first, confirm.in_language(seen.acting.lang) if confirm else "")


def _correction(seen: Seen, title: str, number: str) -> Task:
    """The form again in the version it was asked in, with the answers as they stand."""
    if not (number.isascii() and number.isdigit() and len(number) < 8):
        raise Http404
    step = Step.objects.filter(case=seen.case, seq=int(number)).first()
    if step is None or not correctable(seen, step):
        raise Http404
    corrections = Step.objects.filter(case=seen.case, corrects=step.seq).order_by("-seq")
    newest = corrections.values_list("seq", flat=True).first() or step.seq
    behind = contents(seen, [newest]).get(newest)
    first = behind.answers if behind else {}
    return Task(CORRECT, title, reading.form_of(step), first, step=step.seq)


def file_categories(seen: Seen) -> list[tuple[str, str]]:
    """Under which data category a file can be kept: those the member sees and that may be stored."""
    lang = seen.acting.lang
    known = access.current().categories
    return [
        (name, known[name].title[lang])
        for name in known
        if name in seen.categories and known[name].cls in ("C1", "C2", "C3")
    ]


def _file_answers(data: Post, files: Files, seen: Seen) -> dict[str, Any]:
    title, chosen = _one(data, "title").strip()[:LONGEST_TITLE], files.get("file")
    problems = []
    if not title:
        problems.append(_problem("title", "ファイルの名前を書いてください。", "Write what the file is."))
    if chosen is None:
        problems.append(_problem("file", "ファイルを選んでください。", "Choose the file."))
    if problems or chosen is None:
        raise AnswersWrong(problems)
    if chosen.size is None or chosen.size > MOST_BYTES:
        raise NotPossible(_("Attach a PDF, PNG or JPEG file of at most 1 MB."))
    category = _one(data, "category")
    known = dict(file_categories(seen))
    return {
        "title": title,
        "content": base64.b64encode(chosen.read()).decode("ascii"),
        "category": category if category in known else "consultation",
    }


def _one(data: Post, name: str) -> str:
    return next(iter(data.get(name, [])), "")


def _problem(name: str, ja: str, en: str) -> Problem:
    return Problem((name,), "required", ja, en)
