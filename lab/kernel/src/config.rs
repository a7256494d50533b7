// SPDX-License-Identifier: MIT OR Apache-2.0

//! A kernel's configuration: the smallest one, and what the lab needs on top.

use anyhow::{Result, bail};

use super::arch::{Kernel, Language};

/// All options that the kernel must have, as a fragment for the kernel's merge script.
pub(crate) fn fragment(kernel: &Kernel) -> String {
    [&common(kernel), kernel.arch.config, kernel.flavour.config].concat()
}

fn common(kernel: &Kernel) -> String {
    let common = include_str!("common.config");
    if kernel.language != Language::Uio {
        return common.to_owned();
    }
    common.replace("CONFIG_RUST=y\n", "# CONFIG_RUST is not set\n")
}

/// Fails when an option of the fragment is not in the configuration that came out.
///
/// Merging drops, without failing, what a missing dependency rules out.
pub(crate) fn check(fragment: &str, config: &str) -> Result<()> {
    let missing: Vec<_> = fragment
        .lines()
        .filter(|line| !holds(config, line))
        .collect();
    if !missing.is_empty() {
        bail!(
            "the kernel's configuration came out without\n{}",
            missing.join("\n")
        );
    }
    Ok(())
}

fn holds(config: &str, wanted: &str) -> bool {
    let mut lines = config.lines();
    match (unset_option(wanted), wanted.starts_with("CONFIG_")) {
        // An option whose dependencies are off is not even named.
        (Some(option), _) => !lines.any(|line| value_of(line, option).is_some()),
        (None, true) => lines.any(|line| line == wanted),
        // A comment or an empty line.
        (None, false) => true,
    }
}

fn unset_option(line: &str) -> Option<&str> {
    line.strip_prefix("# ")?
        .strip_suffix(" is not set")
        .filter(|name| name.starts_with("CONFIG_"))
}

fn value_of<'a>(line: &'a str, option: &str) -> Option<&'a str> {
    line.strip_prefix(option)?.strip_prefix('=')
}

#[cfg(test)]
mod tests {
    use super::super::arch::KERNELS;
    use super::*;

    #[test]
    fn a_kernel_without_rust_is_asked_to_be_so() {
        for kernel in KERNELS.iter().filter(|it| it.stock.is_none()) {
            let rust = kernel.language != Language::Uio;
            let fragment = fragment(kernel);
            let asked = fragment.lines().any(|line| line == "CONFIG_RUST=y");
            let refused = fragment
                .lines()
                .any(|line| line == "# CONFIG_RUST is not set");
            assert_eq!((asked, refused), (rust, !rust));
        }
    }

    const FRAGMENT: &str = "# why\nCONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\n";

    #[test]
    fn a_configuration_with_all_options_passes() {
        assert!(check(FRAGMENT, "CONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\n").is_ok());
        assert!(check(FRAGMENT, "CONFIG_A=y\nCONFIG_B=m\nCONFIG_CC=y\n").is_ok());
    }

    #[test]
    fn each_option_that_was_dropped_is_named() {
        let message = check(FRAGMENT, "CONFIG_AA=y\nCONFIG_B=y\nCONFIG_C=y\n")
            .unwrap_err()
            .to_string();
        for line in ["CONFIG_A=y", "CONFIG_B=m", "# CONFIG_C is not set"] {
            assert!(message.contains(line), "{message}");
        }
    }
}
