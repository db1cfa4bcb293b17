from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.consent.rules import Purpose
from backend.core.money import say_money
from backend.templates import rules
from backend.templates.rules import Encoding, Facts, Filled, Finding, FindingCode, Placeholder, Replacement, Segments

HOST = "shop.example"
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


def _codes(body, **kwargs):
    return [finding.code for finding in rules.lint(body, host=HOST, **kwargs)]


def _facts(**changes):
    values = {
        "zone": NEW_YORK,
        "currency": "USD",
        "shop_name": "Harbor Auto",
        "shop_phone": "(718) 555-0100",
        "shop_address": None,
        "customer_name": "Ana Flores",
        "vehicle": "2016 Toyota Corolla",
        "plate": "ABC-1234",
        "tech_name": "Luis Ortega",
        "number": 1042,
        "starts_at": NOW,
        "promised_at": NOW + timedelta(hours=7),
        "total_cents": 128_450,
        "paid_cents": 28_450,
    }
    return Facts(**{**values, **changes})


# --- values -----------------------------------------------------------------------------------


def test_every_variable_has_a_value_in_words():
    assert rules.values_of(_facts()) == {
        "link": None,
        "customer_first_name": "Ana",
        "customer_name": "Ana Flores",
        "shop_name": "Harbor Auto",
        "shop_phone": "(718) 555-0100",
        "shop_address": None,
        "vehicle": "2016 Toyota Corolla",
        "plate": "ABC-1234",
        "appointment_day": "Fri, Nov 20",
        "appointment_time": "10:00 AM",
        "promised_time": "Fri, Nov 20 at 5:00 PM",
        "tech_first_name": "Luis",
        "order_number": "1042",
        "total": "$1,284.50",
        "balance": "$1,000.00",
    }
    assert rules.values_of(_facts()).keys() == rules.VARIABLES.keys()


def test_days_and_times_are_the_locations():
    values = rules.values_of(_facts(zone=ZoneInfo("Asia/Tokyo")))

    assert (values["appointment_day"], values["appointment_time"]) == ("Sat, Nov 21", "12:00 AM")


@pytest.mark.parametrize(
    ("hour", "said"),
    [(5, "12:00 AM"), (6, "1:00 AM"), (16, "11:00 AM"), (17, "12:00 PM"), (18, "1:00 PM")],
)
def test_noon_and_midnight_are_twelve(hour, said):
    assert rules.say_time(datetime(2026, 11, 20, hour, tzinfo=UTC), NEW_YORK) == said


def test_a_job_without_work_has_neither_total_nor_balance():
    values = rules.values_of(_facts(total_cents=0, paid_cents=0))

    assert (values["total"], values["balance"]) == (None, None)


def test_what_was_paid_too_much_is_no_balance():
    assert rules.values_of(_facts(total_cents=1000, paid_cents=2000))["balance"] == "$0.00"


def test_other_currencies_are_named():
    assert say_money(5, "CAD") == "CAD 0.05"


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Ana Flores", "Ana"),
        ("Flores, Ana María", "Ana"),
        ("Cher", "Cher"),
        ("Smith,", "Smith"),
        (None, None),
        (" ", None),
    ],
)
def test_first_names(name, first):
    assert rules.first_name(name) == first


def test_line_ends_in_a_value_become_spaces():
    assert rules.values_of(_facts(customer_name="Ana\n\tFlores"))["customer_name"] == "Ana Flores"


def test_who_may_not_see_money_sees_its_variable():
    values = rules.without_money(rules.values_of(_facts()))

    assert (values["total"], values["balance"], values["plate"]) == ("[total]", "[balance]", "ABC-1234")


# --- reading and filling ----------------------------------------------------------------------


def test_variables_are_read_with_their_fallbacks():
    assert rules.parse("Hi {customer_first_name|there}, {plate} { vehicle | car } {total|}") == [
        Placeholder("customer_first_name", "there", 3, 30),
        Placeholder("plate", None, 32, 39),
        Placeholder("vehicle", "car", 40, 57),
        Placeholder("total", "", 58, 66),
    ]


def test_values_and_fallbacks_are_put_in():
    body = "Hi {customer_first_name|there}, your {vehicle|car} is ready."

    assert rules.render(body, {"customer_first_name": "Ana"}) == "Hi Ana, your car is ready."


def test_an_empty_fallback_takes_its_space_along():
    assert rules.render("Hi {customer_first_name|}, see you.", {}) == "Hi, see you."


