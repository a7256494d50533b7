#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""A second reading of a CMSIS-SVD file, to compare regloom's with.

Written from the CMSIS-SVD 1.3 specification on Python's standard library
alone; it shares neither code nor parser with regloom. It refuses nothing: what
cannot be read is left out and told on standard error.

    read_svd.py FILE                      this reading
    read_svd.py --reader cmsis-svd FILE   that of PyPI's cmsis-svd, as far as it goes

The output is lines of tab-separated columns, arrays and clusters expanded:

    S  width  access  reset  mask             a layout of a register, numbered from 0
    F  lowest-bit  width  access  name        a field of the layout above
    E  usage  notes                           named values of the field above
    V  number  name                           one of them
    D  name                                   the name of all other values
    P  peripheral  address                    a peripheral
    R  peripheral  address  layout  path  notes    a register
    I  peripheral  number  name               an interrupt

Access is four words joined by `/`: rw, ro, wo or none; `once` or `-`; what a
write does; what a read does. A path's segments are joined by `.`; a segment is
the element's name, then behind `|` other names it may go by: without its index,
with its alternate group.

Notes are words joined by `,` that say how the file writes an element; what
another reader makes of such an element is explained by them. Of values:
`pattern` (don't-care bits), `overlap` (two patterns fit one number), `derived`
(by `derivedFrom`, of the values or the field), `0b` (a number in that form). Of a register: `nested` (in a
cluster within a cluster), `derived` (it, or a cluster around it), `cluster-size`
(the width is that of a cluster around it).
"""

import argparse
import re
import sys
import xml.etree.ElementTree as ElementTree

MAY = {
    "read-only": ("ro", "-"),
    "write-only": ("wo", "-"),
    "read-write": ("rw", "-"),
    "writeOnce": ("wo", "once"),
    "read-writeOnce": ("rw", "once"),
}
ON_WRITE = {
    "oneToClear": "one-to-clear",
    "oneToSet": "one-to-set",
    "oneToToggle": "one-to-toggle",
    "zeroToClear": "zero-to-clear",
    "zeroToSet": "zero-to-set",
    "zeroToToggle": "zero-to-toggle",
    "clear": "clear",
    "set": "set",
    "modify": "modify",
}
ON_READ = {"clear": "clear", "set": "set", "modify": "pop", "modifyExternal": "pop"}
GROUP = ("size", "access", "resetValue", "resetMask")
# A register's defaults, where no level says anything.
DEFAULTS = {"size": "32", "access": "read-write", "resetValue": "0"}
# Don't-care patterns of more values than this name the lowest alone.
MAX_PATTERN = 256
MAX_ELEMENTS = 1 << 20
PATTERN = re.compile(r"(#|0[bB])[01]*[xX][01xX]*")


def note(text):
    """Tells what is left out of the reading."""
    print(text, file=sys.stderr)


def number(text):
    """A scaledNonNegativeInteger or a binary enumerated value; None if it is none."""
    if text is None:
        return None
    text = text.strip().lstrip("+").replace("_", "")
    found = re.fullmatch(r"(0x|0b|#)?([0-9a-f]+)([kmgt]?)", text.lower())
    if not found:
        return None
    prefix, digits, scale = found.groups()
    base = {"0x": 16, "0b": 2, "#": 2, None: 10}[prefix]
    try:
        value = int(digits, base)
    except ValueError:
        return None
    return value << (10 * " kmgt".index(scale) if scale else 0)


def low_ones(bits):
    return (1 << bits) - 1


def access_text(access, on_write, on_read):
    """What software may do and hardware does, from the three SVD elements."""
    may, once = MAY.get(access, (f"?{access}", "-"))
    writes = ON_WRITE.get(on_write, f"?{on_write}") if on_write else "modify"
    reads = ON_READ.get(on_read, f"?{on_read}") if on_read else "none"
    # An effect of what software may not do is none.
    if "w" not in may:
        writes = "modify"
    if "r" not in may:
        reads = "none"
    return "/".join((may, once, writes, reads))


class Node:
    """A peripheral, cluster, register or field, as written and as derived."""

    HOLDS = {
        "device": ("peripherals", ("peripheral",)),
        "peripheral": ("registers", ("register", "cluster")),
        "cluster": (None, ("register", "cluster")),
        "register": ("fields", ("field",)),
        "field": (None, ()),
    }

    def __init__(self, element, parent):
        self.kind = element.tag
        self.element = element
        self.parent = parent
        self.texts = {}
        for child in element:
            if len(child) == 0 and child.text is not None:
                self.texts.setdefault(child.tag, child.text.strip())
        self.name = self.texts.get("name", "")
        self.derived = element.get("derivedFrom")
        wrapper, kinds = self.HOLDS[self.kind]
        containers = element.findall(wrapper) if wrapper else [element]
        self.own = [
            Node(child, self)
            for container in containers
            for child in container
            if child.tag in kinds
        ]
        self.known_base = None
        self.base_asked = False
        self.merged = None

    def ancestors(self):
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def path(self):
        names = [self.name] + [node.name for node in self.ancestors()]
        return ".".join(reversed(names[:-1]))

    def base(self):
        """What this is derived from."""
        if self.base_asked:
            return self.known_base
        self.base_asked = True
        if not self.derived:
            return None
        found = self.find_base()
        if found is None:
            note(f"{self.path()}: nothing is called {self.derived}")
        self.known_base = found
        return found

    def find_base(self):
        """The path is relative to one of the containers, the nearest first."""
        segments = self.derived.strip().split(".")
        for scope in self.ancestors():
            node = scope
            for segment in segments[:-1]:
                node = node and node.child(segment, None, None)
            found = node and node.child(segments[-1], self.kind, self)
            if found is not None and not found.derives_from(self):
                return found
        return None

    def derives_from(self, other):
        seen = set()
        node = self
        while node is not None and id(node) not in seen:
            if node is other:
                return True
            seen.add(id(node))
            node = node.known_base
        return False

    def child(self, name, kind, but):
        """A child by name: of an array the written one, that without its mark, or an element's."""
        children = self.children() if but is None or but not in self.own else self.own
        alike = [c for c in children if c is not but and kind in (None, c.kind)]
        marked = [child for child in alike if "%s" in child.name]
        for child in alike:
            if child.name == name:
                return child
        for child in marked:
            if plain(child.name) == plain(name):
                return child
        for child in marked:
            if any(element_name(child.name, index) == name for index, _ in child.places()):
                return child
        return None

    def children(self):
        """Those of the base, where not replaced by an own of that name; then the own."""
        if self.merged is None:
            self.merged = self.own
            base = self.base()
            if base is not None:
                replaced = list(base.children())
                places = {}
                for place, child in enumerate(replaced):
                    places.setdefault(child.name, place)
                for child in self.own:
                    place = places.pop(child.name, None)
                    if place is None:
                        replaced.append(child)
                    else:
                        replaced[place] = child
                self.merged = replaced
        return self.merged

    def text(self, tag):
        """The text of a child element, own or derived."""
        node, seen = self, 0
        while node is not None and seen < 64:
            if node.texts.get(tag):
                return node.texts[tag]
            node, seen = node.base(), seen + 1
        return None

    def bits(self):
        """Lowest bit and width, from the nearest that says so."""
        node, seen = self, 0
        while node is not None and seen < 64:
            texts = node.texts
            found = re.fullmatch(r"\[\s*(\w+)\s*:\s*(\w+)\s*\]", texts.get("bitRange", ""))
            if found:
                high, low = (number(part) for part in found.groups())
                return low, high - low + 1
            low, high = number(texts.get("lsb")), number(texts.get("msb"))
            if low is not None and high is not None:
                return low, high - low + 1
            low = number(texts.get("bitOffset"))
            if low is not None:
                return low, number(self.text("bitWidth")) or 1
            node, seen = node.base(), seen + 1
        return None

    def enumerations(self):
        node, seen = self, 0
        while node is not None and seen < 64:
            own = node.element.findall("enumeratedValues")
            if own:
                return [(node, element) for element in own]
            node, seen = node.base(), seen + 1
        return []

    def places(self):
        """Index and distance from the first of each element; one without an index if single."""
        array = self.array()
        if array is None:
            return [(None, 0)]
        count, increment, names = array
        return [(names[i] if i < len(names) else str(i), i * increment) for i in range(count)]

    def array(self):
        node = self if "dim" in self.texts else None
        if node is None and "%s" in self.name:
            node, seen = self.base(), 0
            while node is not None and "dim" not in node.texts and seen < 64:
                node, seen = node.base(), seen + 1
        if node is None:
            return None
        count = number(node.texts["dim"])
        increment = number(self.text("dimIncrement"))
        if count is None or increment is None or count > MAX_ELEMENTS:
            note(f"{self.path()}: not an array that can be read")
            return None
        return count, increment, index_names(self, count)


def index_names(node, count):
    """dimIndex: `3-6`, `A-D` or `A,B,C`; 0, 1 … when left out."""
    text = node.text("dimIndex")
    names = [str(i) for i in range(count)]
    if text:
        span = re.fullmatch(r"\s*(\d+)\s*-\s*(\d+)\s*", text)
        letters = re.fullmatch(r"\s*([A-Za-z])\s*-\s*([A-Za-z])\s*", text)
        if span:
            names = [str(i) for i in range(int(span[1]), int(span[2]) + 1)]
        elif letters:
            names = [chr(i) for i in range(ord(letters[1]), ord(letters[2]) + 1)]
        else:
            names = [name.strip() for name in text.split(",")]
    if len(names) != count:
        note(f"{node.path()}: {len(names)} names for {count} elements")
        names = [str(i) for i in range(count)]
    return names


def plain(name):
    """A name without the mark of an array."""
    return name.replace("[%s]", "").replace("%s", "")


def element_name(name, index):
    return name.replace("[%s]", index or "").replace("%s", index or "")


def clean(text):
    """A name that does not break a line into columns."""
    return " ".join(text.split())


class Reading:
    """Flattens a device."""

    def __init__(self, root):
        self.device = Node(root, None)
        self.layouts = {}
        self.known = {}
        self.lines = []
        self.enumerations = None

    def read(self):
        peripherals, registers, interrupts = [], [], []
        for peripheral in self.device.children():
            base = number(peripheral.text("baseAddress"))
            if base is None:
                note(f"{peripheral.path()}: no base address")
                continue
            context = self.group(peripheral, self.group(self.device, (None,) * 4))
            content = self.content(peripheral, context)
            for index, moved in peripheral.places():
                name = clean(element_name(peripheral.name, index))
                peripherals.append((name, base + moved))
                registers += [
                    (name, base + moved + offset, layout, path, ",".join(sorted(notes)))
                    for offset, layout, path, notes in content
                ]
                interrupts += [(name, *entry) for entry in self.interrupts(peripheral, index)]
        lines = [line for layout in self.layouts for line in layout]
        return lines + listed(peripherals, registers, interrupts)

    @staticmethod
    def interrupts(peripheral, index):
        """A derived peripheral has its own interrupts; sharing its base's would be an accident.

        In an array of peripherals, the line that is called after an element is
        that element's, and one with a place for the index the first's.
        """
        elements = [i for i, _ in peripheral.places() if i is not None]
        names = [(element_name(peripheral.name, i).lower(), i) for i in elements]
        names.sort(key=lambda named: len(named[0]))
        for element in peripheral.element.findall("interrupt"):
            value = number(element.findtext("value"))
            name = clean(element.findtext("name") or "")
            owners = [
                i for n, i in names if re.match(re.escape(n) + r"(?!\d)", name.lower())
            ]
            if "%s" in name and elements:
                owners, name = elements[:1], element_name(name, elements[0])
            if value is not None and (not owners or index == owners[-1]):
                yield value, name

    @staticmethod
    def group(node, context):
        """registerPropertiesGroup, from the nearest level that says so."""
        return tuple(node.text(tag) or outer for tag, outer in zip(GROUP, context))

    def content(self, container, context):
        """Offset, layout, path and notes of every register below, arrays expanded."""
        key = (id(container), context)
        if key not in self.known:
            self.known[key] = []
            self.known[key] = list(self.expand(container, context))
        return self.known[key]

    def expand(self, container, context):
        for node in container.children():
            offset = number(node.text("addressOffset"))
            if offset is None:
                note(f"{node.path()}: no offset")
                continue
            inner = self.group(node, context)
            if node.kind == "register":
                below = [(0, self.layout(node, inner), "", frozenset())]
            else:
                below = self.content(node, inner)
            own = self.notes(node, container)
            for index, moved in node.places():
                segment = self.segment(node, index)
                for further, layout, path, notes in below:
                    whole = f"{segment}.{path}" if path else segment
                    yield offset + moved + further, layout, whole, notes | own

    @staticmethod
    def notes(node, container):
        """How the file writes a register or cluster."""
        notes = set()
        if node.kind == "cluster" and container.kind == "cluster":
            notes.add("nested")
        if node.derived:
            notes.add("derived")
        clusters = [outer for outer in node.ancestors() if outer.kind == "cluster"]
        sized = any(outer.text("size") for outer in clusters)
        if node.kind == "register" and sized and not node.text("size"):
            notes.add("cluster-size")
        return frozenset(notes)

    @staticmethod
    def segment(node, index):
        names = [element_name(node.name, index)]
        if index is not None:
            names.append(plain(node.name))
        group = node.text("alternateGroup")
        if group:
            names += [f"{group}_{name}" for name in names]
        return clean("|".join(name.replace("|", "").replace(".", "") for name in names))

    def layout(self, register, context):
        """The number of the register's layout; equal ones have one number."""
        key = (id(register), context)
        if key not in self.known:
            lines = tuple(self.describe(register, context))
            self.known[key] = self.layouts.setdefault(lines, len(self.layouts))
        return self.known[key]

    def describe(self, register, context):
        said = dict(zip(GROUP, context))
        size, access, reset = (said[tag] or DEFAULTS[tag] for tag in GROUP[:3])
        width = number(size)
        if width is None:
            note(f"{register.path()}: no width")
            width = 32
        mask = number(said["resetMask"])
        if mask is None:
            mask = 0 if said["resetValue"] is None else low_ones(width)
        mask &= low_ones(width)
        on_write, on_read = register.text("modifiedWriteValues"), register.text("readAction")
        own = access_text(access, on_write, on_read)
        value = number(reset) or 0
        fields = []
        for field in register.children():
            bits = field.bits()
            if bits is None:
                note(f"{field.path()}: no bits")
                continue
            text = access_text(
                field.text("access") or access,
                field.text("modifiedWriteValues") or on_write,
                field.text("readAction") or on_read,
            )
            values = tuple(self.values(field))
            for index, moved in field.places():
                name = clean(element_name(field.name, index)).replace("[", "").replace("]", "")
                fields.append((bits[0] + moved, bits[1], text, name, values))
                # Not of CMSIS-SVD, and plain enough: the field's part of the reset.
                part = number(field.text("resetValue"))
                if part is not None and part <= low_ones(bits[1]):
                    ones = low_ones(bits[1]) << bits[0] + moved
                    value = value & ~ones | part << bits[0] + moved
        yield f"S\t{width}\t{own}\t{value}\t{mask}"
        for low, length, text, name, values in sorted(fields):
            yield f"F\t{low}\t{length}\t{text}\t{name}"
            yield from values

    def values(self, field):
        for owner, element in field.enumerations():
            usage, named, default = self.enumeration(owner, element, 0)
            yield f"E\t{usage}\t{','.join(self.value_notes(field, owner, element))}"
            for value, name in sorted(named):
                yield f"V\t{value}\t{name}"
            if default is not None:
                yield f"D\t{default}"

    @staticmethod
    def value_notes(field, owner, element):
        """How the file writes named values."""
        texts = [(it.findtext("value") or "").strip() for it in element.findall("enumeratedValue")]
        patterns = [text for text in texts if PATTERN.fullmatch(text)]
        fits = [number for text in patterns for number in set(fitting(text))]
        if element.get("derivedFrom") or owner is not field:
            yield "derived"
        if any(text.startswith("0b") for text in texts):
            yield "0b"
        if patterns:
            yield "pattern"
        if len(set(fits)) < len(fits):
            yield "overlap"

    def enumeration(self, owner, element, depth):
        """Usage, named values and the default's name, don't-care patterns expanded."""
        usage = (element.findtext("usage") or "").strip()
        named, default = [], None
        path = element.get("derivedFrom")
        if path and depth < 16:
            found = self.find_enumeration(owner, element, path.strip())
            if found is None:
                note(f"{owner.path()}: no enumeration is called {path}")
            else:
                inherited = self.enumeration(*found, depth + 1)
                usage = usage or inherited[0]
                named, default = list(inherited[1]), inherited[2]
        exact, patterns = {}, []
        for value in element.findall("enumeratedValue"):
            name = clean(value.findtext("name") or "")
            text = (value.findtext("value") or "").strip()
            if (value.findtext("isDefault") or "").strip() in ("true", "1"):
                default = name
                if not text:
                    continue
            if PATTERN.fullmatch(text):
                patterns.append((name, text))
            elif number(text) is not None:
                exact.setdefault(number(text), []).append(name)
            else:
                note(f"{owner.path()}: {name} has no value")
        named += [(value, name) for value, names in exact.items() for name in names]
        named += expanded(patterns, exact)
        return usage or "read-write", named, default

    def find_enumeration(self, owner, user, path):
        """By its name or its field's, behind as much of a path as it takes; the nearest first."""
        *outer, last = path.split(".")
        if self.enumerations is None:
            self.enumerations = {}
            self.index_enumerations(self.device)
        best, rank = None, (-1, -1)
        around = [owner, *owner.ancestors()]
        for place, by_name, node, element in self.enumerations.get(last, []):
            if element is user:
                continue
            names = [a.name for a in reversed([node, *node.ancestors()])]
            if not is_subsequence(outer, names):
                continue
            shared = next(len(around) - i for i, a in enumerate(around) if a in place)
            if (shared, by_name) > rank:
                best, rank = (node, element), (shared, by_name)
        return best

    def index_enumerations(self, node):
        if node.kind == "field":
            place = [node, *node.ancestors()]
            for element in node.element.findall("enumeratedValues"):
                name = (element.findtext("name") or "").strip()
                if name:
                    self.enumerations.setdefault(name, []).append((place, 1, node, element))
                self.enumerations.setdefault(node.name, []).append((place, 0, node, element))
        for child in node.own:
            self.index_enumerations(child)


def is_subsequence(names, of):
    rest = iter(of)
    return all(name in rest for name in names)


def expanded(patterns, exact):
    """What patterns name: of those that fit a number, the first names it."""
    names = {}
    for name, text in patterns:
        for value in fitting(text):
            if value not in exact:
                names.setdefault(value, name)
    return list(names.items())


def fitting(text):
    digits = text.lower().lstrip("#")
    digits = digits[2:] if digits.startswith("0b") else digits
    free = [place for place, digit in enumerate(reversed(digits)) if digit == "x"]
    lowest = int(digits.replace("x", "0"), 2)
    if 1 << len(free) > MAX_PATTERN:
        return [lowest]
    return [
        lowest | sum(1 << place for bit, place in enumerate(free) if choice >> bit & 1)
        for choice in range(1 << len(free))
    ]


class Library:
    """What PyPI's cmsis-svd reads, in the same lines; its arithmetic, its names."""

    def __init__(self, path):
        from cmsis_svd import SVDParser

        self.device = SVDParser.for_xml_file(path).get_device()
        self.layouts = {}

    def read(self):
        peripherals, registers, interrupts = [], [], []
        for peripheral in self.device.get_peripherals():
            name = clean(peripheral.name).replace("[", "").replace("]", "")
            peripherals.append((name, peripheral.base_address))
            for register in peripheral.get_registers():
                lines = tuple(self.describe(register))
                layout = self.layouts.setdefault(lines, len(self.layouts))
                address = peripheral.base_address + register.address_offset
                path = self.bare_name(peripheral, register)
                registers.append((name, address, layout, path, ""))
            for interrupt in peripheral.interrupts or []:
                interrupts.append((name, interrupt.value, clean(interrupt.name or "")))
        lines = [line for layout in self.layouts for line in layout]
        return lines + listed(peripherals, registers, interrupts)

    @staticmethod
    def bare_name(peripheral, register):
        """Without what tells peripherals apart where all registers share one scope."""
        name = clean(register.name).removeprefix(peripheral.prepend_to_name or "")
        return name.removesuffix(peripheral.append_to_name or "")

    def describe(self, register):
        width = register.size or 32
        mask = register.reset_mask
        if mask is None:
            mask = 0 if register.reset_value is None else low_ones(width)
        effects = [value_of(register.modified_write_values), value_of(register.read_action)]
        access = value_of(register.access) or DEFAULTS["access"]
        text = access_text(access, *effects)
        yield f"S\t{width}\t{text}\t{register.reset_value or 0}\t{mask & low_ones(width)}"
        fields = []
        for field in register.get_fields():
            own = (value_of(field.modified_write_values), value_of(field.read_action))
            # The library leaves it to its user that a field inherits these.
            both = [mine or outer for mine, outer in zip(own, effects)]
            text = access_text(value_of(field.access) or access, *both)
            name = clean(field.name).replace("[", "").replace("]", "")
            bits = (field.bit_offset, field.bit_width or 1)
            fields.append((*bits, text, name, tuple(self.values(field))))
        for low, length, text, name, values in sorted(fields):
            yield f"F\t{low}\t{length}\t{text}\t{name}"
            yield from values

    @staticmethod
    def values(field):
        for values in field.enumerated_values or []:
            yield f"E\t{value_of(values.usage) or 'read-write'}\t"
            named = [value for value in values.enumerated_values if value.value is not None]
            for value in sorted(named, key=lambda value: (value.value, value.name)):
                yield f"V\t{value.value}\t{clean(value.name or '')}"
            for value in values.enumerated_values:
                if value.is_default:
                    yield f"D\t{clean(value.name)}"


def value_of(member):
    return None if member is None else member.value


def listed(peripherals, registers, interrupts):
    lines = ["P\t%s\t%d" % peripheral for peripheral in sorted(peripherals)]
    lines += ["R\t%s\t%d\t%d\t%s\t%s" % register for register in sorted(registers)]
    lines += ["I\t%s\t%d\t%s" % interrupt for interrupt in sorted(set(interrupts))]
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reader", choices=["plain", "cmsis-svd"], default="plain")
    parser.add_argument("file")
    arguments = parser.parse_args()
    if arguments.reader == "plain":
        reading = Reading(ElementTree.parse(arguments.file).getroot())
    else:
        reading = Library(arguments.file)
    for line in reading.read():
        print(line)


if __name__ == "__main__":
    sys.setrecursionlimit(10000)
    main()
