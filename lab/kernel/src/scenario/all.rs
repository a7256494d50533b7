// SPDX-License-Identifier: MIT OR Apache-2.0

//! The scenarios of all devices.

use super::{SCENARIOS, Scenario, sabrelite, virt, zynq};

/// All that is booted.
pub(crate) fn all() -> impl Iterator<Item = &'static Scenario> {
    let of_the_lab = virt::SCENARIOS.iter().chain(zynq::SCENARIOS);
    let of_boards = sabrelite::SCENARIOS;
    SCENARIOS.iter().chain(of_boards).chain(of_the_lab)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arch::{KERNELS, Kernel, Language};

    #[test]
    fn each_scenario_has_a_kernel_to_boot() {
        for scenario in all() {
            let boots = |kernel: &&Kernel| scenario.boots(kernel);
            let kernel = KERNELS.iter().find(boots);
            let driven = kernel.is_some_and(|it| it.language != Language::Uio);
            assert!(driven, "{}", scenario.title());
        }
    }
}
