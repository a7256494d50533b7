// SPDX-License-Identifier: MIT OR Apache-2.0

//! The second reading of a file, by `lab/corpus/oracle/read_svd.py`, which shares
//! nothing with regloom. The script says what its lines mean.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use anyhow::{Context as _, Result, ensure};
use lab_support::workspace;
use xshell::{Shell, cmd};

use super::compare::Paths;
use super::flat::{Field, Flat, Layout, Names, Notes, Register, Values};

/// Whose reading it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// The script's own.
    Plain,
    /// That of PyPI's cmsis-svd.
    CmsisSvd,
}

impl Reader {
    /// cmsis-svd puts the names of clusters before the register's and numbers
    /// in the middle, so that no path is left to compare.
    pub(crate) fn paths(self) -> Paths {
        match self {
            Reader::Plain => Paths::Compared,
            Reader::CmsisSvd => Paths::Hints,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Reader::Plain => "plain",
            Reader::CmsisSvd => "cmsis-svd",
        }
    }
}

/// What the script runs in.
pub(crate) struct Python(PathBuf);

/// The release of cmsis-svd that is compared with.
pub(crate) const CMSIS_SVD: &str = "cmsis-svd==0.6";

impl Python {
    /// The machine's own, which has all the plain reading needs.
    pub(crate) fn plain() -> Self {
        Python("python3".into())
    }

    /// One that has cmsis-svd, made in cargo's target directory when it is not
    /// there.
    pub(crate) fn with_cmsis_svd() -> Result<Self> {
        let folder = workspace::corpus_target().join(CMSIS_SVD);
        let python = Python(folder.join("bin/python"));
        if python.imports_cmsis_svd() {
            return Ok(python);
        }
        println!("installing {CMSIS_SVD} with pip");
        let sh = Shell::new()?;
        cmd!(sh, "python3 -m venv --clear {folder}").run()?;
        let pip = folder.join("bin/pip");
        cmd!(sh, "{pip} install --quiet {CMSIS_SVD}").run()?;
        Ok(python)
    }

    fn imports_cmsis_svd(&self) -> bool {
        let imported = Command::new(&self.0)
            .args(["-c", "import cmsis_svd"])
            .output();
        imported.is_ok_and(|output| output.status.success())
    }

    /// A reading of the file, or the last line of why there is none.
    pub(crate) fn read(&self, reader: Reader, file: &Path) -> Result<Flat> {
        let script = workspace::root().join("lab/corpus/oracle/read_svd.py");
        let output = Command::new(&self.0)
            .arg(script)
            .args(["--reader", reader.word()])
            .arg(file)
            .output()
            .with_context(|| format!("cannot run {}", self.0.display()))?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "{}",
            errors.trim().lines().last().unwrap_or("it did not say why")
        );
        parse(std::str::from_utf8(&output.stdout)?)
    }
}

/// Takes the script's lines in.
pub(crate) fn parse(text: &str) -> Result<Flat> {
    let mut lines = Lines::default();
    for (number, line) in text.lines().enumerate() {
        lines
            .take(line)
            .with_context(|| format!("line {}: {line}", number + 1))?;
    }
    Ok(lines.flat)
}

/// What the lines so far came to.
#[derive(Default)]
struct Lines {
    flat: Flat,
    /// Those whose last field may still get values.
    open: Vec<Layout>,
    layouts: Vec<Rc<Layout>>,
    /// The last enumeration has the values for writing.
    writing: bool,
    names: BTreeMap<String, Rc<str>>,
    segments: BTreeMap<String, Names>,
}

impl Lines {
    fn take(&mut self, line: &str) -> Result<()> {
        let columns: Vec<&str> = line.split('\t').collect();
        match columns[..] {
            ["S", width, access, reset, mask] => self.open.push(Layout {
                width: width.parse()?,
                access: access.to_owned(),
                reset: low_64(reset)?,
                mask: low_64(mask)?,
                fields: Vec::new(),
            }),
            ["F", low, width, access, name] => self.layout()?.fields.push(Field {
                low: low.parse()?,
                width: width.parse()?,
                access: access.to_owned(),
                name: name.to_owned(),
                values: None,
                write_values: None,
            }),
            ["E", usage, notes] => {
                self.begin(usage == "write")?;
                self.values()?.notes = Notes(notes.into());
            }
            ["V", number, name] => {
                let named = (low_64(number)?, name.to_owned());
                self.values()?.named.push(named);
            }
            ["D", name] => self.values()?.default = Some(name.to_owned()),
            ["P", peripheral, address] => {
                let known = &mut self.flat.peripherals;
                known.insert(peripheral.to_owned(), address.parse()?);
            }
            ["R", peripheral, address, layout, path, notes] => {
                let register = self.register(layout.parse()?, path, notes)?;
                let place = (self.name(peripheral), address.parse()?);
                self.flat.registers.entry(place).or_default().push(register);
            }
            ["I", peripheral, number, name] => self
                .flat
                .interrupts
                .entry(peripheral.to_owned())
                .or_default()
                .push((number.parse()?, name.to_owned())),
            _ => anyhow::bail!("not a line of the oracle's"),
        }
        Ok(())
    }

    fn layout(&mut self) -> Result<&mut Layout> {
        self.open.last_mut().context("no layout before it")
    }

    fn field(&mut self) -> Result<&mut Field> {
        let fields = &mut self.layout()?.fields;
        fields.last_mut().context("no field before it")
    }

    fn begin(&mut self, writing: bool) -> Result<()> {
        self.writing = writing;
        let field = self.field()?;
        let place = match writing {
            true => &mut field.write_values,
            false => &mut field.values,
        };
        *place = Some(Values::default());
        Ok(())
    }

    fn values(&mut self) -> Result<&mut Values> {
        let writing = self.writing;
        let field = self.field()?;
        let place = match writing {
            true => &mut field.write_values,
            false => &mut field.values,
        };
        place.as_mut().context("no enumeration before it")
    }

    fn name(&mut self, peripheral: &str) -> Rc<str> {
        if let Some(name) = self.names.get(peripheral) {
            return Rc::clone(name);
        }
        let name: Rc<str> = peripheral.into();
        self.names.insert(peripheral.to_owned(), Rc::clone(&name));
        name
    }

    fn register(&mut self, layout: usize, path: &str, notes: &str) -> Result<Register> {
        self.layouts.extend(self.open.drain(..).map(Rc::new));
        let layout = self.layouts.get(layout).context("no such layout")?;
        let segments = &mut self.segments;
        let path = path.split('.').map(|segment| {
            let known = segments.entry(segment.to_owned());
            let names = known.or_insert_with(|| segment.split('|').map(Rc::from).collect());
            names.clone()
        });
        Ok(Register {
            path: path.collect(),
            layout: Rc::clone(layout),
            notes: Notes(notes.into()),
        })
    }
}

/// A number as far as the model holds it: its lowest 64 bits.
fn low_64(text: &str) -> Result<u64> {
    let number: u128 = text.parse()?;
    Ok(u64::try_from(number & u128::from(u64::MAX))?)
}