def test_braces_in_a_value_stand_for_themselves():
    assert rules.render("Hi {customer_name}", {"customer_name": "{total}", "total": "$5.00"}) == "Hi {total}"


def test_missing_values_are_named_once_and_in_words():
    with pytest.raises(rules.MissingValuesError) as caught:
        rules.render("{plate} {promised_time} {plate} {vehicle}", {"vehicle": "2016 Toyota Corolla"})

    assert caught.value.code == "missing_values"
    assert caught.value.context == {"missing": ["plate", "promised_time"]}
    assert "the license plate and the promised time" in caught.value.message


def test_what_is_missing_still_stands_in_the_preview():
    assert rules.fill("{plate} at {shop_name}", {"shop_name": "Harbor"}) == Filled("{plate} at Harbor", ("plate",))


@given(st.text(), st.dictionaries(st.sampled_from(sorted(rules.VARIABLES)), st.text()))
def test_any_body_can_be_filled_and_linted(body, values):
    filled = rules.fill(body, values)

    assert set(filled.missing) <= {placeholder.name for placeholder in rules.parse(body)}
    rules.lint(body, host=HOST)


# --- GSM-7 and segments -------------------------------------------------------------------------


def test_signs_of_typesetting_are_replaced():
    said = rules.transliterate("“Ana’s”\u00a0car – ready…\r\nBye")

    assert said.text == '"Ana\'s" car - ready...\nBye'
    assert said.replaced == (
        Replacement("“", '"'),
        Replacement("’", "'"),
        Replacement("”", '"'),
        Replacement("\u00a0", " "),
        Replacement("–", "-"),
        Replacement("…", "..."),
    )


def test_letters_are_left_alone_and_shown_as_the_reason():
    said = rules.transliterate("María, Zoë: é ñ 🚗")

    assert said == rules.Transliterated("María, Zoë: é ñ 🚗", ())
    assert rules.count_segments(said.text) == Segments(Encoding.UCS_2, 18, 1, ("í", "ë", "🚗"))


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        pytest.param("", Segments(Encoding.GSM_7, 0, 0), id="nothing"),
        pytest.param("a" * 160, Segments(Encoding.GSM_7, 160, 1), id="one whole"),
        pytest.param("a" * 161, Segments(Encoding.GSM_7, 161, 2), id="one more"),
        pytest.param("a" * 306, Segments(Encoding.GSM_7, 306, 2), id="two pieces"),
        pytest.param("a" * 307, Segments(Encoding.GSM_7, 307, 3), id="three pieces"),
        pytest.param("€" * 80, Segments(Encoding.GSM_7, 160, 1), id="the extension table counts twice"),
        pytest.param("^{}\\[]~|€", Segments(Encoding.GSM_7, 18, 1), id="all of the extension table"),
        pytest.param("a" * 152 + "€" + "a" * 10, Segments(Encoding.GSM_7, 164, 2), id="an escape is not cut"),
        pytest.param("a" * 152 + "€" + "a" * 152, Segments(Encoding.GSM_7, 306, 3), id="not cutting costs a piece"),
        pytest.param("í" * 70, Segments(Encoding.UCS_2, 70, 1, ("í",)), id="one whole in UCS-2"),
        pytest.param("í" * 71, Segments(Encoding.UCS_2, 71, 2, ("í",)), id="one more in UCS-2"),
        pytest.param("í" * 135, Segments(Encoding.UCS_2, 135, 3, ("í",)), id="three pieces in UCS-2"),
        pytest.param("🚗" * 35, Segments(Encoding.UCS_2, 70, 1, ("🚗",)), id="a sign outside the BMP is two units"),
        pytest.param("🚗" * 67, Segments(Encoding.UCS_2, 134, 3, ("🚗",)), id="a pair is not cut"),
    ],
)
def test_segments(text, counted):
    assert rules.count_segments(text) == counted


