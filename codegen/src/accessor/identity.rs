// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the hardware says of itself, and where it is located: what a program reads
//! that opens it without its driver.

use proc_macro2::TokenStream;
use quote::quote;

use super::text::{Hex, decimal};
use crate::lowered::Block;
use crate::lowered::identity::Part;

/// The block's instances, if the description has any.
pub(super) fn instances(block: &Block<'_>) -> Option<TokenStream> {
    let instances = block.instances.iter().map(|instance| {
        let (name, base) = (&instance.described.name.value, Hex(instance.base));
        quote!(mmio::table::Instance { name: #name, base: #base })
    });
    (!block.instances.is_empty())
        .then(|| quote!(const INSTANCES: &'static [mmio::table::Instance] = &[#(#instances),*];))
}

/// The block's identity, if it has one.
pub(super) fn parts(block: &Block<'_>) -> Option<TokenStream> {
    let parts = block.identity.parts.iter().map(part);
    (!block.identity.parts.is_empty())
        .then(|| quote!(const IDENTITY: &'static [mmio::table::Identity] = &[#(#parts),*];))
}

fn part(part: &Part<'_>) -> TokenStream {
    let (what, name) = (part.what, part.path.to_string());
    let beat = decimal(u64::from(part.beat.width / 8));
    let swapped = part.beat.swapped;
    let beats = part.beats().into_iter().map(|(offset, low)| {
        let (offset, low) = (Hex(offset), decimal(low.into()));
        quote!((#offset, #low))
    });
    let (low, len) = (decimal(part.bits.low.into()), decimal(part.bits.len.into()));
    let value = Hex(part.value);
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
