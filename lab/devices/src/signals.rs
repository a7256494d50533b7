// SPDX-License-Identifier: MIT OR Apache-2.0

//! Signals that interrupt what a program waits for.
#![expect(unsafe_code, reason = "no safe function handles signals")]

use std::io;
use std::ptr;

extern "C" fn ignored(_signal: libc::c_int) {}

/// Has a signal come again after so many milliseconds, less than a second, which a handler that does
/// nothing receives; none comes any more after 0.
///
/// # Errors
/// The system's error.
pub fn repeat(milliseconds: u16) -> io::Result<()> {
    let handler: extern "C" fn(libc::c_int) = ignored;
    // SAFETY: it has no field that must not be zero.
    let mut action = unsafe { std::mem::zeroed::<libc::sigaction>() };
    action.sa_sigaction = handler as libc::sighandler_t;
    // SAFETY: the handler does nothing, and the action is there during the call.
    if unsafe { libc::sigaction(libc::SIGALRM, &raw const action, ptr::null_mut()) } == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it has no field that must not be zero.
    let mut timer = unsafe { std::mem::zeroed::<libc::itimerval>() };
    timer.it_interval.tv_usec = libc::suseconds_t::from(milliseconds) * 1000;
    timer.it_value = timer.it_interval;
    // SAFETY: the timer is there during the call.
    match unsafe { libc::setitimer(libc::ITIMER_REAL, &raw const timer, ptr::null_mut()) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
