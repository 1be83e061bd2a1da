"""Recurring rewritings inside texts and wikitext: a word corrected, a mark dropped, an option given to an icon."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from parsers.bulk_rules import Rule, Variable, make_rule
from parsers.change import Change, PageChange
from parsers.noise import MARKUP, TYPOGRAPHY, WHITESPACE
from parsers.words import DELETE, EQUAL, INSERT, word_diff

TEXT, WIKITEXT = "text", "wikitext"  # what a straggler is looked for in: what a reader sees, or the source

# A text with more rewritten places than this was written anew; a longer piece is a new sentence.
_MAX_HUNKS = 40
_MAX_PIECE = 120
_MAX_TEXT = 200_000
# Two rewritten places with no more than this between them may be one phrase.
_MAX_BETWEEN = 30
_LEAST_LETTERS = 4
_ENTITY = re.compile(r"&#?\w+;")
_OPEN_TAG = re.compile(r"</?\w[^<>\n]{0,60}\Z")
_LAST_WORD = re.compile(r"[\w.]+\W{0,2}\Z")
_FIRST_WORD = re.compile(r"\A(?:\s?\w+|[^\w\s])")
_OPENED_WORD = re.compile(r"\A\s?[(\[„“\"]\w+")
_NAME = re.compile(r"\s?[^\W\d_a-zß-öø-ÿ]")
_WORD = re.compile(r"[^\W\d_]")
_TAG = re.compile(r"</?[a-zA-Z]\w*\b[^<>\n]*>")
_ACRONYM = re.compile(r"[^\W\d_a-zß-öø-ÿ]{2,}")
RUN = "{text}"
_BRACKETS = re.compile(r"\[\[|\]\]")
_OPTION_VALUE = re.compile(r"(?<==).*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wording:
    """``before`` was rewritten to ``after`` in a change of ``kind``; ``inside`` is TEXT or WIKITEXT.

    In wikitext ``{text}`` stands for whatever stands between two marks in one line, or for the value of an option.
    """

    kind: str
    inside: str
    before: str
    after: str

    @property
    def reverse(self) -> Wording:
        return Wording(self.kind, self.inside, self.after, self.before)

    @property
    def of_one_mark(self) -> Wording | None:
        """The same rewriting of one mark, where equal ones stand around something; None where they are not equal."""
        (old, *more_old), (new, *more_new) = self.before.split(RUN), self.after.split(RUN)
        if old and new and more_old == [old] and more_new == [new]:
            return Wording(self.kind, self.inside, old, new)
        return None

    @property
    def says_where(self) -> bool:
        """Whether not every text has the old form; a rule needs that, what undoes one does not."""
        return bool(self.before.replace(RUN, "").strip())

    @property
    def rule(self) -> Rule:
        return make_rule(_parts(self.before), _parts(self.after))

    @property
    def expression(self) -> re.Pattern[str]:
        """What finds the old form in a text."""
        return _expression(self.before)

    def stands_in(self, text: str) -> str | None:
        """The old form as it stands in a text, or None when it does not."""
        if not self.before or (RUN not in self.before and self.before not in text):
            return None
        if self.after and self.before in self.after:
            text = text.replace(self.after, "\0")
        found = (match[0] for match in _expression(self.before).finditer(text))
        if RUN in self.before and self.reverse.says_where:  # what {text} stands for may make it the new form
            renewed = _expression(self.after)
            found = (form for form in found if not renewed.fullmatch(form))
        return next(found, None)


def _parts(form: str) -> tuple[str | Variable, ...]:
    pieces: list[str | Variable] = []
    for at, literal in enumerate(form.split(RUN)):
        pieces += [Variable("text" if at == 1 else f"text{at}", ".*")] if at else []
        pieces += [literal] if literal else []
    return tuple(pieces)


@lru_cache(maxsize=1000)
def _expression(form: str) -> re.Pattern[str]:
    inner = r"[^\n]*?".join(map(_exactly, form.split(RUN)))
    return re.compile((r"(?<!\w)" if form[0].isalnum() else "") + inner + (r"(?!\w)" if form[-1].isalnum() else ""))


def _exactly(marks: str) -> str:
    """The expression of literal marks; one bracket is not the half of two."""
    before = f"(?<!{re.escape(marks[0])})" if marks[:1] in ("[", "]", "{", "}") else ""
    after = f"(?!{re.escape(marks[-1])})" if marks[-1:] in ("[", "]", "{", "}") else ""
    return before + re.escape(marks) + after


def group_wordings(changes: Iterable[PageChange]) -> Mapping[Wording, list[PageChange]]:
    """The changes by each rewriting that is found in them, without the texts that they were found in."""
    groups: defaultdict[Wording, list[PageChange]] = defaultdict(list)
    for change in changes:
        found = dict.fromkeys(wordings(change.change))
        if found:
            light = change if change.change.kind == "file" else without_texts(change)
            for wording in found:
                groups[wording].append(light)
    return groups


def without_texts(change: PageChange) -> PageChange:
    """A change without what was rewritten, which may be long."""
    return replace(change, change=replace(change.change, before=None, after=None))


def wordings(change: Change) -> Iterator[Wording]:
    """The rewritings in one change of a section's text, of its wikitext, or of how a file is shown."""
    before, after = change.before or "", change.after or ""
    if not before or not after or max(len(before), len(after)) > _MAX_TEXT:
        return
    if change.kind == "file":
        if before.startswith("[["):
            yield from _options(before, after)
        return
    inside = WIKITEXT if change.noise_reason in (MARKUP, WHITESPACE) else TEXT
    marks = change.noise_reason in (MARKUP, WHITESPACE, TYPOGRAPHY)
    hunks = _hunks(before, after)
    if len(hunks) > _MAX_HUNKS:
        return
    for at, hunk in enumerate(hunks):
        for forms in _forms(hunk, marks=marks):
            yield from _marked(change.kind, inside, *forms)
        if at:
            for forms in _joined(hunks[at - 1], hunk, marks=marks):
                yield from _marked(change.kind, inside, *forms)


