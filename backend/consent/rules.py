"""What consent is, and what a reply means for it.

A reply is read in three steps: is it a keyword, does it say clearly that texts are unwanted, and is something left
in it that sounds like an end. The first two end texting at once, the third goes to a person, all else is talk.
`tests/consent/replies.tsv` holds replies with the reading that each must get.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from backend.core.errors import ConflictError


class Purpose(StrEnum):
    """What consent is given for; a number has one state for each."""

    INFORMATIONAL = "informational"
    MARKETING = "marketing"


class ConsentKind(StrEnum):
    """What an event says."""

    CONVERSATIONAL = "conversational"
    EXPRESS = "express"
    EXPRESS_WRITTEN = "express_written"
    REVOKED = "revoked"
    PROVIDER_BLOCKED = "provider_blocked"
    RESTORED = "restored"


class ConsentMethod(StrEnum):
    """How it was said. `staff` recorded what a customer said by other means than those named."""

    INBOUND_TEXT = "inbound_text"
    STOP_KEYWORD = "stop_keyword"
    STOP_PHRASE = "stop_phrase"
    START_KEYWORD = "start_keyword"
    SIGNED_FORM = "signed_form"
    WEB_FORM = "web_form"
    COUNTER = "counter"
    PHONE_CALL = "phone_call"
    EMAIL = "email"
    STAFF = "staff"
    PROVIDER = "provider"
    IMPORT = "import"


class ConsentState(StrEnum):
    """The fold of a number's events for one purpose; UNKNOWN denies."""

    UNKNOWN = "unknown"
    CONVERSATIONAL = "conversational"
    EXPRESS = "express"
    EXPRESS_WRITTEN = "express_written"
    REVOKED = "revoked"
    PROVIDER_BLOCKED = "provider_blocked"


class ReviewKind(StrEnum):
    """What a person is asked about a reply."""

    OPT_OUT_OR_JOB = "opt_out_or_job"
    CANCEL_APPOINTMENT = "cancel_appointment"
    WRONG_NUMBER = "wrong_number"


class ReviewDecision(StrEnum):
    """What the person decided."""

    OPT_OUT = "opt_out"
    ABOUT_THE_JOB = "about_the_job"
    BOTH = "both"
    DISMISSED = "dismissed"


# --- what a reply means -------------------------------------------------------------------------


class Meaning(StrEnum):
    """How a reply is read. The first four and WRONG_NUMBER revoke, AMBIGUOUS asks a person, TALK is talk."""

    OPT_OUT = "opt_out"
    OPT_OUT_PHRASE = "opt_out_phrase"
    OPT_OUT_CANCEL = "opt_out_cancel"
    WRONG_NUMBER = "wrong_number"
    OPT_IN = "opt_in"
    HELP = "help"
    AMBIGUOUS = "ambiguous"
    TALK = "talk"


