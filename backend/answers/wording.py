"""The sentences in which forms answer (wording rules: say what to do, never blame, です・ます)."""

from collections.abc import Mapping

from backend.answers.text import Text

ROW = Text("{label} {number}行目", "{label}, row {number}")
CELL = Text("{row} {label}", "{row}: {label}")
LABELLED = Text("「{label}」：{told}", "{label}: {told}")

REQUIRED: Mapping[str, Text] = {
    "text": Text("「{label}」を書いてください。", "Write “{label}”."),
    "radios": Text("「{label}」を選んでください。", "Choose “{label}”."),
    "select": Text("「{label}」を選んでください。", "Choose “{label}”."),
    "member": Text("「{label}」を選んでください。", "Choose “{label}”."),
    "organisation": Text("「{label}」を選んでください。", "Choose “{label}”."),
    "area": Text("「{label}」を選んでください。", "Choose “{label}”."),
    "yesno": Text("「{label}」に答えてください。", "Answer “{label}”."),
    "checkboxes": Text("「{label}」を1つ以上選んでください。", "Choose at least one in “{label}”."),
    "rows": Text("「{label}」を1行以上書いてください。", "Write at least one row in “{label}”."),
    "date": Text(
        "「{label}」を入れてください。例：令和8年11月24日",
        "Enter “{label}”, for example 2026-11-24 or R8.11.24.",
    ),
    "birth_date": Text(
        "「{label}」を入れてください。例：昭和13年5月2日",
        "Enter “{label}”, for example 1938-05-02 or S13.5.2.",
    ),
    "datetime": Text(
        "「{label}」の日付と時刻を入れてください。例：令和8年11月24日 9:42",
        "Enter date and time of “{label}”, for example 2026-11-24 9:42.",
    ),
    "time": Text("「{label}」を入れてください。例：9:42", "Enter “{label}”, for example 9:42."),
    "number": Text("「{label}」を数字で入れてください。", "Enter “{label}” as a number."),
}
TYPES: Mapping[str, Text] = {
    "text": Text("「{label}」を文字で書いてください。", "Write “{label}” as text."),
    "number": Text(
        "「{label}」を数字で書いてください。例：30", "Write “{label}” as a whole number, for example 30."
    ),
    "yesno": Text("「{label}」は「はい」か「いいえ」を選んでください。", "Choose yes or no for “{label}”."),
    "checkboxes": Text("「{label}」を一覧から選んでください。", "Choose “{label}” from the list."),
    "rows": Text("「{label}」を1行ずつ書いてください。", "Write “{label}” row by row."),
}
CHOOSE = Text("「{label}」を一覧から選んでください。", "Choose “{label}” from the list.")
CHOOSE_THIS = Text("「{label}」は「{wanted}」を選んでください。", "Choose “{wanted}” for “{label}”.")
MUST_BE = Text("「{label}」は「{wanted}」が必要です。", "“{label}” has to be “{wanted}”.")

# keyword → (code, words)
LIMITS: Mapping[str, tuple[str, Text]] = {
    "maxLength": (
        "too_long",
        Text(
            "「{label}」は{limit}字までです。いま{size}字です。",
            "“{label}” takes {limit} characters. This has {size}.",
        ),
    ),
    "minLength": (
        "too_short",
        Text(
            "「{label}」をもう少しくわしく、{limit}字以上で書いてください。いま{size}字です。",
            "Write a little more in “{label}”: at least {limit} characters. This has {size}.",
        ),
    ),
    "maximum": (
        "too_big",
        Text(
            "「{label}」は{limit}までです。いま{size}です。", "“{label}” goes up to {limit}. This is {size}."
        ),
    ),
    "minimum": (
        "too_small",
        Text(
            "「{label}」は{limit}からです。いま{size}です。", "“{label}” starts at {limit}. This is {size}."
        ),
    ),
    "maxItems": (
        "too_many",
        Text(
            "「{label}」は{limit}件までです。いま{size}件です。",
            "“{label}” takes {limit} entries. This has {size}.",
        ),
    ),
    "minItems": (
        "too_few",
        Text(
            "「{label}」は{limit}件以上です。いま{size}件です。",
            "“{label}” needs {limit} entries. This has {size}.",
        ),
    ),
    "uniqueItems": (
        "twice",
        Text(
            "「{label}」に同じものが2つあります。1つにしてください。",
            "“{label}” has the same entry twice. Keep one.",
        ),
    ),
}
OTHER = ("other", Text("「{label}」を書きなおしてください。", "Please write “{label}” again."))

ZIP = Text(
    "「{label}」は 750-0001 のように数字7けたで書いてください。",
    "Write “{label}” as 7 digits, like 750-0001.",
)
ZIP_LENGTH = Text(
    "「{label}」：郵便番号は7けたです。いま{size}けたです。",
    "{label}: a postcode has 7 digits. This has {size}.",
)
FORMATS: Mapping[str, Text] = {
    "phone": Text(
        "「{label}」は市外局番から書いてください。例：083-200-0101",
        "Write “{label}” with the area code, like 083-200-0101.",
    ),
    "kana": Text(
        "「{label}」はひらがなかカタカナで書いてください。", "Write “{label}” in hiragana or katakana."
    ),
    "email": Text(
        "「{label}」は name@example.jp のように書いてください。", "Write “{label}” like name@example.jp."
    ),
    "uuid": CHOOSE,
    "code": CHOOSE,
}
CHARACTERS = Text(
    "「{label}」に目に見えない文字が入っています。消して書きなおしてください。",
    "“{label}” holds characters that cannot be seen. Delete them and write it again.",
)
STORED: Mapping[str, Text] = {
    "date": Text("日付は 2026-11-24 の形で送ってください。", "Send the date as 2026-11-24."),
    "clock": Text("時刻は 09:42 の形で送ってください。", "Send the time as 09:42."),
    "date-time": Text(
        "日時は 2026-11-24T09:42:00+09:00 の形で送ってください。",
        "Send date and time as 2026-11-24T09:42:00+09:00.",
    ),
}
DATE_TOO = Text("日付も入れてください。例：令和8年11月24日", "Enter the date too, for example 2026-11-24.")
TIME_TOO = Text("時刻も入れてください。例：9:42", "Enter the time too, for example 9:42.")

NOT_ANSWERS = Text(
    "答えは項目名と値の組で送ってください。", "Send the answers as an object of names and values."
)
AS_ASKED = Text("「{label}」は用紙のとおりに送ってください。", "Send “{label}” as the form asks for it.")
UNKNOWN = Text(
    "「{name}」はこの用紙にない項目です。消してください。", "“{name}” is not on this form. Take it out."
)
NOT_ASKED = Text(
    "「{label}」は、ほかの答えのために使わない項目です。消すか、ほかの答えを見なおしてください。",
    "“{label}” is not asked with the other answers given. Take it out or review the other answers.",
)
