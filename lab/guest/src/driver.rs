// SPDX-License-Identifier: MIT OR Apache-2.0

//! The driver under test, as the kernel shows it.

use std::ffi::{CStr, CString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::system::{delete_module, finit_module};

use crate::report::{Checked, Context};
use crate::scenario::{DRIVER, Scenario};
use crate::task::PATIENCE;

const PLATFORM_DEVICES: &str = "/sys/bus/platform/devices";
const PLATFORM_DRIVERS: &str = "/sys/bus/platform/drivers";
/// As `rmmod` does: a module in use is refused, not waited for.
const NOT_WAITING: i32 = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();

/// Loads the driver.
pub(crate) fn load() -> Checked {
    load_module(DRIVER, c"")
}

/// Loads a module from a file, with its parameters.
pub(crate) fn load_module(file: &str, parameters: &CStr) -> Checked {
    let module = File::open(file).context(file)?;
    finit_module(&module, parameters, 0).context(format!("loading {file}"))
}

/// Removes the driver.
pub(crate) fn remove(scenario: &Scenario) -> Result<(), Errno> {
    remove_module(&scenario.module)
}

/// Removes a module.
pub(crate) fn remove_module(name: &str) -> Result<(), Errno> {
    let name = CString::new(name).map_err(|_| Errno::INVAL)?;
    delete_module(&name, NOT_WAITING)
}

/// Opens the device's node for reading and writing.
pub(crate) fn open(scenario: &Scenario) -> io::Result<File> {
    open_node(&scenario.node)
}

/// Opens a node for reading and writing.
pub(crate) fn open_node(node: &str) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(node)
}

/// Waits until the node is there, or is gone.
pub(crate) fn wait_for_node(scenario: &Scenario, wanted: bool) -> Checked {
    wait_for(&scenario.node, wanted)
}

/// Waits until such a node is there, or is gone.
pub(crate) fn wait_for(node: &str, wanted: bool) -> Checked {
    let started = Instant::now();
    while Path::new(node).exists() != wanted {
        if started.elapsed() > PATIENCE {
            let state = if wanted {
                "is not there"
            } else {
                "is still there"
            };
            return Err(format!(
                "{node} {state} after {PATIENCE:?}; /dev has {}",
                nodes()
            ));
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn nodes() -> String {
    fs::read_dir("/dev")
        .map(|entries| names(entries).join(" "))
        .unwrap_or_default()
}

fn names(entries: fs::ReadDir) -> Vec<String> {
    entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// A device and the driver it is bound to.
pub(crate) struct Binding {
    driver: PathBuf,
    device: String,
}

impl Binding {
    /// Finds the module's driver and the scenario's device.
    pub(crate) fn find(scenario: &Scenario) -> Checked<Self> {
        Self::at(scenario, scenario.base)
    }

    /// The same for the device at an address.
    pub(crate) fn at(scenario: &Scenario, base: u64) -> Checked<Self> {
        let driver = driver_of(&scenario.module)?;
        let entries = fs::read_dir(&driver).context(driver.display())?;
        // Beside attributes and the link to its module, a driver's folder has a
        // link for each device; a device on the bus begins with its address.
        let address = format!("{base:x}.");
        let devices: Vec<_> = names(entries)
            .into_iter()
            .filter(|name| name.starts_with(&address))
            .collect();
        match devices.as_slice() {
            [device] => Ok(Self {
                driver,
                device: device.clone(),
            }),
            others => Err(format!("bound to {others:?}, not to one device")),
        }
    }

    /// Unbinds the device from the driver.
    pub(crate) fn unbind(&self) -> Checked {
        self.write("unbind")
    }

    /// Binds the device to the driver again.
    pub(crate) fn bind(&self) -> Checked {
        self.write("bind")
    }

    /// Binds another device, which has no driver and matches none, to the driver; returns the
    /// driver's error.
    pub(crate) fn bind_other(&self, device: &str) -> Checked<Result<(), Errno>> {
        let name = self.driver.file_name().ok_or("a driver has a name")?;
        let chosen = format!("{PLATFORM_DEVICES}/{device}/driver_override");
        fs::write(&chosen, name.as_encoded_bytes()).context(&chosen)?;
        let bound = fs::write(self.driver.join("bind"), device);
        fs::write(&chosen, "\n").context(&chosen)?;
        Ok(bound.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::INVAL)))
    }

    /// An attribute of the driver, open, so that what is written to it takes no more than it must.
    pub(crate) fn attribute(&self, attribute: &str) -> Checked<File> {
        let path = self.driver.join(attribute);
        OpenOptions::new()
            .write(true)
            .open(&path)
            .context(path.display())
    }

    /// Writes the device's name to an attribute.
    pub(crate) fn write_to(&self, mut attribute: &File) -> io::Result<()> {
        attribute.write_all(self.device.as_bytes())
    }

    fn write(&self, attribute: &str) -> Checked {
        fs::write(self.driver.join(attribute), &self.device)
            .context(format!("{attribute} {}", self.device))
    }
}

/// Does something while the device is unbound, and binds it again.
pub(crate) fn while_unbound<T>(
    scenario: &Scenario,
    work: impl FnOnce() -> Checked<T>,
) -> Checked<T> {
    let binding = Binding::find(scenario)?;
    binding.unbind()?;
    let outcome = work();
    binding.bind()?;
    wait_for_node(scenario, true)?;
    outcome
}

/// The platform driver that a module registered, whatever it calls it.
fn driver_of(module: &str) -> Checked<PathBuf> {
    for entry in fs::read_dir(PLATFORM_DRIVERS)
        .context(PLATFORM_DRIVERS)?
        .flatten()
    {
        let of_module = fs::read_link(entry.path().join("module"))
            .is_ok_and(|link| link.file_name().is_some_and(|name| name == module));
        if of_module {
            return Ok(entry.path());
        }
    }
    Err(format!("module {module} has no platform driver"))
}