REVOKING = frozenset({Meaning.OPT_OUT, Meaning.OPT_OUT_PHRASE, Meaning.OPT_OUT_CANCEL, Meaning.WRONG_NUMBER})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply means, and the words of it that say so, as they were compared; empty for talk."""

    meaning: Meaning
    matched: str = ""


# Whole replies. Twilio's own list ("Advanced Opt-Out": STOP, UNSUBSCRIBE, END, QUIT, STOPALL, CANCEL, REVOKE, OPTOUT;
# START, YES, UNSTOP; HELP, INFO), the law's (47 CFR 64.1200(a)(10)), and what people type instead of them. Compared
# without case, accents, punctuation, emoji and space, so "S.T.O.P" and "opt-out" are among them.
_STOP_KEYWORD = re.compile(
    r"stop|stopall|stop(?:2|to)(?:end|quit|stop|cancel|optout|unsubscribe)|unsubscribe|end|quit|revoke|optout|remove|"
    r"alto|parar|nomas|pare|paren|baja|"
    r"unsub|unsuscribe|unsubcribe|unsubscibe|unsubscrbe|optot|opout|"
    r"s+t+o+p+|stpo|sotp|stp|stpp|tsop|stopo|sto|st0p|dtop|xtop|stoip|stahp"
)
_CANCEL_KEYWORD = re.compile(r"cancel|cancle|cancell|cansel|cancelar|cancela")
_START_KEYWORDS = frozenset({"start", "unstop"})
_HELP_KEYWORDS = frozenset({"help", "info", "ayuda"})
# Words of those above and below that only Spanish has.
_SPANISH = re.compile(
    r"\b(?:alto|parar|nomas|paren?|baja|cancelar|cancela|dej(?:e|a|en|ar)|cesen?|basta|envien?|envies|manden?|mandes|"
    r"escriban?|escribas|texteen?|contacten?|molesten?|llam(?:e|en|es)|quiero|deseo|queremos|no mas|mensajes?|llamadas|"
    r"(?:quit|borr|sa[cq]|elimin|remuev)(?:a|e|en|ue|uen|an|ar)(?:me|nos)|quiten?|borr(?:en?|ar)|elimin(?:en?|ar)|"
    r"numero|telefono|persona|equivoc\w+)\b"
)
_STOP_SIGNS = frozenset("\U0001f6d1\u26d4\U0001f6ab\u270b\U0001f645\U0001f590")

# Typing errors that are put right before phrases are looked for; none of them is another word of a shop.
_SPELLING = {
    **dict.fromkeys(("stpo", "sotp", "stp", "stopp", "tsop", "st0p", "stahp", "stopo", "stoppp"), "stop"),
    **dict.fromkeys(("unsub", "unsuscribe", "unsubcribe", "unsubscibe", "unsubscrbe", "unsubscribed"), "unsubscribe"),
    **dict.fromkeys(("cancle", "cancell", "cansel"), "cancel"),
    **dict.fromkeys(("txt", "tex", "texr", "tesxt", "textt"), "text"),
    **dict.fromkeys(("txts", "texs", "txtes"), "texts"),
    **dict.fromkeys(("txting", "texing", "textin", "txtin", "texxting"), "texting"),
    **dict.fromkeys(("msg", "mesage", "messge", "massage", "messege", "mssg"), "message"),
    **dict.fromkeys(("msgs", "mesages", "messges", "massages", "messeges", "mssgs"), "messages"),
    **dict.fromkeys(("dnt", "doont"), "dont"),
    **dict.fromkeys(("remvoe", "remov", "reomve"), "remove"),
    **dict.fromkeys(("numbr", "nubmer", "num", "numer", "nuber", "numbe", "nummber"), "number"),
    **dict.fromkeys(("pls", "plz", "plse", "pleas", "plese", "pleez", "pleeease"), "please"),
    "stoptexting": "stop texting",
    "stopit": "stop it",
    "removeme": "remove me",
    "unsubscribeme": "unsubscribe me",
    "recieve": "receive",
    "recieving": "receiving",
    "wront": "wrong",
    "worng": "wrong",
}

_POLITE = (
    r"(?:please|now|right now|right away|immediately|asap|already|thanks|thank you|thx|ty|ok|okay|hi|hello|hey|sir|maam|"
    r"me|it|this|that|forever|permanently|at once|again|seriously|omg|ffs|lol|dammit|damn it|por favor|gracias|ya|"
    r"i said|i told you to|i told you|for the last time|kindly|and thanks|and thank you|just|i want to|i would like to|id like to|i wish to)"
)
_POLITELY = re.compile(
    rf"(?:(?:yes|yeah|yep|yup) (?=(?:{_POLITE} )*stop\b))?(?:{_POLITE} )*"
    r"(?P<word>stop|stop all|cease|discontinue|unsubscribe|end|quit|revoke|opt out|optout|remove|alto|parar|pare|paren|cancel|cancelar)"
    rf"(?: (?:{_POLITE}|stop))*"
)
# "It just quit" and "end it" are about cars too.
_POLITE_ABOUT_CARS = re.compile(
    r"(?:it|this|that|just|me)\b.* (?:stop|quit|end)|(?:end|remove|quit) (?:it|this|that|now)"
)

_FILLER = (
    r"(?:(?:sending|send|with|all|the|these|those|this|your|any|more|of|me|us|getting|receiving|further|future|ur|my|"
    r"so many|automated|automatic|marketing|promotional|annoying|stupid|damn|fucking|freaking|bloody|dumb|to) )*"
)
_TEXTS = (
    r"(?:texts?|texting|messages?|messaging|sms|notifications?|notifying|alerts?|reminders?|spam|spamming|bothering|"
    r"contacting|contact|calls|calling|calling or texting|harassing|bugging|promos?|promotions|advertisements|ads|offers|"
    r"blowing up my phone|emails|emailing|updates|robo ?texts?)\b(?! (?:light|lamp|beep|chime|sound|noise|on the dash))"
)
_ME = r"(?:me|us|this (?:number|phone|cell)|my (?:number|phone|cell|cellphone|family))"
_LATELY = r"(?:again|anymore|any more|any longer|ever|no more|at all|please|thanks|thank you)"

_WRONG_NUMBER = re.compile(
    r"\bwrong (?:number|person|phone|phone number|guy|lady)\b|\b(?:you|u|yall) (?:have|got|texted|reached) the wrong\b|"
    r"\b(?:this|that) (?:is not|isnt|aint|is no longer) (?:\w+ ){0,2}(?:number|phone)\b|"
    r"\b(?:number|phone|cell) (?:no longer belongs?|(?:does not|doesnt) belong) to\b|"
    r"\b(?:number|phone) belongs to (?:someone|somebody) else\b|\bno longer (?:his|her|their|\w+s) (?:number|phone)\b|\bno longer (?:has|have|owns?|uses?) this (?:number|phone|cell)\b|"
    r"\b(?:numero|telefono|persona) (?:equivocad[oa]|incorrect[oa]|erroneo)\b|\bequivoc\w+ de (?:numero|persona)\b|"
    r"\best[ea] no es el (?:numero|telefono) de\b"
)
_OUR_WRONG_NUMBER = re.compile(
    r"\b(?:gave|give|dialed|dialled|called|put|had|wrote|left) (?:you |u |me |down )*(?:the |a )?wrong|"
    r"\bis (?:this|it) (?:the|a) wrong|"
    r"\bwrong (?:number|phone|phone number) (?:on|for|in) (?:my|the|your)\b|\bpart (?:number )?wrong\b"
)

_PHRASES = re.compile(
    "|".join(
        (
            rf"\b(?:stop|quit|cease|discontinue|halt|cancel|end|no more|unsubscribe from) {_FILLER}{_TEXTS}",
            r"\b(?:stop|quit|cease) (?:sending|texting|messaging) (?:me|us|stuff|things|it|this|these)\b|\bcease and desist\b",
            r"\b(?:do not|dont|do nt|never) send (?:me |us )?(?:anything|nothing|this|these|those|any more|anymore)\b",
            r"\b(?:be|get|been) (?:removed|deleted|taken) (?:from|off) (?:of )?(?:this|your|the|ur|any) (?:\w+ ){0,2}list\b",
            rf"^(?:please )?no (?:more )?{_TEXTS}(?: please)?$|\b(?:done|fed up) with {_FILLER}{_TEXTS}",
            r"\bblock (?:this|my) (?:number|phone)\b|\bblock me\b",
            rf"\b(?:sick|tired) of {_FILLER}{_TEXTS}",
            rf"\b(?:turn off|shut off|disable) {_FILLER}(?:texts?|texting|messages|sms|notifications)\b",
            (
                rf"\b(?:do not|dont|do nt|never) (?:ever )?(?:send|text|message|contact|bother|spam|reach out to|write|call or text|"
                rf"text or call) (?:to )?{_ME}(?: {_LATELY})*\b"
            ),
            rf"\b(?:do not|dont|do nt|never) (?:ever )?(?:send|text|message|contact|bother)(?: {_LATELY})+\b",
            r"^(?:please )?(?:do not|dont|do nt) (?:text|message|contact|disturb)$",
            r"\bdo not (?:disturb|contact|text)(?: list)?$",
            rf"\b(?:do not|dont|do nt|never) send {_FILLER}(?:anymore )?{_TEXTS}",
            (
                r"\b(?:dont|do not|do nt|no longer|not) (?:want|wish|like|wanna|care)"
                r"(?: (?:to|for|you|be|get|getting|receive|receiving|any|of|these|those|this|your|ur|u|more|further|all|the|anymore|hear|sign|"
                rf"from|stupid|sending|me|texting))* (?:{_TEXTS}|from you|texted|messaged|contacted|hearing)\b"
            ),
            rf"\b(?:take|get|pull|kick|drop) (?:{_ME}|my name|my info) (?:off|out of (?:this|your|the) (?:list|system|thread|database))\b",
            r"\btake off my (?:name|number|phone)\b",
            rf"\b(?:remove|delete|erase) (?:{_ME}|my (?:phone number|name|info|information|contact|cell number))\b(?! (?:an?|some) )",
            r"\boff (?:of )?(?:your|the|this|ur) (?:text|texting|call|calling|contact|mailing|marketing|sms|phone)? ?list\b",
            r"\bleave (?:me|us) (?:alone|the (?:fuck|hell) alone)\b|\b(?:lose|forget) (?:my|this) number\b",
            r"\bunsubscri\w*\b|\bun subscribe\b|\bdesuscrib\w+|\bdesinscrib\w+",
            r"\bopt(?:ing|ed)? (?:me )?out\b(?! of (?:the |this |that |my )?(?!(?:text|sms|message|your|these)))|\boptout\b",
            r"\bopt(?:ing)? (?:me )?out of (?:the |these |this |your |all )*(?:texts?|texting|sms|messages|messaging)\b",
            r"\b(?:revoke|withdraw|rescind)(?:ing)? (?:my |all )?(?:consent|permission)\b(?! (?:for|to) (?:the|do))",
            r"\b(?:do not|dont) (?:give )?(?:you )?(?:consent|permission|authorize|authorise)(?: you)? to (?:text|texts|contact|messages|receive|this)\b",
            # Spanish
            (
                r"\b(?:deje|deja|dejen|dejar|pare|paren|parar|cese|cesen|basta)(?: ya)?(?: por favor)? (?:de|con) "
                r"(?:(?:tantos|los|sus|estos) )?(?:envi|mand|escrib|text|llam|contact|molest|mensaj|sms)\w*"
            ),
            (
                r"\b(?:ya )?no (?:me |nos )?(?:envien?|envies|manden?|mandes|escriban?|escribas|texteen?|contacten?|molesten?|moleste|"
                r"llamen|llames|llame)\b"
            ),
            (
                r"\bno (?:quiero|deseo|queremos)(?: (?:mas|recibir|seguir|recibiendo|que me (?:envien|manden|escriban|contacten)|sus|"
                r"estos|los|de))* ?(?:mensajes?|textos?|sms|notificaciones|llamadas|recordatorios|que me (?:escriban|contacten))\b"
            ),
            r"\bno mas (?:mensajes?|textos?|sms|llamadas|notificaciones)\b",
            r"\b(?:quite|quiten|borre|borren|saque|saquen|elimine|eliminen|remueva|remuevan)(?:me|nos)(?: (?:de|por favor)\b|$)",
            r"\b(?:quita|borra|saca|elimina)me(?: (?:de (?:la|su|esta|tu|sus) list\w*|por favor)|$)",
            r"\b(?:borren?|quiten?|eliminen?|borrar|quitar|eliminar) (?:mi|este) (?:numero|telefono)\b",
            r"\b(?:dar(?:me|nos|se)?|deme|denme|dame) de baja\b|\bcancel\w+ (?:la |mi )?suscripcion\b",
            r"^alto (?:ya|por favor)$|^alto (?:a los|con los|de) mensajes\b|\bdejen? de (?:molestar|joder)\w*",
        )
    )
)
# "You don't stop texting me" complains; "don't stop texting me" asks for more.
_COMPLAINTS = re.compile(
    rf"\b(?:you|u|they|yall|you guys|people|yo) (?:do not|dont|never|wont|will not|cant|keep) (?:stop )?{_FILLER}{_TEXTS}"
)
_NEGATED = re.compile(
    r"\b(?:do not|dont|do nt|never|no need to|please not|not going to|didnt|did not|wouldnt|would not|shouldnt)"
    r" (?:you )?(?:ever )?(?:(?:want|wish|like|mean|meant|ask|asked|say|said|need)(?: you)?(?: to)? |wanna )?"
    r"(?:stop|quit|cancel|end|halt|unsubscribe|opt out|optout|remove me|take me off)\b|"
    r"\bno (?:pare|paren|detenga|detengan|cancele|cancelen|suspenda)\b"
)
# What a clear phrase is followed or preceded by when it is about one thing or one time only.
_ONLY_SOMETIMES = re.compile(
    r"\b(?:until|til|till|before|after|while|when|during|tomorrow|tonight|today|unless|yet|if it|between)\b|"
    r"\babout (?:the|my|this|that)\b|\bat (?:night|work|\d+)\b|\b(?:texts?|messages?) from (?:my|him|her)\b|"
    r"\b(?:off|from|out of) (?:the |your )?(?:schedule|waitlist|waiting list|wait list|calendar|appointment|invoice|bill|account|title|quote|estimate)\b"
)

# "Please don't text after 9" names a limit that only a person can keep.
_LIMIT = re.compile(r"\b(?:do not|dont|do nt|never) (?:ever )?(?:text|message|contact|write)\b")

_JOB = re.compile(
    r"\b(?:work|working|job|repairs?|repairing|cars?|truck|vehicle|van|suv|jeep|brakes?|braking|oil|tires?|engine|motor|"
    r"transmission|alignment|rotors?|pads?|battery|service|servicing|parts?|appointment|appt|estimate|quote|invoice|order|"
    r"fix|fixing|replace|replacing|install|installing|diagnos\w+|inspection|tow|mechanic|diagnostic|labor|check engine|"
    r"trabajo|carro|coche|reparacion|cita|frenos|motor|aceite|llantas?)\b"
)
# "Stop" where nobody is asked to stop anything.
_IDIOMS = re.compile(
    r"\b(?:wont|will not|wouldnt|cant|cannot|can not|doesnt|does not|didnt|did not|couldnt|isnt|never|not|barely|hardly|always|"
    r"hard to|harder to|trouble|time to|slow to|longer to|able to|unable to|trying to|try to|have to|had to|going to|gonna|"
    r"want to|wanted to|like to|need to|ill|i will|we will|well|lets|let me|will|would|could i|can i|can we|may i|should i|"
    r"when i|when you|before i|time i|if i|whenever i|as i|until i|once i|and i|i|we|she|he|it|they|car|truck|brakes|engine|"
    r"to a|come to a|complete|full|dead|abrupt|bus|truck|next|last|first|second|one|two|more|quick|pit|door|rest|short|sudden|"
    r"panic|emergency|hard|safe|my|the|a|your|every|each|any|red|non|tail|auto|ignition) (?:complete )?stops?\b|"
    r"\bstop (?:by|in|over|at (?!once)|on|off|up|down|into|past|there|here|and go|and start|and see|and get|and pick|lights?|lamps?|"
    r"signs?|watch|leak|start|for (?!now)|along|back|through|tomorrow|later|first|around)(?:\b|(?<= ))|"
    r"\bstop (?:it|this|that|(?:the|my) (?:\w+ ){1,3}?)(?:\s)?from \w+ing\b|\bstart stop\b|\b(?:noise|cancel) (?:cancel(?:ing|ling)?|out)\b|\bcancel(?:lation)? (?:fee|policy)\b|"
    r"\bno (?:me )?para(?:r)? de\b|\b(?:puedo|voy a|quiero|quisiera) parar\b"
)
_SOUNDS_LIKE_AN_END = re.compile(
    r"\bstop\b|\bcancel\b|\b(?:quit|halt) (?:the|working|work|all|everything|doing|what)\b|"
    r"\bend (?:the|this|all) (?:work|service|job|repairs?|project)\b|"
    r"\bno more (?:please|work|repairs?|thanks|thank you)\b|^(?:no more|enough|that is enough|thats enough|go away|get lost)$|"
    r"\b(?:fuck|f|piss|eff) off\b|\b(?:is|are) (?:this |you )?spam\b|\bspam(?:mer|ming|mers)\b|\bharass\w*\b|"
    r"\b(?:tcpa|fcc|ftc|do not call|attorney general)\b|\breport(?:ing)? (?:you|this) (?:to|as)\b|"
    r"\bnever (?:signed|opted|asked|agreed|consented|gave) (?:up|in|for|to|you)\b|\bdid(?: not|nt) (?:sign up|opt in|agree|consent)\b|"
    r"\brevoke (?:my )?(?:consent|permission|authorization)\b|\bopt(?:ing)? out\b|\btake me off\b|\bremove me\b|"
    r"^(?:no longer|not) interested$|\bno longer a customer\b|\bplease remove$|^(?:end|quit) (?:it|this|that)\b|"
    # Whatever else sets "no" beside "texts".
    r"\b(?:do not|dont|do nt|no|not|never|hate|unwanted|annoying|block|removed?|delete|cease|out of|enough|stopped|without)"
    r" (?:\w+ ){0,3}(?:texts|texting|messages|messaging|sms|notifications|spam|robotexts|text list|mailing list)\b|"
    r"\b(?:texts|texting|messages|messaging) (?:\w+ ){0,2}(?:unwanted|annoying|anymore|must end|has to end|have to end)\b|"
    r"\bbasta\b|"
    r"\b(?:pare|paren|parar|detenga|detengan|detener|suspenda|suspendan|cancele|cancelen|cancela|cancelar)\b|"
    r"^alto (?:al?|el|con)\b"
)

_SIGNATURES = re.compile(
    r"(?:^|\n|\s)(?:sent from|sent via|get outlook|enviado desde|envoye de|-- ?\n)[\s\S]*$", re.IGNORECASE
)
_SIGNED = re.compile(r"^(?P<said>[\s\S]+?)\s*(?:[-\u2013\u2014~/|]+\s*|\n+\s*|,\s+)(?P<name>[^\n]{1,40})\s*$")
_NAME = re.compile(r"(?:[A-Z][\w.'\u2019]*)(?: (?:[A-Z][\w.'\u2019]*)){0,2}")


def classify(text: str, *, is_revoked: bool = False) -> Reading:
    """Read a customer's reply; `is_revoked` says that its number is opted out, which is when a bare YES asks to be let in.

    The clear cases revoke by themselves: the law honors any reasonable wording, not the keyword alone
    (47 CFR 64.1200(a)(10)). A wish to end that may be about the job never does.
    """
    said = _SIGNATURES.sub("", text).strip()
    keyword = _read_keyword(said, is_revoked=is_revoked)
    if keyword is not None:
        return keyword
    words = _words(said)
    if not words:
        return Reading(Meaning.AMBIGUOUS, "stop sign") if _STOP_SIGNS & set(text) else Reading(Meaning.TALK)
    wrong = _WRONG_NUMBER.search(words)
    if wrong is not None:
        ours = _OUR_WRONG_NUMBER.search(words)
        return Reading(Meaning.AMBIGUOUS if ours else Meaning.WRONG_NUMBER, wrong[0])
    return _read_phrase(said, words) or _read_rest(words)


def is_spanish(reading: Reading) -> bool:
    """Tell whether the words that decided a reading are Spanish: they are answered so."""
    return _SPANISH.search(reading.matched) is not None


def _read_keyword(said: str, *, is_revoked: bool) -> Reading | None:
    """Read a reply that is a keyword, politely asked or signed or not."""
    for candidate in _without_name(said):
        words = _words(candidate)
        compact = words.replace(" ", "")
        if _STOP_KEYWORD.fullmatch(compact):
            return Reading(Meaning.OPT_OUT, words)
        if _CANCEL_KEYWORD.fullmatch(compact):
            return Reading(Meaning.OPT_OUT_CANCEL, words)
        if compact in _START_KEYWORDS or (compact == "yes" and is_revoked):
            return Reading(Meaning.OPT_IN, words)
        if compact in _HELP_KEYWORDS:
            return Reading(Meaning.HELP, words)
        polite = _POLITELY.fullmatch(words)
        if polite is not None and not _POLITE_ABOUT_CARS.match(words):
            is_cancel = polite["word"].startswith("cancel")
            if is_cancel and re.search(r"\b(?:it|this|that)\b", words):
                return None
            return Reading(Meaning.OPT_OUT_CANCEL if is_cancel else Meaning.OPT_OUT_PHRASE, polite["word"])
    return None


def _read_phrase(said: str, words: str) -> Reading | None:
    """Read a reply that says in words that texts are unwanted."""
    found = _COMPLAINTS.search(words) or _PHRASES.search(_NEGATED.sub(" _ ", words))
    if found is not None:
        return Reading(Meaning.AMBIGUOUS if _ONLY_SOMETIMES.search(words) else Meaning.OPT_OUT_PHRASE, found[0].strip())
    # "STOP. I already paid you": a sentence that is the keyword, among others that are not about a car.
    sentences = [_words(part).replace(" ", "") for part in re.split(r"[.!?;:,\n]+|\s-+\s", said)]
    alone = next((part for part in sentences if part in {"stop", "stopall", "unsubscribe", "optout"}), None)
    if alone is not None and not _JOB.search(words):
        return Reading(Meaning.OPT_OUT_PHRASE, alone)
    return None


def _read_rest(words: str) -> Reading:
    """Look for a wish to end something among what is neither a keyword nor clear."""
    left = _IDIOMS.sub(" _ ", _NEGATED.sub(" _ ", words))
    found = _SOUNDS_LIKE_AN_END.search(left) or (_ONLY_SOMETIMES.search(words) and _LIMIT.search(words))
    return Reading(Meaning.TALK) if found is None else Reading(Meaning.AMBIGUOUS, found[0].strip())


def _without_name(said: str) -> Iterator[str]:
    """Yield a reply as it is, then without the name under it."""
    yield said
    signed = _SIGNED.match(said)
    if signed is not None and _NAME.fullmatch(signed["name"].strip()) and not _JOB.search(_words(signed["name"])):
        yield signed["said"]


def _words(text: str) -> str:
    """Return the words of a text by single spaces: lower case, no accents, no punctuation, usual spelling."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(
        "" if unicodedata.category(sign) in {"Mn", "Cf"} or sign in "'\u2019\u2018\u02bc\u0060\u00b4" else sign
        for sign in plain
    )
    words = re.sub(r"[^\w]+|_", " ", kept).split()
    return " ".join(_SPELLING.get(word, word) for word in words)


