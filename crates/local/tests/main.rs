//! The program and the library from outside: over HTTP, by signals, on disk.

#![cfg(test)]

mod cli;
mod client;
mod durability;
mod process;
mod server;
mod stack;
