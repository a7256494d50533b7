// SPDX-License-Identifier: MIT OR Apache-2.0

//! The map of a device changes while its first version is in use, as when an FPGA gets another
//! bitstream: what was made for one version refuses the other with a message. Programs that run
//! meanwhile get an error, open the device again and continue.

use std::fs::{self, File};
use std::path::Path;

use crate::driver;
use crate::faults::{clear_memory_leaks, test_memory_leaks};
use crate::identity;
use crate::iomem;
use crate::kernel_log::KernelLog;
use crate::life_cycle;
use crate::overlay;
use crate::program::{self, Program};
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::{Facts, Read, Scenario};

/// The folders of both versions in the machine's root; without them, this is not tested.
const VERSIONS: [&str; 2] = ["/v1", "/v2"];
/// The program that was made for both versions.
const KEEPER: &str = "/keeper";

/// Whether the machine was booted for this.
pub(crate) fn is_requested() -> bool {
    VERSIONS.iter().all(|folder| Path::new(folder).exists())
}

/// Runs all steps, from the first version in use to the second one removed.
pub(crate) fn run(report: &mut Report) {
    let ready = report.check("both versions are read", || {
        overlay::prepare()?;
        let [old, new] = VERSIONS.map(Version::load);
        Ok((old?, new?, iomem::read()?, KernelLog::from_now()?))
    });
    let Some((old, new, iomem_before, mut log)) = ready else {
        return;
    };
    clear_memory_leaks(&old.scenario, report);
    // Where a step fails, those that rest on it are not tried.
    let _ = change_version(&old, &new, report);
    report.check("/proc/iomem is the same as before the drivers", || {
        life_cycle::is_unchanged(&iomem_before)
    });
    test_memory_leaks(&new.scenario, report);
    report.check("the kernel log has no warning", || {
        life_cycle::has_no_warning(&mut log)
    });
}

fn change_version(old: &Version, new: &Version, report: &mut Report) -> Option<()> {
    for (program, bitstream) in [(old, old), (old, new), (new, old), (new, new)] {
        test_program_without_driver(program, bitstream, report);
    }
    let overlay = bring_up(old, report)?;
    test_program(old, report);
    test_wrong_program(new, old, report);
    let mut running = start_programs(old, report)?;

    report.check("version 1's overlay is removed while programs run", || {
        remove_overlay(overlay, old)
    })?;
    must_lose_device(&mut running, report);
    test_wrong_driver(old, new, report);
    replace_driver(old, new, report)?;
    test_wrong_driver(new, old, report);

    let overlay = apply(new, report)?;
    must_run(&mut running, new, report);
    test_program(new, report);
    test_wrong_program(old, new, report);

    report.check("version 2's overlay is removed", || {
        remove_overlay(overlay, new)
    })?;
    must_lose_device(&mut running, report);
    report.check("version 2's driver is removed", || new.remove_driver())
}

/// Without a driver, the program of a version asks the hardware itself who it is: for the bitstream
/// of its own version it runs, and it refuses the other with a message.
fn test_program_without_driver(program: &Version, bitstream: &Version, report: &mut Report) {
    let fits = program.number == bitstream.number;
    let verb = if fits { "accepts" } else { "refuses" };
    let name = format!(
        "without a driver, version {}'s program {verb} version {}'s bitstream",
        program.number, bitstream.number
    );
    report.check(&name, || {
        bitstream.load_bitstream()?;
        let base = format!("{:#x}", program.scenario.base);
        let ended = program::run(&program.file("program"), &[&base])?;
        if fits {
            return ended.must_succeed_and_say(&program.says);
        }
        ended.must_fail_and_say(&[
            "cannot open /dev/mem",
            &format!(
                "major version in VERSION is {:#x}, the register map has {:#x}",
                bitstream.number, program.number
            ),
            "load the bitstream that pump-ctrl describes, or generate again",
        ])
    });
}

/// Bitstream, driver and overlay of a version: there is a node.
fn bring_up(version: &Version, report: &mut Report) -> Option<File> {
    report.check(&version.named("the driver loads"), || version.load_driver())?;
    apply(version, report)
}

/// The driver is there; the FPGA gets the bitstream, and then the kernel the overlay.
fn apply(version: &Version, report: &mut Report) -> Option<File> {
    report.check(
        &version.named("bitstream and overlay add the device"),
        || {
            version.load_bitstream()?;
            let overlay = overlay::apply(&version.file("overlay.dtbo"))?;
            driver::wait_for_node(&version.scenario, true)?;
            life_cycle::is_claimed(&version.scenario)?;
            Ok(overlay)
        },
    )
}

/// The program of a version does on its device what it was made for.
fn test_program(version: &Version, report: &mut Report) {
    report.check(&version.named("program runs"), || {
        let ended = program::run(&version.file("program"), &[&version.scenario.node])?;
        ended.must_succeed_and_say(&version.says)
    });
    for read in &version.scenario.reads {
        report.check(&version.named(&read.what), || {
            life_cycle::holds(&version.scenario, read)
        });
    }
}

