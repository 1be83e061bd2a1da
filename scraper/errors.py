"""What can go wrong between us and a wiki, each as one sentence for the user."""

from __future__ import annotations

LATER = "try again later, and tell the wiki's operator if it stays so."


class WikiError(Exception):
    """Base of all faults of a wiki; the message says what happened, where, and what to do."""


class BadAddress(WikiError):
    """What was given is no http(s) address: wrong usage."""


class Temporary(WikiError):
    """The wiki cannot be reached or asks to wait for longer than allowed: try again later."""


class Damaged(Temporary):
    """An answer that is empty, broke off or lacks a part, several times: the next run may get it whole."""


class Endless(Temporary):
    """A list that goes in circles, so that following it would never end."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{url} sends a list in circles; {LATER}")


class BadCertificate(WikiError):
    """The wiki's certificate cannot be trusted."""


class AccessDenied(WikiError):
    """The wiki answers 401 or 403, or says that its content is for members only."""


class MembersOnly(AccessDenied):
    """The API itself says that nobody may read without an account."""


class LoginFailed(WikiError):
    """The wiki does not take the account: wrong name, password, or rights."""


class NotAWiki(WikiError):
    """The address answers, but nothing there is a MediaWiki."""


class ApiOff(WikiError):
    """A MediaWiki whose action API cannot be used."""


class TooOld(WikiError):
    """A MediaWiki that lacks what an exact mirror needs."""


class UnexpectedAnswer(WikiError):
    """An answer that is not what the API documents: an HTML page, half a body, a missing part."""


class Refused(UnexpectedAnswer):
    """An answer that we do not take: too large, or a redirect that is not followed."""


class NotUtf8(UnexpectedAnswer):
    """A text in another encoding than a MediaWiki's, which can be no text here."""


class ApiError(WikiError):
    """An error that the API itself reports; ``code`` is its stable name (API:Errors and warnings)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class UnknownModel(ApiError):
    """What is asked for holds texts of a content model that no extension knows any more (Manual:$wgContentHandlers)."""


class DumpError(WikiError):
    """A dump that is missing, truncated or not a MediaWiki export."""


def one_line(text: str, limit: int = 200) -> str:
    """What a wiki says, fit to stand in a sentence: one line, no control characters, not without end."""
    line = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
