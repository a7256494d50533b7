// SPDX-License-Identifier: MIT OR Apache-2.0

//! What CMSIS-SVD 1.3 allows in each element, in one table: the reader asks it
//! of every element, so that nothing is passed over because no one thought of
//! it.
//!
//! Beside the schema, the table has what vendors write and this reader takes:
//! effects on reads and writes at containers, and a field's own reset value.

/// What an element may hold.
pub(super) struct Kind {
    /// The element's name; empty where it has several.
    pub(super) tag: &'static str,
    pub(super) content: Content,
    pub(super) attributes: &'static [&'static str],
}

pub(super) enum Content {
    /// Properties, each in an element of its own.
    Record(&'static [&'static [Child]]),
    /// Elements of a few kinds and nothing else.
    List(&'static [Child]),
    /// Text alone.
    Text(Form),
    /// Whatever the vendor likes.
    Free,
}

/// An element within another.
pub(super) struct Child {
    pub(super) tag: &'static str,
    pub(super) kind: &'static Kind,
    pub(super) times: Times,
    /// Whether it means something to the reader. What does not is for people, C
    /// headers or debuggers.
    pub(super) read: bool,
}

/// How often an element may occur in another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Times {
    /// At most once.
    Once,
    /// Exactly once: nothing can be read without it.
    Needed,
    /// Any number of times.
    Many,
    /// A list that may be written in parts.
    Parts,
}

/// The form that a text has.
pub(super) enum Form {
    /// Any text.
    Words,
    /// A number of at most so many bits.
    Number(u32),
    /// A number of as many bits as a register has.
    Wide,
    /// A number that may leave bits open, as `#1xx` does.
    Pattern,
    /// The names of an array's elements.
    Indexes,
    /// The width of a bus.
    Width,
    /// `[7:0]`.
    Bits,
    OneOf(&'static [&'static str]),
    /// One of these, or a pointer to one.
    DataType(&'static [&'static str]),
}

impl Kind {
    /// What it may hold, if that is elements.
    pub(super) fn children(&self) -> impl Iterator<Item = &'static Child> + use<> {
        let (groups, list): (&'static [&'static [Child]], &'static [Child]) = match self.content {
            Content::Record(groups) => (groups, &[]),
            Content::List(list) => (&[], list),
            Content::Text(_) | Content::Free => (&[], &[]),
        };
        groups.iter().copied().flatten().chain(list)
    }

    /// What may be in it under that name, and its number among the children.
    pub(super) fn child(&self, tag: &str) -> Option<(usize, &'static Child)> {
        self.children()
            .enumerate()
            .find(|(_, child)| child.tag == tag)
    }
}

const fn text(form: Form) -> Kind {
    Kind {
        tag: "",
        content: Content::Text(form),
        attributes: &[],
    }
}

const fn child(tag: &'static str, kind: &'static Kind, times: Times, read: bool) -> Child {
    Child {
        tag,
        kind,
        times,
        read,
    }
}

/// May occur once, and is read.
const fn one(tag: &'static str, kind: &'static Kind) -> Child {
    child(tag, kind, Times::Once, true)
}

/// Has to occur once.
const fn needed(tag: &'static str, kind: &'static Kind) -> Child {
    child(tag, kind, Times::Needed, true)
}

const fn many(tag: &'static str, kind: &'static Kind) -> Child {
    child(tag, kind, Times::Many, true)
}

const fn parts(tag: &'static str, kind: &'static Kind) -> Child {
    child(tag, kind, Times::Parts, true)
}

/// For people, C headers or debuggers.
const fn unread(tag: &'static str) -> Child {
    child(tag, &WORDS, Times::Once, false)
}

const DERIVED: &[&str] = &["derivedFrom"];

