// SPDX-License-Identifier: MIT OR Apache-2.0

//! Comparing the identity registers, where no driver has.

use super::failure::Failure;
use crate::region::Region;
use crate::table::Identity;

/// Every identity register has the value of the map.
pub(super) fn check(region: &Region, identity: &'static [Identity]) -> Result<(), Failure> {
    for part in identity {
        let found = part.of(region).unwrap_or_default();
        if found != part.value {
            return Err(Failure::OtherHardware { part, found });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    static PARTS: [Identity; 2] = [
        Identity {
            what: "magic",
            register: "ID",
            beat: 4,
            swapped: false,
            beats: &[(4, 0)],
            low: 0,
            len: 32,
            value: 0x4144_4343,
        },
        Identity {
            what: "map hash",
            register: "HASH",
            beat: 4,
            swapped: false,
            beats: &[(12, 32), (8, 0)],
            low: 0,
            len: 64,
            value: 0x1234_5678_9abc_def0,
        },
    ];

    #[test]
    fn each_part_is_compared() {
        let region = Region::plain_memory(16);
        let check = || check(&region, &PARTS);
        let other =
            |what| matches!(check(), Err(Failure::OtherHardware { part, .. }) if part.what == what);
        assert!(other("magic"));
        region.store(4, 0x4144_4343_u32).unwrap();
        assert!(other("map hash"));
        region.store(8, 0x1234_5678_9abc_def0_u64).unwrap();
        assert_eq!(check(), Ok(()));
    }
}
