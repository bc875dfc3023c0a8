// SPDX-License-Identifier: MIT
//! Puts a device behind QEMU's qtest lines, for `pvabi check --target qtest:unix:PATH,fresh=on`; standard library only.
//! Put your own device in the place of Block: what is below the line stays as it is.
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};

const IDS: [u64; 12] = [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13]; // APIC IDs, by selector
const PRESENT: u64 = 2;

/// A register block that can be walked and asked for APIC IDs, and does nothing else: no events, no eject, no _OST.
#[derive(Default)]
struct Block {
    selector: u64,
    command: u64,
}

impl Block {
    const BASE: u64 = 0xfe00_0000; // MMIO; the profile says so to pvabi

    fn read(&mut self, offset: u64) -> u64 {
        let in_range = self.selector < IDS.len() as u64;
        match (offset, self.command) {
            (4, _) if in_range => (self.selector < PRESENT) as u64,
            (8, 0) if in_range => self.selector,
            (8, 3) if in_range => IDS[self.selector as usize],
            _ => 0,
        }
    }

    fn write(&mut self, offset: u64, value: u64) {
        match offset {
            0 => self.selector = value,
            5 if self.selector < IDS.len() as u64 && value <= 3 => self.command = value,
            _ => {}
        }
    }
}

// ---------------------------------------------------------------------------------------------------------------------

fn number(word: Option<&str>) -> Option<u64> {
    let word = word?;
    match word.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => word.parse().ok(),
    }
}

/// One command, one answer. None: this server does not have it.
fn answer(device: &mut Block, line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let verb = words.next()?;
    if verb == "endianness" {
        return Some("OK little".into());
    }
    let mask = match verb.chars().last()? {
        'b' => 0xff,
        'w' => 0xffff,
        'l' => 0xffff_ffff,
        'q' => u64::MAX,
        _ => return None,
    };
    let offset = number(words.next())?.wrapping_sub(Block::BASE);
    let value = number(words.next());
    match (&verb[..verb.len() - 1], value) {
        ("read", None) if offset < 12 => Some(format!("OK {:#018x}", device.read(offset) & mask)),
        ("write", Some(value)) if offset < 12 => {
            device.write(offset, value & mask);
            Some("OK".into())
        }
        ("read", None) => Some(format!("OK {mask:#018x}")), // nobody there
        ("in", None) => Some(format!("OK {mask:#06x}")),
        ("write", Some(_)) | ("out", Some(_)) => Some("OK".into()),
        _ => None,
    }
}

fn serve(stream: UnixStream) -> std::io::Result<()> {
    let mut device = Block::default(); // each connection finds the machine as at power-on: fresh=on
    let mut out = stream.try_clone()?;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        let text = answer(&mut device, &line).unwrap_or(format!("FAIL Unknown command '{line}'"));
        writeln!(out, "{text}")?;
    }
    Ok(())
}

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).expect("usage: qtest-device PATH");
    let _ = std::fs::remove_file(&path);
    for stream in UnixListener::bind(&path)?.incoming() {
        if let Err(why) = serve(stream?) {
            eprintln!("{why}"); // this client is gone; the next one is not
        }
    }
    Ok(())
}
