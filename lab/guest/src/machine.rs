// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the first process does for its machine.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::mount::{MountFlags, mount};
use rustix::system::{RebootCommand, reboot};

use crate::driver;
use crate::report::{Checked, Context};
use crate::system;

/// Mounts what the kernel has to show.
pub(crate) fn mount_file_systems() -> Checked {
    for (kind, place) in [
        ("proc", "/proc"),
        ("sysfs", "/sys"),
        ("devtmpfs", "/dev"),
        ("debugfs", "/sys/kernel/debug"),
    ] {
        mount(kind, place, kind, MountFlags::empty(), None).context(format!("mounting {place}"))?;
    }
    Ok(())
}

/// Loads the modules of the kernel's own that the machine needs, as the lab has put them there.
pub(crate) fn load_modules() -> Checked {
    const MODULES: &str = "/modules";
    let Ok(modules) = fs::read_dir(MODULES) else {
        return Ok(());
    };
    for module in modules.flatten() {
        driver::load_module(&module.path().to_string_lossy(), c"")?;
    }
    Ok(())
}

/// Leaves the console to the results, which the kernel's messages could tear
/// apart. The boot's messages are there by now, a panic's still come, and the
/// others are shown at the end.
pub(crate) fn silence_kernel_messages() -> Checked {
    fs::write("/proc/sys/kernel/printk", "1").context("quietening the kernel")
}

/// Turns off the kernel's messages about programs that a signal ends: the tests end programs on
/// purpose, and some architectures print warnings with all registers.
pub(crate) fn silence_program_messages() -> Checked {
    const SIGNAL_MESSAGES: &str = "/proc/sys/debug/exception-trace";
    if !Path::new(SIGNAL_MESSAGES).exists() {
        return Ok(());
    }
    fs::write(SIGNAL_MESSAGES, "0").context(SIGNAL_MESSAGES)
}

/// Ends the machine: by a restart, which every machine knows how to do, and
/// which the lab has QEMU take for the end.
pub(crate) fn go_down() -> ! {
    // A busy machine's console is slow, and a restart discards what it has not sent.
    let _ = system::drain_console();
    // What goes wrong here shows as a machine that does not go down.
    let _ = reboot(RebootCommand::Restart);
    loop {
        thread::sleep(Duration::from_secs(1));
    }
}
