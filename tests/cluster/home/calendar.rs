//! The calendar, read by another library than the one that wrote it.
