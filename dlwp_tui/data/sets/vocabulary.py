"""English words for the twins of IMDB and Reuters: enough that a typed review is understood and a drawn one readable.

Each list runs from frequent to rare. Polarity is common knowledge about English, not a measurement.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.split()))


FUNCTION = _words("""
the and a of to is br it in i this that was as for with movie but film on not you are his have he be one its at all by
an they from who so like just or about her has if some there out what when up more even she my no would which only
story their had were can me than we much been into get will do also other people because how them most did him does
then made make way too could after movies any think where character films two plot acting over watch many see seen
never know here life being off ever your why still go say something these while look those such through better back
every man scene scenes show should going again watching part cast i'm now want director nothing actors though didn't
doesn't another makes come years before take same before's down around things find few got world long between isn't
really very don't that's can't it's both own old must young thought new feel having however without few's actually day
end start almost played role whole each us though's right little bit far put always comes time first give
""")

POSITIVE = _words("""
good great best love well excellent loved wonderful perfect beautiful enjoy enjoyed favorite amazing brilliant fun
classic fantastic superb highly interesting recommended strong beautifully touching hilarious powerful moving
definitely entertaining masterpiece awesome terrific charming memorable outstanding delightful enjoyable realistic
unique gem fascinating incredible perfectly impressive stunning magnificent refreshing gripping subtle captivating
heartwarming unforgettable believable clever witty intelligent liked loves happy nice finest sweet marvelous thrilling
exceptional remarkable rewarding lovely timeless splendid breathtaking poignant hooked underrated flawless gorgeous
favourite compelling superbly wonderfully brilliantly noir extraordinary
""")

NEGATIVE = _words("""
bad worst boring waste awful terrible poor stupid worse dull horrible lame ridiculous unfortunately supposed poorly
disappointing crap annoying disappointed mess fails badly predictable wasted avoid pointless weak garbage cheap silly
laughable dumb pathetic ugly lacks unfunny mediocre painful bland tedious forgettable trash uninteresting amateurish
bored sucks sucked hate hated flat failed nonsense rubbish dreadful insult disappointment slow unbelievable redeeming
clichéd atrocious horrendous unwatchable uninspired worthless incoherent contrived wooden cringe appalling idiotic
tiresome lousy miscast embarrassing ludicrous abysmal overrated unlikable hideous shallow cliched
""")

GENERAL = _words("""
series tv dvd video minutes book episode year hollywood budget script dialogue sound camera screen performance
performances actress actor lead star stars version original ending beginning title name night city town guy guys place
work job money home friend friends face eyes hand head body door room street country black white line lines style
direction writing writer production editing picture quality theater audience fan fans review comments imdb rating hour
hours half second third last times moment moments event events fact reason case sense point idea problem question
answer truth reality dream mind memory past death birth human society political english french japanese british
italian
""")

TOPICS = {
    "war": _words(
        "war soldiers army battle german american history military soldier fight hero enemy officer bomb tank"
    ),
    "horror": _words("horror blood killer zombie ghost scary gore monster vampire creepy house dead night scream evil"),
    "comedy": _words("comedy jokes laugh humor funny joke comic parody laughs gags sketch stand audience punchline"),
    "romance": _words("girl woman relationship marriage romantic husband wife romance couple heart kiss wedding date"),
    "family": _words("kids family children animation disney child dog mother father school parents magic cartoon"),
    "action": _words("action fight car police gun chase cop explosion gang crime guns martial stunts violence bullet"),
    "music": _words("music song songs dance musical band singing rock voice singer stage dancing concert soundtrack"),
    "space": _words("space science alien future robot planet effects ship aliens computer earth technology fiction"),
}
"""Film genres and their words."""

NEGATORS = ("not", "never", "isn't", "wasn't")
"""Words that turn the polarity of the next word round."""

NEWS = {
    "earn": _words("net profit loss quarter dividend shr cts mln"),
    "acq": _words("shares company acquisition merger stake bid takeover"),
    "crude": _words("oil opec barrels petroleum"),
    "money-fx": _words("dollar currency yen intervention"),
    "interest": _words("rate rates prime discount"),
    "trade": _words("deficit exports imports tariffs"),
    "grain": _words("corn crop harvest tonnes"),
    "ship": _words("port vessels shipping cargo"),
    "gold": _words("ounces mine"),
    "coffee": _words("quota beans"),
    "sugar": _words("beet cane"),
    "gnp": _words("growth economy"),
    "cpi": _words("inflation consumer"),
    "jobs": _words("unemployment workers"),
    "cocoa": _words("buffer icco"),
    "housing": _words("starts homes"),
}
"""Words a Reuters newswire on a topic is full of, beside the topic's name."""