@given(st.text())
def test_segments_hold_the_text_and_not_one_is_to_spare(text):
    counted = rules.count_segments(text)
    whole, piece = rules.ROOM[counted.encoding]
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2

    assert counted.characters >= units
    if counted.encoding is Encoding.UCS_2:
        assert counted.characters == units
    if counted.characters <= whole:
        assert counted.segments == (1 if text else 0)
    else:
        # A piece may end one unit early, where a pair would be cut.
        assert -(-counted.characters // piece) <= counted.segments <= -(-counted.characters // (piece - 1))


@given(st.text())
def test_transliterating_again_changes_nothing(text):
    once = rules.transliterate(text)

    assert rules.transliterate(once.text) == rules.Transliterated(once.text, ())


@given(st.text(alphabet="‘’“”–—…•½ abc\u00a0\u200b\r\n", min_size=1))
def test_typesetting_never_makes_a_text_ucs_2(text):
    assert rules.count_segments(rules.transliterate(text).text).encoding is Encoding.GSM_7


# --- footer and shop name ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "purpose", "needed"),
    [
        pytest.param(None, Purpose.INFORMATIONAL, True, id="the first text"),
        pytest.param(0, Purpose.MARKETING, True, id="every advertising text"),
        pytest.param(29, Purpose.INFORMATIONAL, False, id="said lately"),
        pytest.param(30, Purpose.INFORMATIONAL, True, id="said thirty days ago"),
    ],
)
def test_when_a_text_says_how_to_opt_out(days, purpose, needed):
    last = None if days is None else NOW - timedelta(days=days)

    assert rules.needs_footer(last, purpose=purpose, now=NOW) is needed


def test_a_day_short_by_a_second_is_not_thirty_days():
    last = NOW - timedelta(days=30) + timedelta(seconds=1)

    assert rules.needs_footer(last, purpose=Purpose.INFORMATIONAL, now=NOW) is False


@given(st.text())
def test_the_footer_is_put_once(text):
    once = rules.with_footer(text)

    assert rules.with_footer(once) == once
    assert once.casefold().count(rules.FOOTER.casefold()) >= 1


def test_the_footer_stands_on_a_line_of_its_own():
    assert rules.with_footer("Your car is ready. ") == "Your car is ready.\nReply STOP to opt out"


def test_a_text_says_first_who_writes():
    assert rules.with_shop_name("Your car is ready.", "Harbor Auto") == "Harbor Auto: Your car is ready."
    assert rules.with_shop_name("HARBOR AUTO: ready", "Harbor Auto") == "HARBOR AUTO: ready"


def test_the_dash_in_a_shops_name_costs_nothing():
    named = rules.with_shop_name("Your car is ready.", "Keytag Auto – Mesa")

    assert named == "Keytag Auto - Mesa: Your car is ready."
    assert rules.with_shop_name(named, "Keytag Auto – Mesa") == named


# --- the linter -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "Reply CANCEL to cancel your appointment.",
        "Text STOP to stop the work.",
        "Reply YES to approve.",
        "Reply 'yes' to approve",
        "reply yes if that works",
        "Just say YES and we start.",
        "Responda ALTO para cancelar.",
        "Envíe PARAR para cancelar",
        "Reply C to confirm or CANCEL to cancel.",
        "Reply Y or CANCEL.",
        "CANCEL to cancel, C to confirm",
        "YES = approve, NO = decline",
        "Send END when you are done.",
        "Text us back QUIT to leave.",
        "Reply with the word REVOKE.",
        "Text OPTOUT to leave",
        "Text “opt out” to leave",
        "Reply START to begin.",
        "Reply UNSTOP to hear from us again.",
        "Text HELP for help.",
        "Reply INFO for details",
        "Answer: stop all.",
        "Reply STOP to end all texts",
        "Type UNSUBSCRIBE",
        "Reply YES\nto approve",
        "Responde NO MAS.",
        "Text YES or NO",
        "Text YES or NO to {shop_phone}",
        "Is that ok? YES or NO",
        "Let us know: YES or NO",
        "Approve? YES / NO",
        "Shall we replace the pads? Yes or no?",
        "Please let us know yes or no",
        "Reply with either yes or no.",
        "Reply no or yes",
        "NO or YES?",
        "Answer with a “yes” or a “no”",
        "OK to proceed (yes/no)?",
        "Yes or no: shall we go on?",
        "A simple YES will do.",
        "Give us a YES and we begin.",
        "Confirm with YES",
        "Confirm by texting yes",
        "Press YES to approve the estimate",
        "reply yes please",
        "Your YES starts the work",
        "Reply YES, or NO to decline",
        "Reply 1 for YES, 2 for NO",
    ],
)
def test_a_text_may_not_invite_a_reply_that_is_a_keyword(body):
    assert FindingCode.INVITES_KEYWORD in _codes(body)


