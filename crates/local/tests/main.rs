//! The program and the library from outside: over HTTP, by signals, on disk.

#![cfg(test)]

mod cli;
mod client;
mod durability;
mod pages;
mod process;
mod server;
mod stack;
