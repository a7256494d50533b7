// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the hardware says of itself, and where it stands: what a program looks
//! at that opens it without its driver.

use proc_macro2::TokenStream;
use quote::quote;
use regdesc::RegisterMap;
use regdesc::model::{Block, Located, RegisterPath};
use regdesc::units::{BitRange, low_ones};

use super::decimal;
use super::lower::Beat;
use super::text::Hex;

/// The field that holds the part of a version that has to agree.
const MAJOR: &str = "MAJOR";

/// The block's instances, if the description has any.
pub(super) fn instances(block: &Block) -> Option<TokenStream> {
    let instances = block.instances.iter().map(|instance| {
        let (name, base) = (&instance.name.value, Hex(instance.base.value));
        quote!(mmio::table::Instance { name: #name, base: #base })
    });
    (!block.instances.is_empty())
        .then(|| quote!(const INSTANCES: &'static [mmio::table::Instance] = &[#(#instances),*];))
}

/// The block's identity, if it has one.
pub(super) fn parts(map: &RegisterMap, block: &Block) -> Option<TokenStream> {
    let identity = &block.identity;
    let magic = identity.magic.as_ref().and_then(|magic| {
        let part = Part::of(map, block, &magic.register)?;
        Some(part.whole("magic", magic.value.value))
    });
    let version = identity.version.as_ref().zip(map.version.as_ref());
    let version = version.and_then(|(path, version)| {
        let part = Part::of(map, block, path)?;
        Some(part.major(u64::from(version.value.major)))
    });
    let hash = identity.hash.as_ref().and_then(|path| {
        let part = Part::of(map, block, path)?;
        Some(part.whole("map hash", map.block_hash(block)))
    });
    let parts: Vec<_> = [magic, version, hash].into_iter().flatten().collect();
    (!parts.is_empty())
        .then(|| quote!(const IDENTITY: &'static [mmio::table::Identity] = &[#(#parts),*];))
}

/// A register that tells a part of the identity.
struct Part<'m> {
    name: String,
    register: Located<'m>,
    beat: Beat,
}

impl<'m> Part<'m> {
    fn of(map: &RegisterMap, block: &'m Block, path: &RegisterPath) -> Option<Self> {
        let register = block.register(path)?;
        Some(Part {
            name: path.to_string(),
            beat: Beat::of(register.register, map.bus),
            register,
        })
    }

    /// The lowest bits of `value`, as many as the register has.
    fn whole(&self, what: &str, value: u64) -> TokenStream {
        let width = self.register.register.width.value.min(u64::BITS);
        self.bits(what, BitRange { low: 0, len: width }, value)
    }

    /// The major part of a version: a field, or the whole register.
    fn major(&self, value: u64) -> TokenStream {
        let mut fields = self.register.register.fields.iter();
        match fields.find(|field| field.name.value == MAJOR) {
            Some(field) => self.bits("major version", field.bits.value, value),
            None => self.whole("major version", value),
        }
    }

    fn bits(&self, what: &str, bits: BitRange, value: u64) -> TokenStream {
        let name = &self.name;
        let beat = decimal(u64::from(self.beat.width / 8));
        let swapped = self.beat.swapped;
        let beats = self.beats();
        let (low, len) = (decimal(bits.low.into()), decimal(bits.len.into()));
        let value = Hex(value & low_ones(bits.len));
        quote! {
            mmio::table::Identity {
                what: #what,
                register: #name,
                beat: #beat,
                swapped: #swapped,
                beats: &[#(#beats),*],
                low: #low,
                len: #len,
                value: #value,
            }
        }
    }

    /// Where each beat of the lowest 64 bits is, and of which bit it begins, in
    /// the order in which they are read.
    fn beats(&self) -> Vec<TokenStream> {
        let width = self.register.register.width.value;
        let beats = width / self.beat.width;
        let mut found: Vec<_> = (0..beats)
            .map(|nth| {
                let at = if self.beat.high_at_start {
                    beats - 1 - nth
                } else {
                    nth
                };
                let offset = self.register.offset + u64::from(at * self.beat.width / 8);
                (offset, nth * self.beat.width)
            })
            .filter(|(_, low)| *low < u64::BITS)
            .collect();
        if self.beat.high_first {
            found.reverse();
        }
        found
            .into_iter()
            .map(|(offset, low)| {
                let (offset, low) = (Hex(offset), decimal(low.into()));
                quote!((#offset, #low))
            })
            .collect()
    }
}
