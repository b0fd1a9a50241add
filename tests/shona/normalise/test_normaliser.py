"""No digit and no symbol is left in a spoken text, every text has a reading, and the spans map back to it."""

import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.shona.normalise.normaliser import spoken

SHONA = [
    ("Mhoro, makadii?", "Mhoro, makadii?"),
    ("vanhu 38", "vanhu makumi matatu nevasere"),
    ("38 vanhu", "makumi matatu nevasere vanhu"),
    ("kwemakore 25", "kwemakore makumi maviri nemashanu"),
    ("mwedzi 3", "mwedzi mitatu"),
    ("mombe 12", "mombe gumi nembiri"),
    ("Studio 7", "Studio nomwe"),
    ("Covid-19", "Covid gumi nepfumbamwe"),
    ("nevatatu kana kuti 1 093", "nevatatu kana kuti chiuru nemakumi mapfumbamwe nevatatu"),
    ("vanhu 1, 263", "vanhu chiuru nemazana maviri nemakumi matanhatu nevatatu"),
    ("80, 7 million", "mamiriyoni makumi masere nezviuru mazana manomwe"),
    ("3,5", "nhatu poindi shanu"),
    ("007", "ziro ziro nomwe"),
    ("-5", "shanu pasi peziro"),
    ("30%", "zvikamu makumi matatu kubva muzana"),
    ("zvikamu 77 percent", "zvikamu makumi manomwe nezvinomwe kubva muzana"),
    ("10-15%", "zvikamu gumi kusvika gumi nezvishanu kubva muzana"),
    ("$25", "madhora makumi maviri nemashanu"),
    ("$1.25", "dhora rimwe nemasendi makumi maviri nemashanu"),
    ("$0,50", "masendi makumi mashanu"),
    ("US$500 000", "madhora zviuru mazana mashanu ekuAmerica"),
    ("$1.3 billion", "madhora bhiriyoni imwe nemamiriyoni mazana matatu"),
    ("R50", "marandi makumi mashanu"),
    ("ZiG 25", "zigi makumi maviri neshanu"),
    ("€3", "mayuro matatu"),
    ("55 000 RTGS", "madhora zviuru makumi mashanu nezvishanu emunyika"),
    ("paRTGS$20", "pamadhora makumi maviri emunyika"),
    ("wa31 Chikunguru", "wemakumi matatu neimwe Chikunguru"),
    ("musi wa 1 Zvita", "musi wekutanga Zvita"),
    ("7 Ndira 2019", "nomwe Ndira zviuru zviviri negumi nepfumbamwe"),
    ("31/12/2024", "makumi matatu neimwe Zvita zviuru zviviri nemakumi maviri neina"),
    ("2024-01-02", "mbiri Ndira zviuru zviviri nemakumi maviri neina"),
    ("gore ra2019", "gore rezviuru zviviri negumi nepfumbamwe"),
    ("muna 2008", "muna zviuru zviviri nesere"),
    ("nguva dza8 mangwanani", "nguva dzesere mangwanani"),
    ("nguva dza830", "nguva dzesere nemaminitsi makumi matatu"),
    ("14:30", "gumi neina nemaminitsi makumi matatu"),
    ("na9pm", "nepfumbamwe manheru"),
    ("na 2pm masikati", "nembiri masikati"),
    ("0772 935 224", "ziro nomwe nomwe mbiri, pfumbamwe nhatu shanu, mbiri mbiri ina"),
    ("+263772", "purasi mbiri nhanhatu nhatu, nomwe nomwe mbiri"),
    ("2-3", "mbiri kusvika nhatu"),
    ("4-2", "ina kumbiri"),
    ("5 km", "makiromita mashanu"),
    ("10–15 km", "makiromita gumi kusvika gumi nemashanu"),
    ("1 kg", "kirogiramu rimwe"),
    ("25°C", "madhigirii makumi maviri nemashanu eserishiyasi"),
    ("1/2", "hafu"),
    ("3/4", "zvikamu zvitatu kubva muzvina"),
    ("B.1.1.529", "B imwe poindi imwe poindi mazana mashanu nemakumi maviri nepfumbamwe"),
    ("George VI", "George wechitanhatu"),
    ("Chikamu III", "Chikamu chechitatu"),
    ("Dr. Moyo", "Dhokota Moyo"),
    ("naProf Mavima", "naMuzvinafundo Mavima"),
    ("Mr Ncube", "VaNcube"),
    ("VaX.", "VaX."),
    ("muMDC", "muemu dhii sii"),
    ("reZANU PF", "reZANU pii efu"),
    ("POTRAZ", "POTRAZ"),
    ("U.S.A. yati", "yuu esi ei yati"),
    ("mazai, mupunga, nezv.", "mazai, mupunga, nezvimwe."),
    ("nguva dza1430", "nguva dzegumi neina nemaminitsi makumi matatu"),
    ("nguva dza4.40", "nguva dzeina nemaminitsi makumi mana"),
    ("10h30", "gumi nemaminitsi makumi matatu"),
    ("1800hrs", "gumi nesere"),
    ("8am-5pm", "sere mangwanani kusvika shanu masikati"),
    ("8:00-17:00", "sere kusvika gumi nenomwe"),
    ("31/12/24", "makumi matatu neimwe Zvita zviuru zviviri nemakumi maviri neina"),
    ("March 5, 2024", "shanu March zviuru zviviri nemakumi maviri neina"),
    ("2019-20", "zviuru zviviri negumi nepfumbamwe kusvika makumi maviri"),
    ("$10-15", "madhora gumi kusvika gumi neshanu"),
    ("$10 – $15", "madhora gumi kusvika madhora gumi nemashanu"),
    ("50c", "masendi makumi mashanu"),
    ("2½", "mbiri nehafu"),
    ("2x4", "mbiri kuwanza ne ina"),
    ("No. 5", "nhamba shanu"),
    ("#1", "nhamba imwe"),
    ("pasi pe18", "pasi pegumi nesere"),
    ("3rd", "yechitatu"),
    ("wechi2", "wechipiri"),
    ("muminiti yechi21", "muminiti yechimakumi maviri neimwe"),
    ("chikamu chechi-4", "chikamu chechina"),
    ("wechi1", "wekutanga"),
    ("Chikoro 5", "Chikoro shanu"),
    ("kuchikoro 5", "kuchikoro shanu"),
    ("munhu 1", "munhu mumwe"),
    ("vataura neStudio 7", "vataura neStudio nomwe"),
    ("chirwere cheCovid-19", "chirwere cheCovid gumi nepfumbamwe"),
    ("muHarare 200 vanhu", "muHarare mazana maviri vanhu"),
    ("Dynamos vs. Caps", "Dynamos ichikwikwidzana ne Caps"),
    ("mupunga nezv. Zvino", "mupunga nezvimwe. Zvino"),
    ("Dr. T. Moyo", "Dhokota tii Moyo"),
    ("MDC-T", "emu dhii sii tii"),
    ("HIV/AIDS", "eichi ai vhii AIDS"),
    ("muGroup D", "muGroup dhii"),
    ("tendai@gmail.com", "tendai at gmail dhoti com"),
    ("Onai https://www.inzwa.co.zw/a?b=1#c.", "Onai www dhoti inzwa dhoti co dhoti zw."),
    ("inzwa.co.zw", "inzwa dhoti co dhoti zw"),
    ("# Musoro\n\n- **rimwe**\n- `piri`", "Musoro. rimwe. piri"),
    ("[peji](http://a.b/c) iri", "peji iri"),
    ("```python\nmhoro\n```", "mhoro."),
    ("<b>Mhoro</b> &amp; nhai", "Mhoro nhai"),
    ("Hesi 😀👍🏽!", "Hesi!"),
    ("2+2=4", "mbiri kuwedzera mbiri zvakaenzana ne ina"),
    ("ehe/kwete", "ehe kana kwete"),
    ("ehe — kwete", "ehe, kwete"),
    ("zvino...", "zvino…"),
    ("ng’ombe akasiyana-siyana", "ng'ombe akasiyana-siyana"),
    ("٣", "nhatu"),
    ("ｍｈｏｒｏ 𝐛𝐚𝐛𝐚", "mhoro baba"),
]

