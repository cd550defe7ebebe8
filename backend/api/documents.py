"""The bodies of the API as OpenAPI describes them. Requests are read by these; tests hold answers to them."""

from typing import Any

from rest_framework import serializers

from backend.api.reading import Body, Whole, Words

Doc = serializers.Serializer


class StartBody(Body):
    """What begins a case."""

    workflow = Words(max_length=60, help_text="A workflow's name, as in /api/workflows/.")
    answers = serializers.DictField(
        required=False, default=dict, help_text="Answers to the form the workflow starts with."
    )
    person = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="The person it is about, when known."
    )
    area = Words(
        required=False,
        allow_null=True,
        default=None,
        max_length=16,
        help_text="An area's code.",
    )


class ActBody(Body):
    """What an action is given."""

    answers = serializers.DictField(
        required=False, default=dict, help_text="Answers to the form the action asks."
    )
    revision = Whole(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=2**31 - 1,
        help_text="The revision you saw (or If-Match). With it a change in between is a conflict.",
    )


class DisclosureBody(Body):
    """A request to disclose."""

    answers = serializers.DictField(
        help_text="Answers to the form disclosure_request; for a preview, as far as they are known."
    )


class MendBody(Body):
    """A decision about an effect that got stuck."""

    reason = Words(
        required=False,
        allow_null=True,
        default=None,
        max_length=400,
        help_text="Why. Needed unless an effect that certainly failed is only tried again.",
    )
    to = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="For `reassign`: the member to be told."
    )


class SearchBody(Body):
    """Words to find persons by; they stand in the body because addresses are logged."""

    text = Words(max_length=80, help_text="Name, reading, address, telephone, birth date or case number.")