/// The program of one version has no use for the device of another: it says so, and changes
/// nothing.
fn test_wrong_program(program: &Version, device: &Version, report: &mut Report) {
    let name = format!(
        "version {}'s program refuses version {}'s device with a message",
        program.number, device.number
    );
    report.check(&name, || {
        let ended = program::run(&program.file("program"), &[&device.scenario.node])?;
        ended.must_fail_and_say(&[
            &format!("cannot open {}", device.scenario.node),
            &format!(
                "another register map ({}, version {}) than this program ({})",
                device.hash(),
                device.version(),
                program.hash()
            ),
            "Generate the other again with `regloom generate`",
        ])?;
        let mut reads = device.scenario.reads.iter();
        reads.try_for_each(|read| life_cycle::holds(&device.scenario, read))
    });
}

/// The driver of one version makes no node for the bitstream of another, and one line in the log
/// says why.
fn test_wrong_driver(driver: &Version, bitstream: &Version, report: &mut Report) {
    let name = format!(
        "version {}'s driver refuses version {}'s bitstream with a message",
        driver.number, bitstream.number
    );
    report.check(&name, || {
        bitstream.load_bitstream()?;
        let mut log = KernelLog::from_now()?;
        let overlay = overlay::apply(&bitstream.file("overlay.dtbo"))?;
        let node_is_there = Path::new(&bitstream.scenario.node).exists();
        drop(overlay);
        must_be(node_is_there, false).context("there is a node")?;
        let messages: Vec<_> = log.read()?.into_iter().map(|it| it.message).collect();
        let expected = format!(
            "major version is {:#x} in VERSION, this driver was made for {:#x}",
            bitstream.number, driver.number
        );
        match messages
            .iter()
            .filter(|line| line.contains(&expected))
            .count()
        {
            1 => Ok(()),
            _ => Err(format!("not {expected}, but\n{}", messages.join("\n"))),
        }
    });
}

/// The two programs that run during the change: one waits for interrupts, and the other reads
/// registers all the time.
struct Running {
    waiting: Program,
    looking: Program,
}

fn start_programs(version: &Version, report: &mut Report) -> Option<Running> {
    let start = |way: &str| Program::start(KEEPER, &[way, &version.scenario.node]);
    let mut running = report.check("the programs that keep running start", || {
        Ok(Running {
            waiting: start("wait")?,
            looking: start("look")?,
        })
    })?;
    must_run(&mut running, version, report);
    Some(running)
}

/// Both have opened the device, by the version that there is.
fn must_run(running: &mut Running, version: &Version, report: &mut Report) {
    let runs = format!("runs: {}", version.says);
    let name = |which: &str| format!("the program that {which} runs version {}", version.number);
    report.check(&name("waits for interrupts"), || {
        running.waiting.must_say_next(&runs)
    });
    report.check(&name("accesses registers"), || {
        running.looking.must_say_next(&runs)?;
        running.looking.must_say_next("goes on")
    });
}

/// Each gets its error, and continues to run.
fn must_lose_device(running: &mut Running, report: &mut Report) {
    report.check("the program that waits for interrupts gets ENODEV", || {
        running
            .waiting
            .must_say_next("lost: No such device (os error 19)")
    });
    report.check("the program that accesses registers gets SIGBUS", || {
        running.looking.must_say_next("lost: signal: 7 (SIGBUS)")
    });
}

fn remove_overlay(overlay: File, version: &Version) -> Checked {
    drop(overlay);
    driver::wait_for_node(&version.scenario, false)
}

/// Replaces the driver, which works only when no program holds the device.
fn replace_driver(old: &Version, new: &Version, report: &mut Report) -> Option<()> {
    report.check("version 1's driver is removed", || old.remove_driver())?;
    report.check(&new.named("the driver loads"), || new.load_driver())
}

/// A version of the map, and what was made for it.
struct Version {
    folder: &'static str,
    scenario: Scenario,
    number: u32,
    /// What its bitstream has in its registers beside who it is.
    holds: Vec<Read>,
    /// What its program says once the pump runs.
    says: String,
}

impl Version {
    fn load(folder: &'static str) -> Checked<Self> {
        let file = format!("{folder}/scenario");
        let text = fs::read_to_string(&file).context(&file)?;
        let facts = Facts::parse(&text)?;
        let scenario = Scenario::parse(&text)?;
        Ok(Self {
            folder,
            number: scenario.version[0],
            scenario,
            holds: facts.all("holds", Read::parse)?,
            says: facts.one("says")?.to_owned(),
        })
    }

    fn named(&self, what: &str) -> String {
        format!("version {}: {what}", self.number)
    }

    fn file(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    fn load_driver(&self) -> Checked {
        driver::load_module(&self.file("driver.ko"), c"")
    }

    fn remove_driver(&self) -> Checked {
        driver::remove(&self.scenario).context("rmmod")
    }

    /// All registers are as they are after the FPGA was loaded.
    fn load_bitstream(&self) -> Checked {
        identity::load(&self.scenario, &self.holds)
    }

    /// As the accessor writes them.
    fn hash(&self) -> String {
        format!("{:#018x}", self.scenario.hash)
    }

    fn version(&self) -> String {
        let [major, minor, patch] = self.scenario.version;
        format!("{major}.{minor}.{patch}")
    }
}