# --- what is refused ----------------------------------------------------------------------------


class OptedOutError(ConflictError):
    """409: the number's owner said STOP, or its carrier blocks us; only they can take that back."""

    code = "opted_out"


STOP_STANDS = "This number opted out of texts. Only its owner can undo that, by texting START to the shop. Please call."


class ReviewDecidedError(ConflictError):
    """409: somebody has decided this review already."""

    code = "review_decided"


class VisitBegunError(ConflictError):
    """409: the visit that a CANCEL may have meant is not one to come any more; a person decides on the board."""

    code = "visit_begun"


BLOCKED = frozenset({ConsentState.REVOKED, ConsentState.PROVIDER_BLOCKED})
# How staff may say that they were told: not by what only the number's owner can send.
STAFF_METHODS = frozenset(
    {
        ConsentMethod.SIGNED_FORM,
        ConsentMethod.COUNTER,
        ConsentMethod.PHONE_CALL,
        ConsentMethod.EMAIL,
        ConsentMethod.STAFF,
    }
)

# A provider call must start within this many seconds of the last look at consent, or is not made; a revocation
# is committed only after that long, or when every call claimed before it is known to have ended. See docs/decisions/0022.
START_WITHIN_SECONDS = 0.5

# --- the clock of a review ----------------------------------------------------------------------