@dataclass(frozen=True, slots=True)
class _Hunk:
    """What was rewritten, and what stands before and after it in its line."""

    left: str
    deleted: str
    inserted: str
    right: str
    starts_line: bool


def _hunks(before: str, after: str) -> list[_Hunk]:
    found: list[_Hunk] = []
    left = deleted = inserted = ""
    segments = [*word_diff(before, after), (EQUAL, "\n")]
    starts_line = True
    for op, text in segments:
        if op == DELETE:
            deleted += text
        elif op == INSERT:
            inserted += text
        else:
            if deleted or inserted:
                found.append(_Hunk(left, deleted, inserted, text.split("\n")[0], starts_line))
                if len(found) > _MAX_HUNKS:
                    break
            starts_line = "\n" in text or not found
            left = text.rpartition("\n")[2]
            deleted = inserted = ""
    return found


def _in_brackets(hunk: _Hunk) -> _Hunk:
    """What came or went alone, as the whole of a bracket: of ``A (b) (c`` that became ``A (c`` it is ``(b) ``.

    Both ``(b) `` and ``b) (`` lead from one text to the other.
    """
    piece = hunk.deleted or hunk.inserted
    if (hunk.deleted and hunk.inserted) or not 0 <= piece.find(")") < piece.rfind("("):
        return hunk
    moved = len(piece) - piece.rfind("(")
    if not hunk.left.endswith(piece[-moved:]):
        return hunk
    slid = piece[-moved:] + piece[:-moved]
    left, right = hunk.left[:-moved], piece[-moved:] + hunk.right
    deleted, inserted = (slid, "") if hunk.deleted else ("", slid)
    return _Hunk(left, deleted, inserted, right, hunk.starts_line)


def _forms(hunk: _Hunk, *, marks: bool) -> Iterator[tuple[str, str]]:
    """A rewritten place as a rule would have it: with words, or the mark, beside it where it says too little."""
    hunk = _in_brackets(hunk)
    old, new = hunk.deleted, hunk.inserted
    if "\n" in old + new or max(len(old), len(new)) > _MAX_PIECE:
        return
    if not _has_words(old, new):
        for left, right in _around(hunk) if marks else ():
            yield f"{left}{old}{right}", f"{left}{new}{right}"
        return
    if old.strip() and new.strip():
        if _is_telling(old, new):
            yield old.strip(), new.strip()
        return
    word = _LAST_WORD.search(hunk.left), _FIRST_WORD.match(hunk.right)
    before, behind = (match[0] if match else "" for match in word)
    sides = [(before, ""), ("", behind)]
    if opened := _OPENED_WORD.match(hunk.right):
        sides.append(("", opened[0]))
    if before[:1].isupper() and before[-1].isspace() and _NAME.match(behind):  # one name around it: Amt … Verkehr
        sides.append((before, behind))
    for start, end in sides:
        form_old, form_new = (" ".join(f"{start}{piece}{end}".split()) for piece in (old, new))
        told = form_old and form_new and (_has_words(form_old) or _ENTITY.search(form_new))
        if (start or end) and told and _is_telling(form_old, form_new):
            yield form_old, form_new


def _around(hunk: _Hunk) -> Iterator[tuple[str, str]]:
    """What stands beside rewritten marks and says more of them: a tag, marks, blanks; the words that blanks part."""
    tag = _OPEN_TAG.search(hunk.left)
    yield tag[0] if tag else _last_mark(hunk.left), _first_mark(hunk.right)
    before, behind = _LAST_WORD.search(hunk.left), _FIRST_WORD.match(hunk.right)
    if not (hunk.deleted + hunk.inserted).strip() and before and behind:
        yield before[0], behind[0]
    elif hunk.left[-1:] == hunk.right[:1] == " ":
        yield " ", " "


