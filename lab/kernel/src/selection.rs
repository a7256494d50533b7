// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which kernels of the lab a run is about.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use super::arch::{Arch, Flavour, KERNELS, Kernel, Language, PLAIN, Tier};

/// A choice among the kernels; without any, it is those of [`Tier::Full`].
#[derive(Debug, Default, clap::Args)]
pub struct Selection {
    /// Only kernels of this architecture (may be repeated).
    #[arg(long = "arch", value_name = "ARCH", value_parser = arch)]
    archs: Vec<&'static Arch>,
    /// Only kernels of this release (may be repeated).
    #[arg(long = "release", value_name = "RELEASE", value_parser = release)]
    releases: Vec<&'static str>,
    /// Only kernels of this flavour: plain, debug, or debian for stock kernels (may be repeated).
    #[arg(long = "flavour", value_name = "FLAVOUR", value_parser = flavour)]
    flavours: Vec<&'static Flavour>,
    /// Only with the driver in this language, rust or c, or with uio in its place (may be repeated).
    #[arg(long = "language", value_name = "LANGUAGE", value_parser = language)]
    languages: Vec<Language>,
    /// Also the kernels of architectures that are otherwise used only when named.
    #[arg(long)]
    all: bool,
    /// Debugging and stock kernels, and the driver in C, go through as many rounds of long tests as
    /// others (minutes each).
    #[arg(long)]
    all_rounds: bool,
    /// No kernel of a larger tier, and fewer rounds.
    #[arg(skip)]
    quick: bool,
}

impl Selection {
    /// The newest plain kernel of an architecture.
    pub(crate) fn plain(arch: &'static Arch) -> Self {
        Self {
            archs: vec![arch],
            releases: vec!["7.3"],
            flavours: vec![&PLAIN],
            languages: vec![Language::Rust],
            ..Self::default()
        }
    }

    /// The kernels of the default test run.
    pub fn quick() -> Self {
        Self {
            quick: true,
            ..Self::default()
        }
    }

    /// What the default test run leaves to the full one; nothing for any other choice.
    pub fn left_out(&self) -> Vec<&'static Kernel> {
        let full = KERNELS.iter().filter(|it| it.tier <= Tier::Full);
        full.filter(|kernel| self.quick && !self.holds(kernel))
            .collect()
    }

    /// Whether the devices of the lab's own are booted; the default test run leaves them to the full one.
    pub(crate) fn has_own_devices(&self) -> bool {
        !self.quick
    }

    /// What machines with this kernel divide the number of rounds of long tests by: more for kernels
    /// that look for mistakes while they run, for stock ones, which have all that distributions
    /// configure, and for the second language on one kernel.
    pub(crate) fn divisor(&self, kernel: &Kernel) -> u32 {
        let usual = *kernel.flavour == PLAIN && kernel.language != Language::C;
        let slow = !usual && !self.all_rounds;
        let divisors = [(slow, 10), (self.quick, 10)];
        let divisors = divisors.into_iter().filter(|(divides, _)| *divides);
        divisors.map(|(_, divisor)| divisor).product()
    }

    /// What the default test run may use where the archive does not have its own kernels.
    pub(crate) fn substitutes(&self) -> impl Iterator<Item = &'static Kernel> {
        let drives = |kernel: &&Kernel| kernel.language != Language::Uio;
        self.left_out().into_iter().filter(drives)
    }

    /// The chosen kernels; at least one.
    pub(crate) fn kernels(&self) -> Result<Vec<&'static Kernel>> {
        let kernels: Vec<_> = KERNELS.iter().filter(|kernel| self.holds(kernel)).collect();
        ensure!(
            !kernels.is_empty(),
            "no kernel of the lab is all of this; it has\n{}",
            names().join("\n")
        );
        Ok(kernels)
    }

    fn holds(&self, kernel: &Kernel) -> bool {
        allows(&self.archs, &kernel.arch)
            && allows(&self.releases, &kernel.release)
            && allows(&self.flavours, &kernel.flavour)
            && allows(&self.languages, &kernel.language)
            && self.reaches(kernel)
    }

    fn reaches(&self, kernel: &Kernel) -> bool {
        match kernel.tier {
            Tier::Quick => true,
            Tier::Full => !self.quick,
            Tier::Named => self.all || self.archs.contains(&kernel.arch),
        }
    }
}

fn allows<T: PartialEq>(choice: &[T], value: &T) -> bool {
    choice.is_empty() || choice.contains(value)
}

fn names() -> Vec<String> {
    let name = |kernel: &Kernel| {
        let (release, arch) = (kernel.release, kernel.arch.name);
        let (flavour, language) = (kernel.flavour.name, kernel.language.name());
        format!("  {release} {arch} {flavour} {language}")
    };
    KERNELS.iter().map(name).collect()
}