static WORDS: Kind = text(Form::Words);
static NUMBER: Kind = text(Form::Number(32));
static LONG: Kind = text(Form::Number(64));
static WIDE: Kind = text(Form::Wide);
static PATTERN: Kind = text(Form::Pattern);
static INDEXES: Kind = text(Form::Indexes);
static WIDTH: Kind = text(Form::Width);
static BITS: Kind = text(Form::Bits);
static TRUTH: Kind = text(Form::OneOf(&["true", "false", "1", "0"]));
static PROTECTION: Kind = text(Form::OneOf(&["s", "n", "p"]));
static ACCESS: Kind = text(Form::OneOf(&[
    "read-only",
    "write-only",
    "read-write",
    "writeOnce",
    "read-writeOnce",
]));
static READ_ACTION: Kind = text(Form::OneOf(&["clear", "set", "modify", "modifyExternal"]));
static WRITTEN_VALUES: Kind = text(Form::OneOf(&[
    "oneToClear",
    "oneToSet",
    "oneToToggle",
    "zeroToClear",
    "zeroToSet",
    "zeroToToggle",
    "clear",
    "set",
    "modify",
]));
static DATA_TYPE: Kind = text(Form::DataType(&[
    "uint8_t", "uint16_t", "uint32_t", "uint64_t", "int8_t", "int16_t", "int32_t", "int64_t",
]));
static BLOCK_USAGE: Kind = text(Form::OneOf(&["registers", "buffer", "reserved"]));
static VALUES_USAGE: Kind = text(Form::OneOf(&["read", "write", "read-write"]));

/// `dimElementGroup`.
static DIM: &[Child] = &[
    one("dim", &NUMBER),
    one("dimIncrement", &NUMBER),
    one("dimIndex", &INDEXES),
    unread("dimName"),
    one("dimArrayIndex", &DIM_ARRAY_INDEX),
];

/// `registerPropertiesGroup`.
static PROPERTIES: &[Child] = &[
    one("size", &NUMBER),
    one("access", &ACCESS),
    one("protection", &PROTECTION),
    one("resetValue", &WIDE),
    one("resetMask", &WIDE),
];

/// CMSIS-SVD has them at registers and fields alone.
static EFFECTS: &[Child] = &[
    one("modifiedWriteValues", &WRITTEN_VALUES),
    one("readAction", &READ_ACTION),
];

static DIM_ARRAY_INDEX: Kind = Kind {
    tag: "dimArrayIndex",
    content: Content::List(&[
        unread("headerEnumName"),
        many("enumeratedValue", &ENUMERATED_VALUE),
    ]),
    attributes: &[],
};

pub(super) static DEVICE: Kind = Kind {
    tag: "device",
    content: Content::Record(&[
        PROPERTIES,
        EFFECTS,
        &[
            one("vendor", &WORDS),
            one("vendorID", &WORDS),
            needed("name", &WORDS),
            unread("series"),
            one("version", &WORDS),
            one("description", &WORDS),
            unread("licenseText"),
            child("cpu", &CPU, Times::Once, false),
            unread("headerSystemFilename"),
            unread("headerDefinitionsPrefix"),
            one("addressUnitBits", &NUMBER),
            one("width", &WIDTH),
            parts("peripherals", &PERIPHERALS),
            child("vendorExtensions", &EXTENSIONS, Times::Many, false),
        ],
    ]),
    attributes: &["schemaVersion", "noNamespaceSchemaLocation"],
};

static EXTENSIONS: Kind = Kind {
    tag: "vendorExtensions",
    content: Content::Free,
    attributes: &[],
};

static CPU: Kind = Kind {
    tag: "cpu",
    content: Content::Record(&[&[
        unread("name"),
        unread("revision"),
        unread("endian"),
        unread("mpuPresent"),
        unread("fpuPresent"),
        unread("fpuDP"),
        unread("dspPresent"),
        unread("icachePresent"),
        unread("dcachePresent"),
        unread("itcmPresent"),
        unread("dtcmPresent"),
        unread("vtorPresent"),
        // Version 1.3.10 has these three.
        unread("mvePresent"),
        unread("pmuPresent"),
        unread("pmuNumEventCnt"),
        unread("nvicPrioBits"),
        unread("vendorSystickConfig"),
        unread("deviceNumInterrupts"),
        unread("sauNumRegions"),
        child("sauRegionsConfig", &SAU_REGIONS, Times::Once, false),
    ]]),
    attributes: &[],
};

static SAU_REGIONS: Kind = Kind {
    tag: "sauRegionsConfig",
    content: Content::Record(&[&[child("region", &SAU_REGION, Times::Many, false)]]),
    attributes: &["enabled", "protectionWhenDisabled"],
};

