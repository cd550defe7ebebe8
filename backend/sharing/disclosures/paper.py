"""A package on paper: the letter is made from the frozen bytes and nothing else of the case."""

from dataclasses import replace
from textwrap import wrap

from backend.cases.effects import Hopeless
from backend.cases.failing import Code
from backend.cases.models import Effect
from backend.letters.casework import amends
from backend.letters.context import Item, LetterContext, Office, Shared
from backend.letters.fields import LARGEST_TEXT
from backend.sharing.disclosures import duties, packages
from backend.sharing.disclosures.models import Package
from backend.sharing.disclosures.words import basis_words, purpose_words

LETTER = "disclosure_package"


@amends(LETTER)
def from_package(effect: Effect, context: LetterContext) -> LetterContext:
    """The context of the letter of a package: its values, duties and dates; no answer of any step.

    Raises `Hopeless` where the package ended before it was printed.
    """
    package = Package.objects.filter(case=effect.case_id).order_by("-frozen_at", "-seq").first()
    if package is None:
        raise Hopeless("there is no package to print", Code.NO_PACKAGE)
    found = packages.known(package)
    if not found.standing(context.dated_on).usable:
        raise Hopeless("the package was recalled or is over; it is not printed", Code.NO_PACKAGE)
    receiver = context.receiver or Office(code="", name=package.recipient_name)
    return replace(
        context,
        receiver=receiver,
        resident=None,
        reporter=None,
        shared=[
            Item(item.id, item.label_ja, item.value_ja) for item in found.content.items if not item.handle
        ],
        answers={name: context.answers[name] for name in ("return_by",) if name in context.answers},
        words={},
        package=Shared(
            purpose=purpose_words(package.purpose, "ja"),
            basis=basis_words(package.basis, "ja"),
            expires_on=package.expires_on,
            serial=serial(package),
            mark=f"{package.recipient_name}　{context.case_number}"[:60],
            duties=tuple(
                line for duty in duties.of_package(package, "ja") for line in wrap(duty, LARGEST_TEXT)
            ),
        ),
    )


def serial(package: Package) -> str:
    """The number of the copy, as printed: the beginning of its hash."""
    text = package.sha256[:10].upper()
    return "-".join((text[:4], text[4:8], text[8:]))
