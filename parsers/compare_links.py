"""Links of two revisions paired by identity: section, label and the key of the address, never by position."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from parsers.address_forms import address_forms
from parsers.change import COSMETIC, SUBSTANTIVE, Change
from parsers.noise import MARKUP, ORDER, noise_reason
from parsers.record import Link, PaperKey

ICON_LINK = "icon-link"
LABEL = "label"

# Labels or titles this much alike (0 to 100), with the same digits, are one that was corrected.
_SAME_LABEL = 80.0
# A label says enough to know a link by it in another section only when it is not "here" or "PDF".
_TELLING_LABEL = 12
_TELLING_PATH = 12
_MAX_FUZZY = 400

_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//(?P<host>[^/?#]*)(?P<path>[^?#]*)(?P<query>\??[^#]*)", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"\d{3,}")
_ICON_TARGET = re.compile(r"\|\s*(?:link|verweis)\s*=[^|\]]*", re.IGNORECASE)

Key = Callable[[Link, int], Hashable | None]


@dataclass(frozen=True, slots=True)
class LinkPairs:
    """``pairs`` holds links found in both revisions, without most of those in which nothing can differ."""

    pairs: tuple[tuple[Link, Link], ...]
    removed: tuple[Link, ...]
    added: tuple[Link, ...]


def address_of(link: Link) -> str:
    """A link's address as a change names it: as written when external, else the full title with fragment."""
    return link.url if link.url is not None else link.target or ""


def is_language_link(link: Link) -> bool:
    """Whether a link names the page of another language, which stands beside the text: it shows no label."""
    return link.kind == "interwiki" and not link.label


def pair_links(
    before: Sequence[Link],
    after: Sequence[Link],
    to_after: Mapping[int, int],
    paper_keys: Mapping[str, PaperKey],
) -> LinkPairs:
    """Pair links from the strongest evidence to the weakest.

    A language link belongs to the page and is paired by its language. The others:
    1. nothing changed, or addresses of one section changed places under their labels; 2. same section and address (the
    label changed); 3. same section, label and key of the address; 4. same section and label; 5. same section and key
    (label and address changed); 6. same label and address, or label and key, in another section (moved); 7. a telling
    label in another section; 8. in the same section, a label or title that was corrected; 9. of files in one section,
    those of one name but for its ending, and the only one that went with the only one that came. ``to_after`` maps
    section indexes of the earlier revision to those of the later; ``paper_keys`` holds the key of each address that
    cites a paper.
    """
    pairing = _Pairing(before, after, to_after)

    def place(link: Link, section: int) -> Hashable:
        return (link.kind == "file", 0 if is_language_link(link) else section)

    pairing.by(lambda link, at: (place(link, at), address_of(link), link.label))
    if pairing.open:
        pairing.by_exchange()
        pairing.by(lambda link, at: (place(link, at), address_of(link)))
        for key in _keys(paper_keys):
            pairing.by(lambda link, at, key=key: _and(key(link), place(link, at), link.label))  # type: ignore[misc]
        pairing.by(lambda link, at: (place(link, at), link.label) if link.label else None)
        for key in _keys(paper_keys):
            pairing.by(lambda link, at, key=key: _and(key(link), place(link, at)))  # type: ignore[misc]
    if pairing.open:
        pairing.by(lambda link, at: (link.kind == "file", address_of(link), link.label))
        for key in _keys(paper_keys):
            pairing.by(lambda link, at, key=key: _and(key(link), link.kind == "file", link.label))  # type: ignore[misc]
        pairing.by(lambda link, at: (link.kind == "file", link.label) if _is_telling(link.label) else None)
        pairing.by_likeness()
        pairing.by(lambda link, at: (at, _stem(link)) if link.kind == "file" else None)
        pairing.by(lambda link, at: at if link.kind == "file" else None, alone=True)
    return LinkPairs(tuple(pairing.pairs), tuple(pairing.before_left()), tuple(pairing.after_left()))


