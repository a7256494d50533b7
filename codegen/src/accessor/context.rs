// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the items of one block are printed with.

use regdesc::model::{EnumId, Enumeration};

use super::named::{EnumName, Named};
use crate::lowered::types::Types;
use crate::sources::Lines;

pub(super) struct Context<'p> {
    pub(super) lines: &'p Lines<'p>,
    pub(super) types: &'p Types<'p>,
    pub(super) named: &'p Named<'p>,
    pub(super) enums: &'p [Enumeration],
    /// The block has windows of memory: a handle knows how they are mapped.
    pub(super) has_memory_windows: bool,
}

impl Context<'_> {
    /// The enum for a field's values.
    pub(super) fn enum_of(&self, id: Option<EnumId>) -> Option<&EnumName<'_>> {
        self.enum_at(self.types.enum_of(id)?)
    }

    /// The enum of an enumeration, by its place in the block.
    pub(super) fn enum_at(&self, index: usize) -> Option<&EnumName<'_>> {
        self.named.enums.get(index)?.as_ref()
    }
}