# 47 CFR 64.1200(a)(10): a revocation is honored within a reasonable time, at most ten business days.
REVIEW_BUSINESS_DAYS = 10

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
_FIXED_HOLIDAYS = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
# (month, weekday, which one; -1 is the last)
_MOVING_HOLIDAYS = (
    (1, _MONDAY, 3),
    (2, _MONDAY, 3),
    (5, _MONDAY, -1),
    (9, _MONDAY, 1),
    (10, _MONDAY, 2),
    (11, _THURSDAY, 4),
)


def federal_holidays(year: int) -> frozenset[date]:
    """Return the days of `year` on which US federal offices are closed (5 U.S.C. 6103(a)).

    One on a Saturday is kept on the Friday before, one on a Sunday on the Monday after (Executive Order 11582);
    so a Friday 31 December may be the next year's.
    """
    days = {_weekday_of_month(year, month, weekday, which) for month, weekday, which in _MOVING_HOLIDAYS}
    kept = [_kept_on(date(year, month, day)) for month, day in _FIXED_HOLIDAYS]
    kept.append(_kept_on(date(year + 1, 1, 1)))
    return frozenset(days | {day for day in kept if day.year == year})


def _weekday_of_month(year: int, month: int, weekday: int, which: int) -> date:
    if which < 0:
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))


def _kept_on(day: date) -> date:
    if day.weekday() == _SATURDAY:
        return day - timedelta(days=1)
    return day + timedelta(days=1) if day.weekday() == _SUNDAY else day


def business_days_after(day: date, count: int) -> date:
    """Return the `count`-th business day after `day`: neither a weekend's nor a US federal holiday."""
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY and day not in federal_holidays(day.year):
            count -= 1
    return day


def review_due(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the end, exclusive and in UTC, of the tenth business day after `at` in `zone`."""
    last = business_days_after(at.astimezone(zone).date(), REVIEW_BUSINESS_DAYS)
    return datetime.combine(last + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