class _Pairing:
    """The links not yet paired, with the section of the later revision that each stands in."""

    def __init__(self, before: Sequence[Link], after: Sequence[Link], to_after: Mapping[int, int]) -> None:
        """Without what both lists begin and end with; most links of a changed section did not change."""
        head = _common(zip(before, after, strict=False), to_after)
        old, new = before[head:], after[head:]
        tail = _common(zip(reversed(old), reversed(new), strict=False), to_after)
        old_end, new_end = len(before) - tail, len(after) - tail
        # Of a file the wikitext may still differ.
        same = [*zip(before[:head], after[:head], strict=True), *zip(before[old_end:], after[new_end:], strict=True)]
        self.pairs = [pair for pair in same if pair[1].kind == "file"]
        self._before = [(link, to_after.get(link.section, -1 - link.section)) for link in before[head:old_end]]
        self._after = [(link, link.section) for link in after[head:new_end]]

    @property
    def open(self) -> bool:
        return bool(self._before and self._after)

    def before_left(self) -> Iterator[Link]:
        return (link for link, _ in self._before)

    def after_left(self) -> Iterator[Link]:
        return (link for link, _ in self._after)

    def by(self, key: Key, alone: bool = False) -> None:
        """Pair what has the same key, or only if no other on its side has it; None is no key."""
        if not self.open:
            return
        groups: defaultdict[Hashable, list[int]] = defaultdict(list)
        for position, (link, at) in enumerate(self._after):
            found = key(link, at)
            if found is not None:
                groups[found].append(position)
        chosen: dict[int, int] = {}
        counts = Counter(key(link, at) for link, at in self._before) if alone else Counter()
        for position, (link, at) in enumerate(self._before):
            found = key(link, at)
            candidates = groups.get(found) if found is not None else None
            if candidates and not (alone and (len(candidates) > 1 or counts[found] > 1)):
                chosen[position] = candidates.pop(self._likest(link, candidates))
        self._take(chosen)

    def by_exchange(self) -> None:
        """Pair by label what lost its address to another label of the section and got the address of another."""
        if not self.open:
            return
        sides = self._before, self._after
        labels = set.intersection(*({(at, link.label) for link, at in side if link.label} for side in sides))
        addresses = set.intersection(*({(at, address_of(link)) for link, at in side} for side in sides))
        if labels and addresses:
            self.by(
                lambda link, at: (
                    (at, link.kind == "file", link.label)
                    if (at, link.label) in labels and (at, address_of(link)) in addresses
                    else None
                )
            )

    def by_likeness(self) -> None:
        """Pair what stands in one section and reads like a correction of the other: the best first."""
        if not self.open or len(self._before) * len(self._after) > _MAX_FUZZY:
            return
        scored = []
        for i, (old, old_at) in enumerate(self._before):
            for j, (new, new_at) in enumerate(self._after):
                if old_at == new_at and old.kind == new.kind:
                    score = _likeness(old, new)
                    if score >= _SAME_LABEL:
                        scored.append((-score, i, j))
        chosen: dict[int, int] = {}
        for _, i, j in sorted(scored):
            if i not in chosen and j not in chosen.values():
                chosen[i] = j
        self._take(chosen)

    def _likest(self, link: Link, candidates: Sequence[int]) -> int:
        """The place in ``candidates`` of the address most like the link's; the first when there is one only."""
        if len(candidates) == 1 or len(candidates) > _MAX_FUZZY:
            return 0
        address = address_of(link)
        scores = [fuzz.ratio(address, address_of(self._after[position][0])) for position in candidates]
        return scores.index(max(scores))

    def _take(self, chosen: Mapping[int, int]) -> None:
        if not chosen:
            return
        self.pairs += [(self._before[i][0], self._after[j][0]) for i, j in chosen.items()]
        taken = set(chosen.values())
        self._before = [item for i, item in enumerate(self._before) if i not in chosen]
        self._after = [item for j, item in enumerate(self._after) if j not in taken]


def _common(pairs: Iterable[tuple[Link, Link]], to_after: Mapping[int, int]) -> int:
    """How many pairs come before the first in which anything but the place in its section differs."""
    count = 0
    for old, new in pairs:
        if old is not new and (
            old.label != new.label or old.target != new.target or old.url != new.url or old.kind != new.kind
        ):
            break
        if to_after.get(old.section) != new.section:
            break
        count += 1
    return count


def _and(key: Hashable | None, *rest: Hashable) -> Hashable | None:
    return None if key is None else (key, *rest)