def _has_words(*pieces: str) -> bool:
    """Whether there are letters apart from the names of tags."""
    return any(_WORD.search(_TAG.sub("", piece)) for piece in pieces)


def _first_mark(text: str) -> str:
    """The mark that a text begins with: ``[[`` is one."""
    mark = text[:1]
    if mark.isalnum() or mark.isspace():
        return ""
    return mark * 2 if mark and text[1:2] == mark else mark


def _last_mark(text: str) -> str:
    return _first_mark(text[::-1])


def _is_telling(old: str, new: str) -> bool:
    """Whether it is words that were rewritten: not a number, a date or a short word, but an acronym is one."""
    if re.sub(r"\d+", "0", old) == re.sub(r"\d+", "0", new):
        return False
    if _ACRONYM.search(old) or _ACRONYM.search(new):
        return True
    return max(sum(c.isalpha() for c in text) for text in (old, new)) >= _LEAST_LETTERS


def _joined(first: _Hunk, second: _Hunk, *, marks: bool) -> Iterator[tuple[str, str]]:
    """Two rewritten places of one line as one: a phrase, or the marks around something."""
    if second.starts_line or "\n" in first.deleted + first.inserted + second.deleted + second.inserted:
        return
    between = second.left
    words = _has_words(first.deleted, first.inserted, second.deleted, second.inserted)
    if len(between) <= _MAX_BETWEEN and (words or marks):
        old = f"{first.deleted}{between}{second.deleted}".strip()
        new = f"{first.inserted}{between}{second.inserted}".strip()
        if max(len(old), len(new)) <= _MAX_PIECE and old and new and _is_telling(old, new):
            yield old, new
    if marks and between and not words:
        start, end = _first_mark(between), _last_mark(between)
        old = f"{first.deleted}{start}{RUN}{end}{second.deleted}"
        new = f"{first.inserted}{start}{RUN}{end}{second.inserted}"
        if old.strip() == new.strip() == RUN:  # blanks inside of marks
            left, right = _last_mark(first.left), _first_mark(second.right)
            old, new = f"{left}{old}{right}", f"{left}{new}{right}"
        yield old, new


def _marked(kind: str, inside: str, old: str, new: str) -> Iterator[Wording]:
    """A rewriting of marks, if they say where; that something became a link is told by the link."""
    wording = Wording(kind, inside, old, new)
    same = Counter(_BRACKETS.findall(old)) == Counter(_BRACKETS.findall(new))
    if same and (wording.says_where or wording.reverse.says_where):
        yield wording


def _options(before: str, after: str) -> Iterator[Wording]:
    """What of a file's options went and came, and another prefix of its name."""
    (name_old, *old), (name_new, *new) = before[2:-2].split("|"), after[2:-2].split("|")
    prefixes = name_old.partition(":")[::2], name_new.partition(":")[::2]
    if prefixes[0][1] == prefixes[1][1] and prefixes[0][0] != prefixes[1][0]:
        yield Wording("file", WIKITEXT, f"[[{prefixes[0][0]}:{RUN}", f"[[{prefixes[1][0]}:{RUN}")
    gone = [option for option in old if option not in new]
    come = [option for option in new if option not in old]
    if len(gone) + len(come) in (1, 2) and len(gone) < 2 and len(come) < 2:
        forms = [f"[[{RUN}" + "".join("|" + _OPTION_VALUE.sub(RUN, option) for option in side) for side in (gone, come)]
        yield Wording("file", WIKITEXT, forms[0] + "]]", forms[1] + "]]")


def file_form(members: Sequence[str]) -> re.Pattern[str] | None:
    """What recognises a file shown as it was on all of these: its options, and what its names have in common."""
    uses = [use[2:-2].split("|") for use in members]
    options = {tuple(use[1:]) for use in uses}
    if len(options) != 1:
        return None
    names = [use[0] for use in uses]
    start, end = _common_start(names), _common_start([name[::-1] for name in names])[::-1]
    if len(set(names)) == 1:
        start, end = names[0], ""
    middle = "" if len(set(names)) == 1 else r"[^\[\]|\n]*"
    rest = "".join("|" + option for option in next(iter(options)))
    return re.compile(r"\[\[" + re.escape(start) + middle + re.escape(end + rest) + r"\]\]")


def _common_start(names: Sequence[str]) -> str:
    first, last = min(names), max(names)
    same = 0
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    return first[:same]


def is_blank(wording: Wording) -> bool:
    """Whether only blanks were rewritten."""
    return "".join(wording.before.split()) == "".join(wording.after.split())


def has_entity(wording: Wording) -> bool:
    """Whether characters were rewritten that somebody took the trouble to write as entities, or now takes it."""
    return _ENTITY.search(wording.before + wording.after) is not None
