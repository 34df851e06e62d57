r"""Readers of the formats in which programs keep their messages: gettext's `.mo`, and Mozilla's three.

Each yields pairs; of `.mo` the English message and its translation, of the others a name and a translation.
"""

import re
import struct

_FLUENT_STARTS = (
    re.compile(r"^(-?[A-Za-z][\w-]*)\s*=\s*(.*)$"),  # message = text
    re.compile(r"^\s+(\.[\w-]+)\s*=\s*(.*)$"),  # an attribute: .title = text
    re.compile(r"^\s+()\*?\[[^\]]*\]\s*(.*)$"),  # a variant: *[other] text
)


def read_mo(content):
    r"""Pairs of a compiled gettext catalogue; of plurals, each form.

    >>> import struct
    >>> message, translation = b"a cat\0cats", b"eine Katze\0Katzen"
    >>> head = struct.pack("<7I", 0x950412DE, 0, 1, 28, 36, 0, 0)
    >>> places = struct.pack("<4I", len(message), 44, len(translation), 44 + len(message))
    >>> list(read_mo(head + places + message + translation))
    [('a cat', 'eine Katze'), ('cats', 'Katzen')]
    """
    order = "<" if content[:4] == b"\xde\x12\x04\x95" else ">"
    _, _, count, messages_at, translations_at = struct.unpack(order + "5I", content[:20])

    def entry(table, index):
        length, start = struct.unpack_from(order + "2I", content, table + 8 * index)
        return content[start : start + length].decode("utf-8")

    for index in range(count):
        try:
            message, translation = entry(messages_at, index), entry(translations_at, index)
        except UnicodeDecodeError:
            continue
        if not message:  # the header
            continue
        plurals = message.rpartition("\4")[2].split("\0")  # without the context
        for form, text in enumerate(translation.split("\0")):
            yield plurals[min(form, len(plurals) - 1)], text


def read_fluent(text):
    r"""Messages, attributes and variants of a Fluent file.

    >>> list(read_fluent("# note\nhello = Guten\n    Tag\n    .title = Gruß\n"))
    [('hello', 'Guten Tag'), ('.title', 'Gruß')]
    """
    name, lines = "", []
    for line in text.split("\n") + ["end ="]:
        if line.startswith("#"):
            continue
        start = next(filter(None, (pattern.match(line) for pattern in _FLUENT_STARTS)), None)
        if start:
            if lines:
                yield name, " ".join(lines)
            name, lines = start[1], [start[2]]
        elif line.startswith((" ", "\t")):
            lines.append(line.strip())


def read_properties(text):
    r"""Messages of a `.properties` file.

    >>> list(read_properties("# note\na = eins\nb=Gr\\u00fc\\\n  ße\n"))
    [('a', 'eins'), ('b', 'Grüße')]
    """
    for line in re.sub(r"\\\r?\n\s*", "", text).split("\n"):
        if "=" in line and not line.startswith(("#", "!")):
            name, value = line.split("=", 1)
            yield name.strip(), re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), value.strip())


def read_dtd(text):
    r"""Entities of a DTD.

    >>> list(read_dtd('<!ENTITY close.label "Schließen">'))
    [('close.label', 'Schließen')]
    """
    for entity in re.finditer(r'<!ENTITY\s+(\S+)\s+"([^"]*)"', text):
        yield entity[1], entity[2]
