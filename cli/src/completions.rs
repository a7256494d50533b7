// SPDX-License-Identifier: MIT OR Apache-2.0

//! `regloom completions`: what makes a shell complete the command.

use clap_complete::Shell;

use crate::outcome::Outcome;
use crate::output;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  regloom completions bash > ~/.local/share/bash-completion/completions/regloom
  regloom completions zsh > ~/.zfunc/_regloom
  regloom completions fish > ~/.config/fish/completions/regloom.fish")]
pub(crate) struct Arguments {
    /// The shell.
    shell: Shell,
}

/// Prints the script for the shell; `command` is the whole of the command.
pub(crate) fn run(arguments: &Arguments, command: &mut clap::Command) -> Outcome {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, command, name, &mut script);
    output::result(format_args!("{}", String::from_utf8_lossy(&script)));
    Outcome::Done
}
