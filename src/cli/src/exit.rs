//! Exit codes, which are the same for every command that judges.

/// All of it went well, and nothing needs attention now.
pub const FINE: u8 = 0;
/// Something needs attention.
pub const ATTENTION: u8 = 1;
/// Something could not be read or told, or nothing was looked at.
pub const FAILED: u8 = 2;
/// `run` ended because of a defect of lapsewatch itself, as sysexits.h has it for EX_SOFTWARE. Start it again.
pub const DEFECT: u8 = 70;
