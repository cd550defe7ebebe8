"""Why something of a meeting or a review is not possible, in both languages, and what to do."""

from django.utils.translation import get_language

from backend.cases.errors import NotPossible
from backend.workflow.model import Text

NO_SOURCE = Text("もとの手続きが見つかりません。", "The step it comes from is not there.")
NOBODY = Text(
    "その人は、いま任期にありません。別の人を選んでください。",
    "That member is not in office now. Choose somebody else.",
)
NO_CASE = Text(
    "その番号のケースは見つからないか、見られません。番号を確かめるか、担当の機関に議題への追加を頼んでください。",
    "There is no such case, or you may not see it. Check the number, or ask its office to bring it.",
)
NO_ITEM = Text(
    "その記号の議題はありません。議題の表で記号を確かめてください。",
    "There is no such symbol on the agenda. Check it in the list of the agenda.",
)
NOT_YOURS = Text(
    "そのケースは見られないので、資料を作れません。持ち込んだ機関に頼んでください。",
    "You may not see that case, so that you cannot make a paper of it. Ask whoever brought it.",
)
NOT_ALLOWED = Text(
    "この会議の資料に載せられない項目です：{items}。外してください。",
    "These may not stand in a paper of this meeting: {items}. Take them out.",
)
EMPTY = Text(
    "選んだ項目には、まだ何も記録がありません。別の項目を選んでください。",
    "Nothing is recorded yet under the items you chose. Choose others.",
)
NOT_A_COPY = Text(
    "番号 {items} の資料は、配った中にありません。番号を確かめてください。",
    "No copies numbered {items} were handed out. Check the numbers.",
)


def said(words: Text, items: str = "") -> NotPossible:
    """The error that says it, in the language of who asks."""
    return NotPossible(words.in_language(get_language() or "ja").format(items=items))
