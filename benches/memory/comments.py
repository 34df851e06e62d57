#!/usr/bin/env python3
"""Writes made-up comments as JSON lines: threads of civil English, with words as frequent as in real text, the same for
the same seed; or the comments of a file again and again, with new threads and ids. Nothing is held but the stock of
sentences, or the file."""

import argparse
import itertools
import json
import random
import sys

# Sentences that comments are put together from. A thread never uses one twice, so that nothing looks quoted.
STOCK = 40_000
# Five, and the spaces between, are 400 bytes in the mean.
SENTENCES_OF_A_COMMENT = 5

# Each list from the most frequent word on: the word at place n is drawn as often as 1 / (n + 2).
SUBJECTS = """I you it they we he she people that this nobody somebody everyone one which most many""".split()
STARTS = """I think|But|And|So|If|Well,|I don't think|Maybe|I know|In my view|As far as I can see|To be fair,|I wonder whether|Of course|
You know,|It seems that|I hope|Still,|I read that|For years|Honestly,|Last week|No,|Yes,|By the way,|I can't see why|At least|Sorry, but|
That said,|I remember when|Even so,|My guess is that|Then again,|What I mean is that|It's odd that""".replace("\n", "").split("|")
AUXILIARIES = """is was have would can are don't will has could should had do were didn't can't might isn't doesn't may won't must wasn't
wouldn't never always haven't used to shouldn't""".replace("used to", "used_to").split()
VERBS = """get make know think see go say want take use need come work look find pay give tell try read keep live put call ask feel help
leave start show move like change play run believe hold bring happen write provide sit stand lose meet include continue set learn lead
understand watch follow stop create speak allow add spend grow open walk win offer remember consider appear buy wait serve send expect
build stay fall cut reach remain suggest raise pass sell require report decide pull carry agree support repair notice explain mend plant
count drive cycle clean cook borrow measure publish paint answer shout listen smile vote argue save waste close share travel teach
promise imagine complain compare recycle commute""".split()
DETERMINERS = """the a this that my your their some our any no his every all these those another her its each both""".split()
NOUNS = """people time year way day thing money work world life part problem place case week company system question government number
night point home water room area story fact month lot right book job word business issue side kind head house service friend hour game
line end law car city name team minute idea body information back parent face others level office door health person art war history
party result change morning reason research girl boy moment air teacher force education foot price street school council road train bus
station market bridge library river park tax report plan meeting shop bread garden neighbour window weather winter summer island ferry
harbour farm field forest hill tower cinema theatre hospital doctor nurse engine wheel bicycle pavement corner lamp fence roof kitchen
table letter newspaper article comment reader editor vote member budget cost rent loan bank customer product quality colour picture
photograph camera screen phone computer program website page password battery cable noise traffic parking driver passenger ticket
platform timetable delay queue crowd festival concert orchestra choir song guitar piano museum painting statue castle church tunnel canal
boat fish bird dog cat horse sheep cow apple potato onion tomato soup cheese coffee tea beer wine bottle cup plate spoon knife oven
fridge sofa carpet curtain mirror lamp-post playground swing bench puddle storm flood wind rain snow frost""".split()
ADJECTIVES = """good new other old great big different small large long same better little own few real important free sure right bad
young early public whole able possible late hard major second clear recent certain personal open red difficult available likely short
single medical current wrong private past foreign fine common poor natural significant similar hot dead central happy serious ready
simple left physical general environmental financial blue dark various entire close legal religious cold final main green nice huge
popular traditional cultural cheap expensive quiet noisy empty crowded narrow wide muddy sensible stubborn cheerful ordinary strange
useful tired generous rusty bright heavy modern local busy lovely dull honest careful clever reasonable""".split()
PREPOSITIONS = """of in to for on with at from by about as into like through after over between out against during without before under
around among near behind along across beyond""".split()
CONJUNCTIONS = """and but because so if when that or while although since unless until where before after even_if as_long_as""".split()
ADVERBS = """just not so now then also only very even more really still here there too never again always often ever already perhaps almost
soon enough quite later together today tomorrow yesterday rarely quickly slowly probably simply actually twice somewhere""".split()
# Names and words that no list has: a tenth of the nouns.
SYLLABLES = """bar bel bin bor cam cat cer chi com cul dan der dor ed el en er ex fer fin for gal gen gra hal her hol im in jan ker kin
lam lec lin lon man mer mil mon nar nel nor or pal per pin pol quin ral ren rin sal sen shi sol stan tam ter tion tol ul ven ver vin wal
wick yor zan""".split()
ENDS = [".", ".", ".", ".", ".", ".", ".", "!", "?", "..."]


def arguments():
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, metavar="COMMENTS", help="how many comments to write")
    parser.add_argument("--thread", type=int, default=100, metavar="N", help="comments of a thread; 100 unless given")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed, other comments")
    parser.add_argument("--headers", action="store_true", help="begin each thread with its title and a short article")
    parser.add_argument("--replies", action="store_true", help="two in three comments answer an earlier one, and all have authors")
    parser.add_argument("--of", metavar="FILE", help="repeat the texts of a file of JSON lines (field text) instead")
    return parser.parse_args()