static SAU_REGION: Kind = Kind {
    tag: "region",
    content: Content::Record(&[&[
        child("base", &WORDS, Times::Many, false),
        child("limit", &WORDS, Times::Many, false),
        child("access", &WORDS, Times::Many, false),
    ]]),
    attributes: &["enabled", "name"],
};

static PERIPHERALS: Kind = Kind {
    tag: "peripherals",
    content: Content::List(&[many("peripheral", &PERIPHERAL)]),
    attributes: &[],
};

static PERIPHERAL: Kind = Kind {
    tag: "peripheral",
    content: Content::Record(&[
        DIM,
        PROPERTIES,
        EFFECTS,
        &[
            needed("name", &WORDS),
            unread("version"),
            one("description", &WORDS),
            unread("displayName"),
            unread("alternatePeripheral"),
            unread("groupName"),
            unread("prependToName"),
            unread("appendToName"),
            unread("headerStructName"),
            unread("disableCondition"),
            needed("baseAddress", &LONG),
            many("addressBlock", &ADDRESS_BLOCK),
            many("interrupt", &INTERRUPT),
            parts("registers", &REGISTERS),
        ],
    ]),
    attributes: DERIVED,
};

static ADDRESS_BLOCK: Kind = Kind {
    tag: "addressBlock",
    content: Content::Record(&[&[
        needed("offset", &NUMBER),
        needed("size", &NUMBER),
        needed("usage", &BLOCK_USAGE),
        child("protection", &PROTECTION, Times::Once, false),
    ]]),
    attributes: &[],
};

static INTERRUPT: Kind = Kind {
    tag: "interrupt",
    content: Content::Record(&[&[
        needed("name", &WORDS),
        one("description", &WORDS),
        needed("value", &NUMBER),
    ]]),
    attributes: &[],
};

static REGISTERS: Kind = Kind {
    tag: "registers",
    content: Content::List(&[many("register", &REGISTER), many("cluster", &CLUSTER)]),
    attributes: &[],
};

static CLUSTER: Kind = Kind {
    tag: "cluster",
    content: Content::Record(&[
        DIM,
        PROPERTIES,
        EFFECTS,
        &[
            needed("name", &WORDS),
            one("description", &WORDS),
            one("alternateCluster", &WORDS),
            unread("headerStructName"),
            needed("addressOffset", &NUMBER),
            many("register", &REGISTER),
            many("cluster", &CLUSTER),
        ],
    ]),
    attributes: DERIVED,
};

static REGISTER: Kind = Kind {
    tag: "register",
    content: Content::Record(&[
        DIM,
        &[
            needed("name", &WORDS),
            unread("displayName"),
            one("description", &WORDS),
            one("alternateGroup", &WORDS),
            one("alternateRegister", &WORDS),
            needed("addressOffset", &NUMBER),
        ],
        PROPERTIES,
        EFFECTS,
        &[
            child("dataType", &DATA_TYPE, Times::Once, false),
            one("writeConstraint", &WRITE_CONSTRAINT),
            parts("fields", &FIELDS),
        ],
    ]),
    attributes: DERIVED,
};

static WRITE_CONSTRAINT: Kind = Kind {
    tag: "writeConstraint",
    content: Content::List(&[
        one("writeAsRead", &TRUTH),
        one("useEnumeratedValues", &TRUTH),
        one("range", &RANGE),
    ]),
    attributes: &[],
};

static RANGE: Kind = Kind {
    tag: "range",
    content: Content::Record(&[&[needed("minimum", &LONG), needed("maximum", &LONG)]]),
    attributes: &[],
};

static FIELDS: Kind = Kind {
    tag: "fields",
    content: Content::List(&[many("field", &FIELD)]),
    attributes: &[],
};

static FIELD: Kind = Kind {
    tag: "field",
    content: Content::Record(&[
        &[
            needed("name", &WORDS),
            one("description", &WORDS),
            one("bitOffset", &NUMBER),
            one("bitWidth", &NUMBER),
            one("lsb", &NUMBER),
            one("msb", &NUMBER),
            one("bitRange", &BITS),
            one("access", &ACCESS),
            many("enumeratedValues", &ENUMERATED_VALUES),
            one("writeConstraint", &WRITE_CONSTRAINT),
            // A register has it; a vendor who writes it at a field means the
            // field's own.
            one("resetValue", &LONG),
        ],
        EFFECTS,
        DIM,
    ]),
    attributes: DERIVED,
};