fn arch(name: &str) -> Result<&'static Arch, String> {
    one_of(name, |kernel| (kernel.arch.name, kernel.arch))
}

fn release(name: &str) -> Result<&'static str, String> {
    one_of(name, |kernel| (kernel.release, kernel.release))
}

fn flavour(name: &str) -> Result<&'static Flavour, String> {
    one_of(name, |kernel| (kernel.flavour.name, kernel.flavour))
}

fn language(name: &str) -> Result<Language, String> {
    one_of(name, |kernel| (kernel.language.name(), kernel.language))
}

/// What some kernel has by this name; else the names that there are.
fn one_of<T>(name: &str, named: fn(&Kernel) -> (&'static str, T)) -> Result<T, String> {
    KERNELS
        .iter()
        .map(named)
        .find_map(|(known, value)| (known == name).then_some(value))
        .ok_or_else(|| {
            let known: BTreeSet<_> = KERNELS.iter().map(|kernel| named(kernel).0).collect();
            let known: Vec<_> = known.into_iter().collect();
            format!("the lab knows {}", known.join(", "))
        })
}

#[cfg(test)]
mod tests {
    use super::super::arch::{ARM, DEBIAN, DEBUG, RISCV};
    use super::*;

    #[test]
    fn no_choice_means_the_full_tier() {
        let kernels = Selection::default().kernels().unwrap();
        assert!(kernels.iter().all(|kernel| kernel.tier <= Tier::Full));
        assert!(kernels.len() < KERNELS.len());
    }

    #[test]
    fn the_quick_tier_is_one_debugging_kernel_with_rust_and_stock_kernels_with_c() {
        let quick = Selection::quick().kernels().unwrap();
        let names: Vec<_> = quick.iter().map(ToString::to_string).collect();
        let expected = [
            "7.3 arm64 debug Rust",
            "6.1 arm64 Debian C",
            "6.1 arm Debian C",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_language_or_the_stock_kernels_can_be_chosen() {
        let in_c = Selection {
            languages: vec![Language::C],
            ..Selection::default()
        };
        let stock = Selection {
            flavours: vec![&DEBIAN],
            ..Selection::default()
        };
        let kernels = in_c.kernels().unwrap();
        assert!(kernels.iter().all(|it| it.language == Language::C));
        assert_eq!(kernels.len(), stock.kernels().unwrap().len() + 2);
    }

    #[test]
    fn rounds_are_fewer_with_slow_kernels_and_in_the_quick_tier() {
        let all = Selection {
            all_rounds: true,
            ..Selection::default()
        };
        let divisors = |it: &Selection| {
            let of = |name: &str| {
                let mut kernels = KERNELS.iter();
                it.divisor(kernels.find(|kernel| kernel.to_string() == name).unwrap())
            };
            (
                of("7.3 arm Rust"),
                of("7.3 arm C"),
                of("7.3 arm64 debug Rust"),
            )
        };
        assert_eq!(divisors(&Selection::default()), (1, 10, 10));
        assert_eq!(divisors(&Selection::quick()), (10, 100, 100));
        assert_eq!(divisors(&all), (1, 1, 1));
    }

    #[test]
    fn what_the_quick_tier_has_not_is_left_out() {
        let quick = Selection::quick();
        let mut all = quick.kernels().unwrap();
        all.extend(quick.left_out());
        let full = Selection::default().kernels().unwrap();
        assert_eq!(all.len(), full.len());
        assert!(full.iter().all(|kernel| all.contains(kernel)));
        assert!(Selection::default().left_out().is_empty());
    }

    #[test]
    fn the_named_ones_come_with_all_or_by_their_architecture() {
        let all = Selection {
            all: true,
            ..Selection::default()
        };
        assert_eq!(all.kernels().unwrap().len(), KERNELS.len());
        let named = Selection {
            archs: vec![&RISCV],
            ..Selection::default()
        };
        assert_eq!(named.kernels().unwrap().len(), 1);
    }

    #[test]
    fn a_choice_keeps_only_its_own() {
        let selection = Selection {
            archs: vec![&ARM],
            ..Selection::default()
        };
        let kernels = selection.kernels().unwrap();
        assert!(kernels.iter().all(|kernel| *kernel.arch == ARM));
    }

    #[test]
    fn a_choice_that_nothing_fits_is_answered_with_the_kernels() {
        let selection = Selection {
            archs: vec![&ARM],
            flavours: vec![&DEBUG],
            ..Selection::default()
        };
        let message = selection.kernels().unwrap_err().to_string();
        assert!(message.contains("7.3 arm64 debug rust"), "{message}");
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        assert_eq!(
            arch("sparc"),
            Err("the lab knows arm, arm64, riscv, x86_64".to_owned())
        );
    }
}
