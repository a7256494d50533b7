// SPDX-License-Identifier: MIT OR Apache-2.0

//! The table of the rules: what may change, and what that means for software.

use std::fmt;

use super::class::{Class, Step};

macro_rules! rules {
    ($(#[doc = $doc:literal] $name:ident = $id:literal $class:ident $step:ident because $reason:literal,)*) => {
        /// What kind of change one is. The id of a rule never changes and is
        /// never used again for something else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $doc] $name,)*
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Rule] = &[$(Rule::$name,)*];

            /// The stable id, such as `D0302`.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Rule::$name => $id,)* }
            }

            /// What it does to software.
            #[must_use]
            pub fn class(self) -> Class {
                match self { $(Rule::$name => Class::$class,)* }
            }

            /// The step of the map's version that it asks for.
            #[must_use]
            pub fn step(self) -> Step {
                match self { $(Rule::$name => Step::$step,)* }
            }

            /// What changed, for people.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Rule::$name => $doc.trim_ascii(),)* }
            }

            /// Why it has its class.
            #[must_use]
            pub fn reason(self) -> &'static str {
                match self { $(Rule::$name => $reason,)* }
            }
        }
    };
}

rules! {
    /// One block became a chip of peripherals, or a chip one block.
    DeviceKind = "D0101" Breaking Major because
        "A block's module, driver and compatible are named after the device, a peripheral's after both.",
    /// The device has another name.
    DeviceRenamed = "D0102" Breaking Major because
        "Crate, module, driver, the nodes under `/dev` and the default compatible are named after it.",
    /// The device has another vendor, and no `compatible` is stated.
    VendorChanged = "D0103" Breaking Major because
        "The compatible is made of it: an old device tree no longer binds to the new driver.",
    /// The device has another vendor; its `compatible` is stated.
    VendorCredited = "D0104" Documentation Patch because
        "Nothing that software looks for is made of it.",
    /// The map's version has another major part.
    VersionMajor = "D0105" Breaking None because
        "Driver and accessor refuse hardware of another major version, as the author asked for. It is itself the step that other changes ask for.",
    /// The map's version changed in another part, or one was stated or dropped.
    VersionChanged = "D0106" Compatible None because
        "Only the major part is compared with the hardware. It is itself the step that other changes ask for.",
    /// The bus has another width.
    BusWidth = "D0107" Breaking Major because
        "A register that is wider than the bus moves in other beats, and accesses of the old width may not be decoded.",
    /// Another byte of an access has the lowest address.
    BusEndian = "D0108" Breaking Major because
        "Old software reads every number's bytes in the wrong order.",
    /// Another beat of a wide register has the lowest address.
    BusWordOrder = "D0109" Breaking Major because
        "Old software puts the halves of every wide register together in the wrong order.",

    /// A block is gone.
    BlockRemoved = "D0201" Breaking Major because
        "Its module, its driver and its nodes are gone too.",
    /// There is one more block.
    BlockAdded = "D0202" Compatible Minor because
        "Nothing that was there changed.",
    /// A block at the same place and of the same shape has another name.
    BlockRenamed = "D0203" Breaking Major because
        "Module, driver and compatible are named after it; compiled programs would still reach the same registers.",
    /// A peripheral that shared its layout with others has one of its own.
    BlockSplit = "D0204" Breaking Major because
        "It has a module, a type and a driver of its own; those that it shared no longer fit it.",
    /// A peripheral that had a layout of its own shares another's.
    BlockMerged = "D0205" Breaking Major because
        "Its own module, type and driver are gone.",
    /// A block decodes fewer bytes.
    BlockShrank = "D0206" Breaking Major because
        "An old device tree claims bytes, and an old program maps pages, that now belong to something else or to nothing.",
    /// A block decodes more bytes.
    BlockGrew = "D0207" Breaking Major because
        "The new driver refuses an old device tree, whose resource is smaller than the map.",
    /// The device-tree node has another name.
    NodeRenamed = "D0208" Breaking Major because
        "Paths to it in aliases, overlays and sysfs no longer resolve, and UIO of old kernels names the device by it.",
    /// A write puts something else in bits that no field covers.
    ReservedBits = "D0209" Behavioural Minor because
        "The same calls store other bits: the hardware was, or is now, particular about them.",
    /// A `compatible` is gone.
    CompatibleRemoved = "D0211" Breaking Major because
        "A driver that binds by it no longer finds the device.",
    /// There is one more `compatible`.
    CompatibleAdded = "D0212" Compatible Minor because
        "Every driver that bound to the device still does.",
    /// The same `compatible` strings are in another order.
    CompatibleReordered = "D0213" Behavioural Minor because
        "The first that a driver knows decides which one binds.",
    /// The node's clocks are others, or in another order.
    Clocks = "D0214" Breaking Major because
        "The driver asks for each by name: an old device tree and a new driver, or the reverse, do not work together.",
    /// The node's resets are others, or in another order.
    Resets = "D0215" Breaking Major because
        "The driver asks for each by name: an old device tree and a new driver, or the reverse, do not work together.",
    /// Another property of the node was added, removed or given another value.
    Property = "D0216" Behavioural Minor because
        "Only the software that reads it knows what it means; the generated software does not use it.",
    /// The nodes go below another bus of the board's tree.
    Parent = "D0217" Breaking Patch because
        "Paths to them in aliases, overlays and sysfs no longer resolve. The map, of which the version speaks, is the same.",
    /// Another controller takes the interrupts.
    InterruptParent = "D0218" Breaking Patch because
        "An old device tree has the driver wait at the wrong line. The map, of which the version speaks, is the same.",
    /// The overlay configures another region of the FPGA, or otherwise.
    FpgaRegion = "D0219" Behavioural Patch because
        "An old overlay loads another file, or into another region. The map, of which the version speaks, is the same.",
    /// The device tree has the map's hash, or no longer has it.
    TreeHash = "D0220" Compatible Patch because
        "Software that was generated before still works: it compares the hash only where there is one.",
    /// An instance is gone.
    InstanceRemoved = "D0221" Breaking Major because
        "Its node is gone too; programs open it by its name, and device trees refer to its label.",
    /// There is one more instance.
    InstanceAdded = "D0222" Compatible Minor because
        "There is one more node; nothing that was there changed, unless nodes are opened by numbers that no alias gives.",
    /// An instance at the same address has another name.
    InstanceRenamed = "D0223" Breaking Major because
        "Programs open it by its name, and device trees refer to its label.",
    /// An instance is at another address.
    InstanceMoved = "D0224" Breaking Patch because
        "An old device tree gives the driver addresses where something else is, or nothing. The map, of which the version speaks, is the same.",
    /// An instance interrupts by other lines.
    InstanceInterrupts = "D0225" Breaking Patch because
        "An old device tree has the driver wait at the wrong line. The map, of which the version speaks, is the same.",
    /// An instance has other clocks.
    InstanceClocks = "D0226" Breaking Patch because
        "An old device tree has the driver start the wrong clock. The map, of which the version speaks, is the same.",
    /// An instance has other resets.
    InstanceResets = "D0227" Breaking Patch because
        "An old device tree has the driver release the wrong reset. The map, of which the version speaks, is the same.",
    /// An instance has the layout of another block.
    InstanceLayout = "D0228" Breaking Major because
        "It has another type, module and driver.",
    /// The block is a bus master now.
    BusMasterGained = "D0229" Breaking Major because
        "Opening its node takes the privilege of raw I/O, which programs may not have.",
    /// The block is no longer a bus master.
    BusMasterLost = "D0230" Compatible Patch because
        "A program that could open its node still can.",
    /// An instance has another number, or one where it had none, or none any more.
    InstanceNumber = "D0231" Breaking Patch because
        "Its node has another name, and programs open it by that. The map, of which the version speaks, is the same.",
    /// A reset is exclusive, or no longer.
    ResetExclusive = "D0232" Behavioural Patch because
        "The driver asserts an exclusive reset although another device may use it. The map, of which the version speaks, is the same.",

    /// A register or cluster is gone.
    ItemRemoved = "D0301" Breaking Major because
        "Its method is gone too; a compiled program reaches what is there now, or nothing.",
    /// There is one more register or cluster.
    ItemAdded = "D0302" Compatible Minor because
        "Nothing that was there changed.",
    /// A register or cluster at the same place and of the same shape has another name.
    ItemRenamed = "D0303" Breaking Major because
        "Its method and type are named after it; a compiled program still reaches the same bits.",
    /// A register or cluster is at another offset.
    ItemMoved = "D0304" Breaking Major because
        "A compiled program, and an old driver, reach what is at the old offset now.",
    /// A register became a cluster, or a cluster a register.
    ItemKind = "D0305" Breaking Major because
        "Its method returns another type.",
    /// A register has another width.
    Width = "D0306" Breaking Major because
        "Its value is another integer, and old accesses are as wide as it was.",
    /// An array has more elements, as far apart as before.
    ArrayGrew = "D0307" Compatible Minor because
        "Every index that was good is; a loop over all of them gets the new ones too.",
    /// An array has fewer elements, or they are another distance apart.
    ArrayChanged = "D0308" Breaking Major because
        "An index that was good panics, or leads elsewhere.",
    /// A single item became an array, or an array a single item.
    ArrayOrSingle = "D0309" Breaking Major because
        "Its method takes an index, or takes none any more.",
    /// An array became a memory, or a memory an array.
    Memory = "D0310" Breaking Major because
        "A memory has methods that copy, an array has elements.",
    /// Another beat of a wide register is to be read first.
    ReadOrder = "D0311" Breaking Major because
        "Hardware latches the other beats at the first: in the old order they are from different moments.",
    /// A register, cluster or field shares its place with another, or no longer does.
    Alternate = "D0312" Behavioural Minor because
        "What is stored through one view shows in the other, or no longer.",
    /// A register needs another privilege.
    Protection = "D0313" Behavioural Minor because
        "The generated software is the same, but the bus may refuse it.",

    /// A field is gone.
    FieldRemoved = "D0401" Breaking Major because
        "Its methods are gone too; what a compiled program stores in its bits is reserved now.",
    /// There is one more field, in bits that no field covered.
    FieldAdded = "D0402" Compatible Minor because
        "What old software stores there, by `reserved-bits`, leaves it as it is after reset.",
    /// There is one more field, and what old software stores in its bits acts on it.
    FieldAddedActing = "D0403" Behavioural Minor because
        "By `reserved-bits`, a write by old software changes it from its reset value or has its effect.",
    /// There is one more field, whose access takes methods from its register.
    FieldAddedLimits = "D0404" Breaking Major because
        "Reading or writing back the register now has an effect: `read` or `update` is gone.",
    /// A field in the same bits has another name.
    FieldRenamed = "D0405" Breaking Major because
        "Its methods are named after it; a compiled program still reaches the same bits.",
    /// A field is in other bits.
    FieldMoved = "D0406" Breaking Major because
        "A compiled program reads and writes the old bits; with another number of them its value is of another type.",
    /// A register that was one number got fields, or ones that have to be distinguished.
    FieldsGained = "D0407" Breaking Major because
        "Its value was a number and is a type of its own, or a number of fewer bits.",
    /// A register lost its fields, or all but one of its own name, and is one number.
    FieldsLost = "D0408" Breaking Major because
        "Its value was a type of its own, or a number of fewer bits, and is a number.",
    /// The bits of a field are another kind of number.
    Format = "D0409" Breaking Major because
        "Its value is of another type, and a compiled program reads the bits as another number.",
    /// Hardware clears a field after a write has set it, or no longer does.
    SelfClearing = "D0410" Breaking Major because
        "What is set by `trigger` has no setter, and the reverse; a bit that stays set has to be cleared.",

    /// A register or field has another value after reset.
    Reset = "D0501" Behavioural Minor because
        "Software that starts from what the hardware starts from does something else; `default()` is another value.",
    /// A value after reset that was unknown is known.
    ResetKnown = "D0502" Compatible Minor because
        "Software that did not rely on it is still right.",
    /// A value after reset that was known is unknown.
    ResetUnknown = "D0503" Behavioural Minor because
        "Software that relied on it may find anything.",
    /// Fewer values, or others, may be written.
    ConstraintTightened = "D0504" Breaking Major because
        "What old software writes may now be forbidden.",
    /// More values may be written, and no range is stated or was.
    ConstraintLoosened = "D0505" Compatible Minor because
        "Everything that old software writes is still allowed.",
    /// More values may be written than those of a range.
    RangeWidened = "D0506" Breaking Major because
        "Everything that old software writes is still allowed, but the range is part of the setter's type.",
    /// An enumeration is gone.
    EnumRemoved = "D0511" Breaking Major because
        "Its type is gone too.",
    /// There is one more enumeration.
    EnumAdded = "D0512" Compatible Minor because
        "There is one more type, which no field that was there has.",
    /// An enumeration of the same fields has another name.
    EnumRenamed = "D0513" Breaking Major because
        "Its type is named after it; a compiled program writes the same numbers.",
    /// An enumeration is in another cluster.
    EnumMoved = "D0514" Breaking Major because
        "Its type is in another module; a compiled program writes the same numbers.",
    /// A field's values are of another enumeration, or of one at all, or no longer.
    FieldValues = "D0515" Breaking Major because
        "Its getter and setter have another type.",
    /// An enumerated value is gone.
    ValueRemoved = "D0516" Breaking Major because
        "Its variant is gone too; what hardware does with the number is not described.",
    /// There is one more enumerated value.
    ValueAdded = "D0517" Breaking Major because
        "A `match` that names every variant no longer compiles, and where all numbers have names now the getter no longer returns a `Result`.",
    /// An enumerated value of the same number has another name.
    ValueRenamed = "D0518" Breaking Major because
        "Its variant is named after it; a compiled program writes the same number.",
    /// An enumerated value has another number.
    ValueRenumbered = "D0519" Breaking Major because
        "A compiled program writes the old number, which means something else now.",
    /// What all values without a name mean changed.
    DefaultMeaning = "D0520" Behavioural Minor because
        "The accessor gives such a number as it is, before and after; what hardware makes of it differs.",

    /// Software may no longer read, or no longer write, or write only once.
    AccessLost = "D0601" Breaking Major because
        "Methods are gone, and what a compiled program does has no effect or faults.",
    /// A read or a write has another effect.
    AccessEffect = "D0602" Breaking Major because
        "Other methods are sound: the accessor has others, and a compiled program clears, sets or loses what it did not mean to.",
    /// Software may write what it could not, or more than once.
    WriteGained = "D0603" Behavioural Minor because
        "There are more methods; but bits that writes of the whole register left alone now take what these carry.",
    /// Software may read what it could not, without an effect.
    ReadGained = "D0604" Compatible Minor because
        "There are more methods, and the others are as they were.",

    /// A window is gone.
    WindowRemoved = "D0701" Breaking Major because
        "Programs can no longer map its pages.",
    /// There is one more window.
    WindowAdded = "D0702" Compatible Minor because
        "Programs can map what they could, and more.",
    /// A window of the same bytes has another name.
    WindowRenamed = "D0703" Documentation Patch because
        "Programs map by offset: no output has the name.",
    /// A window no longer has all the bytes it had.
    WindowMoved = "D0704" Breaking Major because
        "Programs can no longer map some of its pages.",
    /// A window has more bytes.
    WindowGrew = "D0705" Compatible Minor because
        "Programs can map what they could, and more.",
    /// A window is read-only now.
    WindowReadOnly = "D0706" Breaking Major because
        "A mapping that a program writes through is refused.",
    /// A window may be written now.
    WindowWritable = "D0707" Compatible Minor because
        "A mapping for reading is as it was.",
    /// A window was declared where none was, and programs could map the whole block.
    WindowsDeclared = "D0708" Breaking Major because
        "Programs can map only the windows, each by itself.",
    /// A window is gone with all the others: programs can map the whole block.
    WindowsDropped = "D0709" Compatible Minor because
        "Programs can map what they could, and more.",
    /// An interrupt is gone.
    InterruptRemoved = "D0711" Breaking Major because
        "The driver no longer waits for it, and programs that select it are refused.",
    /// There is one more interrupt.
    InterruptAdded = "D0712" Breaking Major because
        "The new driver asks the device tree for it, and refuses an old one.",
    /// An interrupt of the same shape has another name.
    InterruptRenamed = "D0713" Breaking Major because
        "The driver asks the device tree for it by name.",
    /// An interrupt has another place in the order.
    InterruptReordered = "D0714" Breaking Major because
        "Programs select it by its place.",
    /// An interrupt's line does something else when it interrupts.
    Trigger = "D0715" Behavioural Minor because
        "The driver shares only lines that are levels; the device tree has to say the same.",
    /// An interrupt's status bits are latched, or no longer.
    InterruptSource = "D0716" Behavioural Minor because
        "The driver masks the one kind until a program has handled it, and acknowledges the other.",
    /// Another register reports, acknowledges or enables an interrupt.
    InterruptRegister = "D0717" Breaking Major because
        "An old driver reads, acknowledges and masks at the wrong register.",
    /// A chip's interrupt has another number.
    InterruptNumber = "D0718" Breaking Major because
        "An old device tree has its driver wait at the wrong line.",
    /// The block says more about which block it is.
    IdentityAdded = "D0721" Compatible Minor because
        "Old software does not look; new software refuses hardware that does not say it.",
    /// The block no longer says something about which block it is.
    IdentityRemoved = "D0722" Breaking Major because
        "Old software still looks for it, and refuses the hardware.",
    /// The block states another identity, or by another register.
    IdentityChanged = "D0723" Breaking Major because
        "Old software finds something else than it expects, and refuses the hardware.",

    /// An interrupt no longer reports an event.
    EventRemoved = "D0731" Breaking Major because
        "Its name is gone, and the driver no longer acknowledges or masks it.",
    /// An interrupt reports one more event, behind those that it reported.
    EventAdded = "D0732" Compatible Minor because
        "The events that it reported keep their numbers.",
    /// An event of the same bits has another name.
    EventRenamed = "D0733" Breaking Major because
        "Programs wait for it by its name; a compiled program still gets it.",
    /// An event has another place in the order.
    EventReordered = "D0734" Breaking Major because
        "The driver reports it by its place, and a compiled program takes it for another.",
    /// Another bit reports, enables or acknowledges an event.
    EventBit = "D0735" Breaking Major because
        "An old driver reads, masks and acknowledges at the wrong bit.",
    /// A window is memory now.
    WindowMemory = "D0741" Behavioural Minor because
        "Writes may be combined, and reach it later than other accesses.",
    /// A window is no longer memory.
    WindowDevice = "D0742" Breaking Major because
        "Accesses that are not aligned, or wider than the bus, now fail.",

    /// A description changed by more than its line breaks.
    Description = "D0901" Documentation Patch because
        "Only people read it.",
    /// Bytes that are declared to hold nothing are others, or called otherwise.
    ReservedRange = "D0902" Documentation Patch because
        "No output has them; what is there now is reported by itself.",
    /// Others look after the binding.
    Maintainers = "D0903" Documentation Patch because
        "Only people read it.",
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
