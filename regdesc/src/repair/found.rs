// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a repair begins with and ends with: the mistakes that a check finds, and the
//! report that they were repaired.

use crate::diagnostic::{Diagnostic, Diagnostics};

/// What a rule of [`crate::check`] finds wrong.
pub(super) fn found(rule: impl FnOnce(&mut Diagnostics)) -> Vec<Diagnostic> {
    let mut found = Diagnostics::default();
    rule(&mut found);
    found.into_iter().collect()
}

/// Reports that mistakes were repaired by a rule.
pub(super) fn report(mistakes: Vec<Diagnostic>, rule: &str, diagnostics: &mut Diagnostics) {
    for mistake in mistakes {
        diagnostics.push(mistake.repaired(rule));
    }
}