ENGLISH = [
    ("You owe $1,263.50", "You owe one thousand two hundred and sixty-three dollars and fifty cents"),
    ("in 1999", "in nineteen ninety-nine"),
    ("in 2005", "in two thousand and five"),
    ("21st", "twenty-first"),
    ("the 1990s", "the nineteen nineties"),
    ("31 December 2024", "thirty-first December twenty twenty-four"),
    ("8:05", "eight oh five"),
    ("3:00", "three o'clock"),
    ("30%", "thirty percent"),
    ("2.5 million", "two point five million"),
    ("-5 km", "minus five kilometres"),
    ("3/4", "three quarters"),
    ("Dr. Moyo", "Doctor Moyo"),
    ("George VI", "George the sixth"),
    ("he/she", "he or she"),
    ("December 31, 2024", "December thirty-first, twenty twenty-four"),
    ("2½ hours", "two and a half hours"),
    ("8am-5pm", "eight ay em to five pee em"),
    ("No. 5", "number five"),
]

STRANGE = {
    "controls": "".join(map(chr, range(32))) * 100,
    "marks of direction": "a\u202e\u2066" * 900,
    "a long word": "a" * 100_000,
    "another script": "日本語" * 1000,
    "surrogates": "\ud800" * 1000,
    "open brackets": "](" * 1000 + "[" * 1000,
    "open tags": "<a" * 1000,
    "unbalanced stars": "**a*_`~~" * 400,
    "four hundred digits": "9" * 400,
    "five thousand digits": "1" * 5000,
    "digits and commas": "1," * 1000,
    "digits and dashes": "1-" * 1000,
    "digits and slashes": "1/" * 1000,
    "mailboxes": "a.b@" * 1000,
    "like numbers": "NaN inf -inf 1e999 -0 0x1F 1_000 ++1 --1 $-5 $ % 00/00/0000 99:99 31st 0th",
    "accents": "e\u0301\u0302\u0303" * 500,
}