static ENUMERATED_VALUES: Kind = Kind {
    tag: "enumeratedValues",
    content: Content::List(&[
        one("name", &WORDS),
        unread("headerEnumName"),
        one("usage", &VALUES_USAGE),
        many("enumeratedValue", &ENUMERATED_VALUE),
    ]),
    attributes: DERIVED,
};

static ENUMERATED_VALUE: Kind = Kind {
    tag: "enumeratedValue",
    content: Content::Record(&[&[
        needed("name", &WORDS),
        one("description", &WORDS),
        one("value", &PATTERN),
        one("isDefault", &TRUTH),
    ]]),
    attributes: &[],
};

/// The kinds that hold elements.
static COMPOSITES: &[&Kind] = &[
    &DEVICE,
    &CPU,
    &SAU_REGIONS,
    &SAU_REGION,
    &PERIPHERALS,
    &PERIPHERAL,
    &ADDRESS_BLOCK,
    &INTERRUPT,
    &REGISTERS,
    &CLUSTER,
    &REGISTER,
    &WRITE_CONSTRAINT,
    &RANGE,
    &FIELDS,
    &FIELD,
    &ENUMERATED_VALUES,
    &ENUMERATED_VALUE,
    &DIM_ARRAY_INDEX,
];

/// What an element of that name is somewhere in CMSIS-SVD.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Elsewhere {
    /// It means something to the reader.
    Read,
    /// It is for people, C headers or debuggers.
    Unread,
    Nothing,
}

/// Looks an element up that is not where the schema has it.
pub(super) fn elsewhere(tag: &str) -> Elsewhere {
    if tag == "description" || tag == "displayName" {
        // Documentation is welcome anywhere, and never changes what is done.
        return Elsewhere::Unread;
    }
    let kinds = COMPOSITES.iter();
    let found = kinds.filter_map(|kind| kind.child(tag));
    let is_read = found.map(|(_, child)| child.read);
    match is_read.max() {
        None => Elsewhere::Nothing,
        Some(true) => Elsewhere::Read,
        Some(false) => Elsewhere::Unread,
    }
}

/// What belongs within another element: where it is, what it is, and what it
/// belongs in.
pub(super) const WRAPPERS: &[(&str, &str, &str)] = &[
    ("device", "peripheral", "peripherals"),
    ("peripheral", "register", "registers"),
    ("peripheral", "cluster", "registers"),
    ("register", "field", "fields"),
    ("field", "enumeratedValue", "enumeratedValues"),
    ("register", "range", "writeConstraint"),
    ("register", "writeAsRead", "writeConstraint"),
    ("register", "useEnumeratedValues", "writeConstraint"),
    ("field", "range", "writeConstraint"),
    ("field", "writeAsRead", "writeConstraint"),
    ("field", "useEnumeratedValues", "writeConstraint"),
];

/// What other formats call an element, and what it may be called here.
pub(super) const SYNONYMS: &[(&str, &[&str])] = &[
    ("base", &["baseAddress"]),
    ("address", &["baseAddress", "addressOffset"]),
    ("bits", &["bitRange"]),
    ("count", &["dim"]),
    ("desc", &["description"]),
    ("irq", &["interrupt"]),
    ("offset", &["addressOffset", "bitOffset"]),
    ("reset", &["resetValue"]),
    ("stride", &["dimIncrement"]),
    ("width", &["size", "bitWidth"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_occurs_once_in_a_kind() {
        for kind in COMPOSITES {
            let tags: Vec<&str> = kind.children().map(|child| child.tag).collect();
            assert!(tags.len() <= 64);
            for (number, tag) in tags.iter().enumerate() {
                assert_eq!(kind.child(tag).unwrap().0, number, "{tag}");
            }
        }
    }

    #[test]
    fn wrappers_and_synonyms_are_elements() {
        for (around, within, wrapper) in WRAPPERS {
            for tag in [around, within, wrapper] {
                assert!(
                    *tag == "device" || elsewhere(tag) == Elsewhere::Read,
                    "{tag}"
                );
            }
        }
        for meant in SYNONYMS.iter().flat_map(|(_, meant)| *meant) {
            assert!(
                COMPOSITES.iter().any(|it| it.child(meant).is_some()),
                "{meant}"
            );
        }
    }
}
