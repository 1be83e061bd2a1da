"""The forms of an address: written, percent-encoded, and with its host in punycode."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.address_forms import address_forms
from parsers.record import AddressForms
from tests.records import read_json

MULLER = "xn--mller-kva.example"


@pytest.mark.parametrize(
    ("url", "percent", "punycode", "host"),
    [
        ("https://rat.example/a?b=c#d", "https://rat.example/a?b=c#d", "https://rat.example/a?b=c#d", "rat.example"),
        ("https://Müller.example", "https://M%C3%BCller.example", f"https://{MULLER}", MULLER),
        (
            "https://müller.example/größe?q=ü#ß",
            "https://m%C3%BCller.example/gr%C3%B6%C3%9Fe?q=%C3%BC#%C3%9F",
            f"https://{MULLER}/gr%C3%B6%C3%9Fe?q=%C3%BC#%C3%9F",
            MULLER,
        ),
        ("https://x.example/%C3%BC", "https://x.example/%C3%BC", "https://x.example/%C3%BC", "x.example"),
        (
            "https://x.example/%c3%bc/ü/100%/%zz",
            "https://x.example/%c3%bc/%C3%BC/100%25/%25zz",
            "https://x.example/%c3%bc/%C3%BC/100%25/%25zz",
            "x.example",
        ),
        ("https://m%C3%BCller.example/", "https://m%C3%BCller.example/", f"https://{MULLER}/", MULLER),
        (f"https://{MULLER}/ü", f"https://{MULLER}/%C3%BC", f"https://{MULLER}/%C3%BC", MULLER),
        (
            "https://jörg:ß@müller.example:8443/x",
            "https://j%C3%B6rg:%C3%9F@m%C3%BCller.example:8443/x",
            f"https://j%C3%B6rg:%C3%9F@{MULLER}:8443/x",
            MULLER,
        ),
        (
            "http://[2001:DB8::1]:80/ä",
            "http://[2001:DB8::1]:80/%C3%A4",
            "http://[2001:db8::1]:80/%C3%A4",
            "[2001:db8::1]",
        ),
        ("//müller.example/a", "//m%C3%BCller.example/a", f"//{MULLER}/a", MULLER),
        ("mailto:jörg@müller.example?subject=Maß", "mailto:j%C3%B6rg@m%C3%BCller.example?subject=Ma%C3%9F",
         f"mailto:j%C3%B6rg@{MULLER}?subject=Ma%C3%9F", MULLER),
        ("mailto:amt@rat.example", "mailto:amt@rat.example", "mailto:amt@rat.example", "rat.example"),
        ("news:de.größe", "news:de.gr%C3%B6%C3%9Fe", "news:de.gr%C3%B6%C3%9Fe", None),
        ("tel:+49-208-0", "tel:+49-208-0", "tel:+49-208-0", None),
        ("https://x.example/?a=1&amp;b=2", "https://x.example/?a=1&b=2", "https://x.example/?a=1&b=2", "x.example"),
        ("https://x.example/a<!-- alt -->b", "https://x.example/ab", "https://x.example/ab", "x.example"),
        ("https://a_b.example/", "https://a_b.example/", "https://a_b.example/", "a_b.example"),
        # no such name can be: a hyphen in front, a label of 64 characters, a sign
        ("https://-ü.example/ü", "https://-%C3%BC.example/%C3%BC", None, None),
        (f"https://ü{'x' * 63}.example/", f"https://%C3%BC{'x' * 63}.example/", None, None),
        ("https://☃.example/", "https://%E2%98%83.example/", None, None),
        ("https://ü..example/", "https://%C3%BC..example/", None, None),
    ],
)  # fmt: skip
def test_forms(url: str, percent: str, punycode: str | None, host: str | None) -> None:
    assert address_forms(url) == AddressForms(percent, punycode, host)


def test_an_address_that_a_template_completes_has_no_forms() -> None:
    assert address_forms("https://x.example/{{PAGENAME}}") is None


def test_links_and_values_tell_all_forms() -> None:
    record = read_json("{{Konzeption|Art=x|Netz=https://müller.example/größe}}\n[[Seite]]")
    forms = {
        "percent": "https://m%C3%BCller.example/gr%C3%B6%C3%9Fe",
        "punycode": f"https://{MULLER}/gr%C3%B6%C3%9Fe",
        "host": MULLER,
    }
    external, internal = record["links"]
    assert (external["url"], external["host"]) == ("https://müller.example/größe", "müller.example")
    assert (external["forms"], internal["forms"]) == (forms, None)
    art, net = (field["values"][0] for field in record["infoboxes"][0]["fields"])
    assert (art["forms"], net["type"], net["forms"]) == (None, "url", forms)


@given(st.text(max_size=60), st.sampled_from(["https://", "//", "mailto:", "news:", "https://[", "http://ü@", ""]))
def test_forms_are_ascii_and_nothing_is_encoded_twice(text: str, start: str) -> None:
    forms = address_forms(start + text)
    for form in (forms.percent, forms.punycode) if forms else ():
        if form is not None:
            assert form.isascii()
            again = address_forms(form.replace("&", "&amp;"))
            assert again is not None
            assert again.percent == form