def _keys(paper_keys: Mapping[str, PaperKey]) -> list[Callable[[Link], Hashable | None]]:
    """What identifies an address when it moves: its one form, paper, path and query, query; a page's title."""

    def paper(link: Link) -> Hashable | None:
        found = paper_keys.get(link.url) if link.url else None
        return (found.name, found.value) if found else None

    return [_one_form, paper, _path_key, _query_key]


def _one_form(link: Link) -> Hashable | None:
    """An external address as it is asked for, whatever its spelling."""
    forms = address_forms(link.url) if link.url else None
    return forms.punycode if forms else None


def _path_key(link: Link) -> Hashable | None:
    if is_language_link(link):
        return (link.target or "").partition(":")[0]
    if link.url is None:
        page = (link.target or "").partition("#")[0]
        return (link.kind, page) if page else None
    match = _ADDRESS.match(link.url)
    if not match:
        return None
    path = match["path"].rstrip("/") + match["query"]
    return path if len(path) >= _TELLING_PATH or _NUMBER.search(path) else None


def _query_key(link: Link) -> Hashable | None:
    match = _ADDRESS.match(link.url) if link.url else None
    return match["query"] if match and _NUMBER.search(match["query"]) else None


def _stem(link: Link) -> str:
    return (link.target or "").rpartition(".")[0].lower()


def _is_telling(label: str) -> bool:
    return len(label) >= _TELLING_LABEL and " " in label


def _likeness(old: Link, new: Link) -> float:
    """How much one reads like a correction of the other; other digits mean another thing (``B/16/5505``)."""
    readings = ((old.label, new.label), (address_of(old), address_of(new)))
    return max(fuzz.ratio(a, b) if a and b and _DIGITS.findall(a) == _DIGITS.findall(b) else 0.0 for a, b in readings)


def link_change(old: Link, new: Link, path: str, moved: bool) -> Change | None:
    """What a reader is told of a link found in both revisions, or None when it is the same.

    Another address is ``changed`` and counts; the same in another spelling (percent-encoded, with an entity) is
    cosmetic (``markup``). The same address with another label is ``changed`` and cosmetic
    (noise reason ``label``, or finer), since the text around it tells the words. ``moved`` says that the link
    alone went to another section, which is cosmetic as well (``order``). A file's caption is told by ``file_change``.
    """
    kind = "file" if new.kind == "file" else "link"
    before, after = address_of(old), address_of(new)
    if before != after:
        if (form := _one_form(old)) is not None and form == _one_form(new):
            return Change(kind, "changed", path, before, after, COSMETIC, MARKUP, new.label)
        return Change(kind, "changed", path, before, after, label=new.label)
    if old.label != new.label and kind == "link":
        reason = noise_reason(old.label, new.label) or LABEL
        return Change(kind, "changed", path, before, after, COSMETIC, reason, label=new.label)
    if moved:
        return Change(kind, "moved", path, before, after, COSMETIC, ORDER, label=new.label)
    return None


def file_change(raw: tuple[str, str], old: Link, new: Link, path: str) -> Change | None:
    """A file shown in another way, with the wikitext as before and after, or None when that is the same.

    A new caption counts; where its icon leads (``icon-link``), its size, frame and place (``markup``) are cosmetic.
    """
    if raw[0] == raw[1]:
        return None
    reason: str | None = MARKUP
    if old.label != new.label:
        reason = noise_reason(old.label, new.label)
    elif _ICON_TARGET.sub("", raw[0]) == _ICON_TARGET.sub("", raw[1]):
        reason = ICON_LINK
    return Change("file", "changed", path, *raw, COSMETIC if reason else SUBSTANTIVE, reason, label=new.label)


def one_sided(links: Iterable[Link], action: str, path_of: Callable[[int, bool], str]) -> Iterator[Change]:
    """Changes for links that only one revision has; ``action`` is added or removed."""
    for link in links:
        kind, address = "file" if link.kind == "file" else "link", address_of(link)
        before, after = (None, address) if action == "added" else (address, None)
        path = "" if is_language_link(link) else path_of(link.section, action == "added")
        yield Change(kind, action, path, before, after, label=link.label)
