//! Passwords counted and ranked position by position: policies with limits on runs, and those with overlapping sets.

mod alphabet;
mod levels;
mod shape;
mod tables;

pub(crate) use self::levels::Levels;
pub(crate) use self::shape::{MAX_DISTINCT, Shape};
pub(crate) use self::tables::Tables;