ALPHABET = st.sampled_from([*"0123456789 ,.-–/:$%€£°+@#*_[](){}<>|\n'\"&=abkmspzAMVIX", "wa", "ra", "US$", "ZiG", "am"])


@pytest.mark.parametrize(("written", "said"), SHONA)
def test_a_text_is_spoken_in_shona(written, said):
    assert spoken(written).text == said


@pytest.mark.parametrize(("written", "said"), ENGLISH)
def test_a_text_is_spoken_in_english(written, said):
    assert spoken(written, "en").text == said


@pytest.mark.parametrize("language", ["sn", "en"])
@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_nothing_is_too_strange_to_speak(text, language):
    said = spoken(text, language).text
    assert not re.search(r"\d", said)
    assert unicodedata.is_normalized("NFC", said)


@given(st.text(max_size=300) | st.lists(ALPHABET, max_size=80).map("".join), st.sampled_from(["sn", "en"]))
def test_no_digit_is_left_and_every_piece_maps_back(text, language):
    said = spoken(text, language)
    assert not re.search(r"[\d$%€£<>*_#|\n]", said.text)
    assert "".join(said.text[span.start : span.end] for span in said.spans) == said.text
    assert all(before.end == after.start for before, after in pairwise(said.spans))
    assert all(0 <= span.written_start <= span.written_end <= len(text) for span in said.spans)
    assert all(before.written_start <= after.written_start for before, after in pairwise(said.spans))


@given(st.lists(ALPHABET, max_size=40).map("".join).map(str.lower))
def test_normalising_a_spoken_text_again_changes_no_word(text):
    once = spoken(text).text
    assert re.findall(r"[^\W_]+", spoken(once).text) == re.findall(r"[^\W_]+", once)


def test_a_word_of_a_number_maps_back_to_the_whole_number():
    written = "Ndine madhora 25 chete."
    said = spoken(written)
    at = said.text.index("maviri")
    start, end = said.written(at, at + len("maviri"))
    assert written[start:end] == "25"


def test_a_word_spoken_as_written_maps_back_to_itself():
    written = "**Mhoro** 5 shamwari"
    said = spoken(written)
    at = said.text.index("shamwari")
    start, end = said.written(at, at + len("shamwari"))
    assert written[start:end] == "shamwari"


def test_an_empty_spoken_text_maps_back_to_an_empty_span():
    assert spoken("😀").written(0, 5) == (0, 0)


def test_a_number_longer_than_any_name_is_spoken_in_groups_of_digits():
    assert spoken("1" * 16).text == ", ".join(["imwe imwe imwe imwe"] * 4)