@pytest.mark.parametrize(
    "body",
    [
        "Reply STOP to opt out",
        "Your car is ready. Reply STOP to opt out.",
        "Reply C to confirm. Reply STOP to opt out",
        "Reply 1 to confirm, 2 to move it.",
        "Please stop by until 6 PM.",
        "Reply with any questions. We can start tomorrow.",
        "Text us if you need to cancel, or call {shop_phone}.",
        "Reply with info about the noise.",
        "We can't help without your approval; please call.",
        "Yes, we are open at the end of the week.",
        "Our START program saves you $20.",
        "YES! Your {vehicle|car} is ready.",
        "Reply Y or N.",
        "Please confirm the time by phone; no reply is needed.",
        "There is no charge, and yes, we wash it.",
    ],
)
def test_other_words_are_fine(body):
    assert _codes(body) == []


def test_every_keyword_is_refused_as_an_invitation():
    for keyword in rules.REPLY_KEYWORDS:
        assert _codes(f"Reply {keyword.upper()} to go on.") == [FindingCode.INVITES_KEYWORD], keyword
        assert _codes(f"Reply {keyword} to go on.") == [FindingCode.INVITES_KEYWORD], keyword


@pytest.mark.parametrize("word", ["BAJA", "PAREN", "CANCELAR", "AYUDA", "UNSUB", "NOMAS"])
def test_whatever_our_own_reader_takes_for_a_command_is_refused(word):
    for body in (f"Reply {word} to go on.", f"Please text us back “{word.lower()}” thanks"):
        assert _codes(body) == [FindingCode.INVITES_KEYWORD], body


def test_an_unknown_variable_names_the_nearest():
    assert rules.lint("Hi {customer_firstname}", host=HOST) == [
        Finding(FindingCode.UNKNOWN_VARIABLE, "customer_firstname", "customer_first_name", 3, 23)
    ]
    assert rules.lint("{xyzzy}", host=HOST) == [Finding(FindingCode.UNKNOWN_VARIABLE, "xyzzy", None, 0, 7)]


def test_braces_that_make_no_variable_are_found():
    assert [(finding.code, finding.start) for finding in rules.lint("a { b } c {plate} }", host=HOST)] == [
        (FindingCode.UNKNOWN_VARIABLE, 2),
        (FindingCode.UNREADABLE_BRACES, 18),
    ]
    assert _codes("{plate") == [FindingCode.UNREADABLE_BRACES]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("See https://evil.example/x.", "https://evil.example/x"),
        ("See bit.ly/3xYz now", "bit.ly/3xYz"),
        ("www.harbor-auto.com", "www.harbor-auto.com"),
        ("See http://shop.example@evil.example/", "http://shop.example@evil.example/"),
        ("https://shop.example.evil.example", "https://shop.example.evil.example"),
        ("ftp://files.example/a", "ftp://files.example/a"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_links_lead_to_us_only(body, found):
    assert [(one.code, one.found, one.hint) for one in rules.lint(body, host=HOST)] == [
        (FindingCode.FOREIGN_LINK, found, HOST)
    ]


@pytest.mark.parametrize(
    "body", ["https://shop.example/c/abc", "HTTPS://SHOP.EXAMPLE:8443/x", "Mail us: desk@harbor.com"]
)
def test_our_own_links_and_addresses_of_mail_are_fine(body):
    assert _codes(body) == []


@pytest.mark.parametrize("sign", ["\0", "\x07", "\x1b", "\x85", "\u202e", "\ud800"])
def test_control_characters_are_found(sign):
    assert rules.lint(f"ab{sign}c", host=HOST) == [
        Finding(FindingCode.CONTROL_CHARACTER, f"U+{ord(sign):04X}", None, 2, 3)
    ]


def test_a_text_has_three_segments_with_the_shops_name_and_its_footer():
    name = rules.EXAMPLES["shop_name"]
    room = 3 * 153 - len(f"{name}: \n{rules.FOOTER}")

    assert _codes("a" * room) == []
    assert rules.lint("a" * (room + 1), host=HOST) == [Finding(FindingCode.TOO_LONG, "4", "3", 0, room + 1)]


def test_an_email_has_its_own_length_and_its_own_invitations():
    assert _codes("Reply YES to approve. " * 100, channel=rules.TemplateChannel.EMAIL) == []
    assert _codes("bit.ly/x", channel=rules.TemplateChannel.EMAIL) == [FindingCode.FOREIGN_LINK]


def test_an_empty_text_is_one_finding():
    assert _codes(" \n") == [FindingCode.EMPTY]
