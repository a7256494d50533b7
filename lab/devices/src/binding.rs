// SPDX-License-Identifier: MIT OR Apache-2.0

//! Unbinding devices from their driver, and binding them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::{PATIENCE, Tried};

const DEVICES: &str = "/sys/bus/platform/devices";

/// A device of the platform bus, and a driver.
#[derive(Debug)]
pub struct Binding {
    device: String,
    driver: PathBuf,
}

impl Binding {
    /// The device at an address, and the driver that it is bound to.
    ///
    /// # Errors
    /// When there is none.
    pub fn at(base: u64) -> Tried<Self> {
        let device = the_one(&format!("{base:x}."), |name| driver_of(name).exists())?;
        let driver = fs::canonicalize(driver_of(&device))?;
        Ok(Self { device, driver })
    }

    /// Another device, which its node gives no driver, with the same driver.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn of_other(&self, device: &str) -> Tried<Self> {
        let other = Self {
            device: the_one(device, |_| true)?,
            driver: self.driver.clone(),
        };
        let driver = self.driver.file_name().ok_or("a driver has a name")?;
        let chosen = Path::new(DEVICES)
            .join(&other.device)
            .join("driver_override");
        fs::write(chosen, driver.as_encoded_bytes())?;
        Ok(other)
    }

    /// Unbinds the device.
    ///
    /// # Errors
    /// The system's error.
    pub fn unbind(&self) -> io::Result<()> {
        fs::write(self.driver.join("unbind"), &self.device)
    }

    /// Binds it again.
    ///
    /// # Errors
    /// The driver's error.
    pub fn bind(&self) -> io::Result<()> {
        fs::write(self.driver.join("bind"), &self.device)
    }
}

/// The one device whose name begins so, of those that are wanted.
fn the_one(start: &str, is_wanted: impl Fn(&str) -> bool) -> Tried<String> {
    let names = fs::read_dir(DEVICES)?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut found = names.filter(|name| name.starts_with(start) && is_wanted(name));
    match (found.next(), found.next()) {
        (Some(name), None) => Ok(name),
        (first, second) => Err(format!("{start}: {first:?} and {second:?}, not one device").into()),
    }
}

/// The link to the driver that a device is bound to, if it is.
fn driver_of(device: &str) -> PathBuf {
    Path::new(DEVICES).join(device).join("driver")
}

/// Waits until a node is there, or is gone.
///
/// # Errors
/// When that takes too long.
pub fn wait_for_node(node: &str, wanted: bool) -> Tried {
    let started = Instant::now();
    while Path::new(node).exists() != wanted {
        if started.elapsed() > PATIENCE {
            let state = if wanted {
                "is not there"
            } else {
                "is still there"
            };
            return Err(format!("{node} {state} after {PATIENCE:?}").into());
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}