class Words:
    """Draws words of a list, each as often as its place in it says."""

    def __init__(self, dice, words):
        self.dice = dice
        self.words = [word.replace("_", " ") for word in words]
        self.weights = list(itertools.accumulate(1 / (place + 2) for place in range(len(words))))
        self.drawn = []

    def draw(self):
        if not self.drawn:
            self.drawn = self.dice.choices(self.words, cum_weights=self.weights, k=1 << 14)
        return self.drawn.pop()


class Stock:
    """Sentences of simple grammar."""

    def __init__(self, seed):
        dice = self.dice = random.Random(seed)
        self.subject, self.start, self.auxiliary = Words(dice, SUBJECTS), Words(dice, STARTS), Words(dice, AUXILIARIES)
        self.verb, self.determiner, self.noun = Words(dice, VERBS), Words(dice, DETERMINERS), Words(dice, NOUNS)
        self.adjective, self.preposition = Words(dice, ADJECTIVES), Words(dice, PREPOSITIONS)
        self.conjunction, self.adverb = Words(dice, CONJUNCTIONS), Words(dice, ADVERBS)
        self.sentences = [self.sentence() for _ in range(STOCK)]

    def thing(self):
        chance = self.dice.random()
        if chance < 0.1:
            noun = "".join(self.dice.choices(SYLLABLES, k=self.dice.choice((2, 2, 3))))
            return noun.capitalize() if chance < 0.06 else f"{self.determiner.draw()} {noun}"
        noun = self.noun.draw()
        if chance < 0.3:
            return f"{self.adjective.draw()} {noun}s"
        adjective = f" {self.adjective.draw()}" if chance < 0.55 else ""
        return f"{self.determiner.draw()}{adjective} {noun}"

    def clause(self):
        words = [self.subject.draw(), self.auxiliary.draw()]
        if self.dice.random() < 0.4:
            words.append(self.adverb.draw())
        words += [self.verb.draw(), self.thing()]
        if self.dice.random() < 0.55:
            words += [self.preposition.draw(), self.thing()]
        return " ".join(words)

    def sentence(self):
        text = self.clause()
        if self.dice.random() < 0.45:
            text = f"{self.start.draw()} {text}"
        if self.dice.random() < 0.87:
            joint = ", " if self.dice.random() < 0.4 else " "
            text += f"{joint}{self.conjunction.draw()} {self.clause()}"
        if self.dice.random() < 0.06:
            text += f" in {self.dice.randrange(1950, 2026)}"
        return text[:1].upper() + text[1:] + self.dice.choice(ENDS)

    def texts(self, of_a_thread):
        """Texts without end; in each thread's worth no sentence stands twice. Nothing in them needs to be escaped in JSON."""
        each = SENTENCES_OF_A_COMMENT
        while True:
            drawn = self.dice.sample(self.sentences, min(of_a_thread * each, STOCK))
            for at in range(0, len(drawn), each):
                yield " ".join(drawn[at : at + each])


def texts_of(path):
    """The texts of a file as they stand in JSON, again and again."""
    texts = []
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                text = json.loads(line)["text"]
            except (ValueError, KeyError, TypeError) as error:
                raise SystemExit(f"{path}:{number}: no comment ({type(error).__name__}); give JSON lines with a text") from error
            texts.append(json.dumps(text, ensure_ascii=False)[1:-1])
    if not texts:
        raise SystemExit(f"{path}: no comments")
    return itertools.cycle(texts)


def write(options, out):
    """Writes the comments, thread after thread."""
    dice = random.Random(options.seed + 1)
    # An article is four texts, and its title begins another.
    with_header = options.thread + (5 if options.headers else 0)
    texts = texts_of(options.of) if options.of else Stock(options.seed).texts(with_header)
    written = 0
    while written < options.count:
        thread = written // options.thread
        lines = []
        if options.headers:
            # What stands escaped in JSON cannot be cut anywhere.
            title = f"Thread {thread}" if options.of else next(texts)[:60].rsplit(" ", 1)[0]
            article = "\\n\\n".join(next(texts) for _ in range(4))
            lines.append(f'{{"type":"thread","thread_id":"t{thread}","title":"{title}","article":"{article}"}}\n')
        for at in range(min(options.thread, options.count - written)):
            more = ""
            if options.replies:
                more = f',"author":"reader{dice.randrange(50_000)}"'
                if at and dice.random() < 0.66:
                    more += f',"parent_id":"c{written + dice.randrange(at)}"'
            lines.append(f'{{"thread_id":"t{thread}","id":"c{written + at}"{more},"text":"{next(texts)}"}}\n')
        written += min(options.thread, options.count - written)
        out.write("".join(lines))
    out.flush()


def main():
    """Writes to stdout, and stops quietly where nobody reads on."""
    options = arguments()
    if options.count < 0 or options.thread < 1:
        raise SystemExit("COMMENTS is at least 0, and --thread at least 1")
    try:
        write(options, open(sys.stdout.fileno(), "w", encoding="utf-8", newline="\n", buffering=1 << 16, closefd=False))
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