class NamedDoc(Doc[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class CodedDoc(Doc[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class NumberedDoc(Doc[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()


class PersonNameDoc(Doc[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    kana = serializers.CharField()


class StateDoc(Doc[Any]):
    name = serializers.CharField(help_text="Qualified: referral.triaged")
    title = serializers.CharField()
    kind = serializers.CharField(help_text="new, ours, theirs, done or stopped")


class ReasonDoc(Doc[Any]):
    rule = serializers.CharField(help_text="The policy's id; empty when no policy permits it.")
    text = serializers.CharField()
    cite = serializers.CharField(help_text="The article it rests on.")


class CaseDoc(Doc[Any]):
    """A case in a list. What you may not see is null."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    workflow = serializers.CharField()
    workflow_title = serializers.CharField()
    state = StateDoc()
    revision = serializers.IntegerField()
    urgency = serializers.CharField(allow_null=True)
    open = serializers.BooleanField()
    held = serializers.BooleanField()
    due_at = serializers.DateTimeField(allow_null=True)
    overdue = serializers.BooleanField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    area = CodedDoc(allow_null=True)
    person = PersonNameDoc(allow_null=True)
    owner_role = serializers.CharField()
    assignee = NamedDoc(allow_null=True)
    receiver = CodedDoc(allow_null=True)
    withheld = serializers.BooleanField(help_text="Something is kept from you.")


class LinksDoc(Doc[Any]):
    actions = serializers.CharField()
    steps = serializers.CharField()


class CaseDetailDoc(CaseDoc):
    """A case. `categories` are the data categories you may see of it."""

    definition = serializers.CharField()
    controller = serializers.CharField()
    entered_at = serializers.DateTimeField()
    held_at = serializers.DateTimeField(allow_null=True)
    reporter = NamedDoc(allow_null=True)
    facts = serializers.DictField()
    categories = serializers.ListField(child=serializers.CharField())
    withheld_because = ReasonDoc(many=True)
    links = LinksDoc()


class FormRefDoc(Doc[Any]):
    name = serializers.CharField()
    hash = serializers.CharField()


class FileDoc(Doc[Any]):
    title = serializers.CharField()
    media_type = serializers.CharField()
    url = serializers.CharField()


class StepDoc(Doc[Any]):
    """One step of a case's history, with the answers of the categories you may see."""

    seq = serializers.IntegerField()
    action = serializers.CharField()
    title = serializers.CharField()
    actor = NamedDoc(allow_null=True)
    to = StateDoc()
    at = serializers.DateTimeField()
    form = FormRefDoc(allow_null=True)
    answers = serializers.DictField(allow_null=True)
    attachment = FileDoc(allow_null=True)
    corrects = serializers.IntegerField(allow_null=True)
    corrected_by = serializers.IntegerField(allow_null=True)
    rules = serializers.ListField(child=serializers.CharField())
    hash = serializers.CharField()
    withheld = serializers.BooleanField()

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": StateDoc(allow_null=True)}


class OfferDoc(Doc[Any]):
    """An action, whether you may take it now, and if not why not and what would help."""

    action = serializers.CharField()
    title = serializers.CharField()
    form = serializers.CharField(allow_null=True)
    needs_reason = serializers.BooleanField()
    confirm = serializers.CharField(allow_null=True)
    possible = serializers.BooleanField()
    obstacle = serializers.CharField(
        allow_null=True, help_text="state, held, closed, refused or guard; null when it is possible."
    )
    why = serializers.ListField(child=serializers.CharField())
    reasons = ReasonDoc(many=True)
    help = serializers.CharField(allow_null=True)
    url = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "class": serializers.CharField()}


class OffersDoc(Doc[Any]):
    revision = serializers.IntegerField()
    actions = OfferDoc(many=True)


class DoneDoc(Doc[Any]):
    """What was done. `repeated`: this key had done it before."""

    case = serializers.UUIDField()
    number = serializers.CharField()
    revision = serializers.IntegerField()
    action = serializers.CharField()
    to = serializers.CharField()
    rules = serializers.ListField(child=serializers.CharField())
    repeated = serializers.BooleanField()

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": serializers.CharField(allow_null=True)}


class PersonDoc(Doc[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField(allow_null=True)
    kana = serializers.CharField(allow_null=True)
    birth_date = serializers.DateField(allow_null=True)
    area = CodedDoc(allow_null=True)
    protected = serializers.BooleanField()


class PersonDetailDoc(PersonDoc):
    sex = serializers.CharField(allow_null=True)
    controller = serializers.CharField()
    deceased_on = serializers.DateField(allow_null=True)
    zip = serializers.CharField(allow_null=True)
    address = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    withheld = serializers.ListField(
        child=serializers.CharField(), help_text="The data categories of the record that are kept from you."
    )


class ConsentDoc(Doc[Any]):
    id = serializers.UUIDField()
    case = NumberedDoc()
    seq = serializers.IntegerField(help_text="The step in which it was said.")
    said = serializers.ChoiceField(["given", "partial", "refused", "pending", "withdrawn"])
    state = serializers.ChoiceField(
        ["given", "partial", "refused", "pending", "withdrawn", "expired", "ended", "not_begun"],
        help_text="What it is worth today.",
    )
    holds = serializers.BooleanField()
    said_at = serializers.DateTimeField()
    asked_by = NamedDoc(allow_null=True)
    method = serializers.CharField(allow_null=True)
    witnessed = serializers.BooleanField(allow_null=True)
    by = serializers.CharField(allow_null=True)
    own = serializers.BooleanField(
        allow_null=True, help_text="Said by the person, or with proof of authority to say it for them."
    )
    wording = serializers.CharField(allow_null=True, help_text="The hash of the form's version.")
    language = serializers.CharField(allow_null=True)
    purposes = serializers.ListField(child=serializers.CharField(), allow_null=True)
    recipients = serializers.ListField(child=serializers.CharField(), allow_null=True)
    excluded = serializers.ListField(child=serializers.CharField(), allow_null=True)
    categories = serializers.ListField(child=serializers.CharField(), allow_null=True)
    layers = serializers.ListField(child=serializers.CharField(), allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_how = serializers.CharField(allow_null=True)
    withheld = serializers.BooleanField()


class LookDoc(Doc[Any]):
    at = serializers.DateTimeField()
    member = NamedDoc(allow_null=True)
    how = serializers.CharField(help_text="page, api, pdf, file or audit")
    case = NumberedDoc(allow_null=True)
    person = serializers.UUIDField(allow_null=True)
    why = serializers.ListField(child=serializers.CharField())


class FoundPersonDoc(PersonDoc):
    fits = serializers.ListField(child=serializers.CharField(), help_text="By which kinds of term.")


class FoundCaseDoc(Doc[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()


class SearchDoc(Doc[Any]):
    persons = FoundPersonDoc(many=True)
    cases = FoundCaseDoc(many=True)
    more = serializers.BooleanField(help_text="There are more; use more words.")


class LetterDoc(Doc[Any]):
    """A letter. Its bytes are at `pdf` once they are frozen; they never change."""

    id = serializers.UUIDField()
    case = serializers.UUIDField()
    case_number = serializers.CharField()
    seq = serializers.IntegerField(help_text="The step that caused it.")
    definition = serializers.CharField()
    title = serializers.CharField()
    number = serializers.CharField(help_text="As printed; empty before it is issued.")
    dated_on = serializers.DateField()
    state = serializers.CharField(help_text="drafted, approved, issued, posted, returned or void")
    held = serializers.BooleanField(help_text="A second person must see that it is safe to post.")
    addressee_kind = serializers.CharField()
    sha256 = serializers.CharField(allow_null=True)
    pages = serializers.IntegerField(allow_null=True)
    pdf = serializers.CharField(allow_null=True)


class WorkflowStateDoc(Doc[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    citizen = serializers.CharField(help_text="What the person concerned is told.")
    kind = serializers.CharField()
    final = serializers.BooleanField()


class WorkflowActionDoc(Doc[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    to = serializers.CharField(allow_null=True)
    form = serializers.CharField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        sources = serializers.ListField(child=serializers.CharField())
        return {**super().get_fields(), "class": serializers.CharField(), "from": sources}


class WorkflowStartDoc(Doc[Any]):
    action = serializers.CharField()
    title = serializers.CharField()
    form = serializers.CharField(allow_null=True)
    state = serializers.CharField()
    possible = serializers.BooleanField(help_text="Whether you may start one in your area.")


class WorkflowDoc(Doc[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    hash = serializers.CharField()
    start = WorkflowStartDoc()
    states = WorkflowStateDoc(many=True)
    actions = WorkflowActionDoc(many=True)
    forms = serializers.DictField(child=serializers.CharField())


class FormDoc(Doc[Any]):
    """A form. `schema` is its JSON Schema (2020-12); any tool can check answers with it."""

    name = serializers.CharField()
    hash = serializers.CharField()
    title = serializers.CharField()
    schema = serializers.DictField()
    words = serializers.DictField(child=serializers.CharField(), help_text="Its words, by question.")


class ProblemPlaceDoc(Doc[Any]):
    path = serializers.CharField(help_text="A JSON pointer into the body or the answers, or ?parameter.")
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemDoc(Doc[Any]):
    """RFC 9457. `code` is stable."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    problems = ProblemPlaceDoc(many=True, required=False)
    reasons = ReasonDoc(many=True, required=False)
    help = serializers.CharField(required=False, help_text="What would make it possible.")
    revision = serializers.IntegerField(required=False, help_text="What the case's revision is now.")
    line = serializers.IntegerField(required=False, help_text="Where the JSON is wrong.")


class MatrixRowDoc(Doc[Any]):
    """What was ruled about one category.

    `nearest`, and `applies`, the answers that bring it about, stand only in the row asked for by `?nearest=`.
    """

    category = serializers.CharField()
    title = serializers.CharField()
    chosen = serializers.BooleanField()
    outcome = serializers.ChoiceField(["allow", "review_later", "approval", "refer", "deny"])
    because = serializers.ListField(child=serializers.CharField())
    cites = serializers.ListField(child=serializers.CharField())
    rules = serializers.ListField(child=serializers.CharField())
    help = serializers.CharField(allow_blank=True)
    duties = serializers.ListField(child=serializers.CharField())
    approver = serializers.CharField(allow_blank=True)
    nearest = serializers.CharField(allow_blank=True)
    applies = serializers.DictField(allow_null=True)
    values = serializers.IntegerField(help_text="How many values the case holds under it.")


class MatrixDoc(Doc[Any]):
    verdict = serializers.ChoiceField(["nothing", "allow", "review_later", "approval", "refer", "deny"])
    rows = MatrixRowDoc(many=True)


class PackageDoc(Doc[Any]):
    """What was frozen, without its values."""

    id = serializers.UUIDField()
    sha256 = serializers.CharField()
    categories = serializers.ListField(child=serializers.CharField())
    obligations = serializers.ListField(child=serializers.CharField())
    standing = serializers.ChoiceField(["ready", "open", "recalled", "expired", "ended"])
    frozen_at = serializers.DateTimeField()
    openings = serializers.IntegerField()


class DisclosureDoc(Doc[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()
    state = serializers.CharField()
    revision = serializers.IntegerField()
    recipient = serializers.CharField(allow_blank=True)
    purpose = serializers.CharField(allow_null=True)
    basis = serializers.CharField(allow_null=True)
    requested = serializers.ListField(child=serializers.CharField())
    approved = serializers.ListField(child=serializers.CharField())
    expires_on = serializers.DateField(allow_null=True)
    package = PackageDoc(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "source": serializers.UUIDField(allow_null=True)}


class ReceivedDoc(Doc[Any]):
    """A package addressed to you. `page` is where a person opens it; every opening is recorded."""

    id = serializers.UUIDField()
    sender = serializers.CharField()
    purpose = serializers.CharField()
    categories = serializers.ListField(child=serializers.CharField())
    handed_over_at = serializers.DateTimeField()
    expires_on = serializers.DateField()
    standing = serializers.ChoiceField(["open", "recalled", "expired", "ended"])
    state = serializers.CharField()
    openings = serializers.IntegerField()
    page = serializers.URLField()


class LinkDoc(Doc[Any]):
    """Told once. Send the link and the code by different ways."""

    url = serializers.URLField()
    code = serializers.CharField()
    expires_at = serializers.DateTimeField()
    openings = serializers.IntegerField()


class EffectDoc(Doc[Any]):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(["dead", "unclear", "ready", "claimed", "done", "sending", "skipped"])
    since = serializers.DateTimeField()
    attempts = serializers.IntegerField()
    why = serializers.CharField()
    help = serializers.CharField()
    case = NumberedDoc(allow_null=True)
