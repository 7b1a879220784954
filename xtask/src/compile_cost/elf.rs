//! The size of a program: of its file, and of what the sections in it are for.

use std::fs;
use std::path::Path;

use crate::Result;

/// What a section is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Code,
    Data,
    Unwinding,
    Relocations,
    Symbols,
    Debug,
}

impl Part {
    pub(super) const ALL: [(Self, &str); 6] = [
        (Self::Code, "code"),
        (Self::Data, "data"),
        (Self::Unwinding, "unwinding"),
        (Self::Relocations, "relocations"),
        (Self::Symbols, "symbols"),
        (Self::Debug, "debug information"),
    ];
}

/// Bytes in a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Size {
    pub(super) file: u64,
    /// Of a file that is not of this format: none.
    pub(super) sections: Vec<(Part, u64)>,
}

impl Size {
    pub(super) fn of_file(path: &Path) -> Result<Self> {
        let bytes =
            fs::read(path).map_err(|err| format!("failed to read `{}`: {err}", path.display()))?;
        Ok(Self {
            file: bytes.len() as u64,
            sections: sections(&bytes).unwrap_or_default(),
        })
    }

    pub(super) fn of(&self, part: Part) -> u64 {
        let of_part = self.sections.iter().filter(|(it, _)| *it == part);
        of_part.map(|(_, bytes)| bytes).sum()
    }

    pub(super) fn has_sections(&self) -> bool {
        !self.sections.is_empty()
    }
}

const NO_BITS: u64 = 8;
const IS_LOADED: u64 = 2;
const IS_CODE: u64 = 4;

/// Each section that takes room in the file; `None` unless it is ELF of 64 bits, little end first.
fn sections(file: &[u8]) -> Option<Vec<(Part, u64)>> {
    if !file.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let headers = number(file, 0x28, 8)?;
    let [length, count, of_names] = [0x3a, 0x3c, 0x3e].map(|at| number(file, at, 2));
    let (length, count) = (length?, count?);
    let header = |index: u64| headers.checked_add(index * length);
    let names = number(file, header(of_names?)? + 0x18, 8)?;
    let mut found = Vec::new();
    for index in 0..count {
        let at = header(index)?;
        let name = name(file, names.checked_add(number(file, at, 4)?)?)?;
        let (kind, flags) = (number(file, at + 0x04, 4)?, number(file, at + 0x08, 8)?);
        let bytes = number(file, at + 0x20, 8)?;
        if kind != NO_BITS
            && let Some(part) = part(name, flags)
        {
            found.push((part, bytes));
        }
    }
    Some(found)
}

fn part(name: &str, flags: u64) -> Option<Part> {
    match name {
        ".symtab" | ".strtab" | ".shstrtab" | ".dynsym" | ".dynstr" | ".gnu.hash" => {
            Some(Part::Symbols)
        }
        ".eh_frame" | ".eh_frame_hdr" | ".gcc_except_table" => Some(Part::Unwinding),
        _ if name.starts_with(".debug_") => Some(Part::Debug),
        _ if name.starts_with(".rela") => Some(Part::Relocations),
        _ if flags & IS_CODE != 0 => Some(Part::Code),
        _ if flags & IS_LOADED != 0 => Some(Part::Data),
        _ => None,
    }
}

/// The number of so many bytes at a place.
fn number(file: &[u8], at: u64, length: usize) -> Option<u64> {
    let at = usize::try_from(at).ok()?;
    let bytes = file.get(at..)?.get(..length)?;
    let number = bytes.iter().rev();
    Some(number.fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

fn name(file: &[u8], at: u64) -> Option<&str> {
    let from = file.get(usize::try_from(at).ok()?..)?;
    let length = from.iter().position(|&byte| byte == 0)?;
    std::str::from_utf8(&from[..length]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_program_has_a_size_only() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let size = Size::of_file(&file).unwrap();
        assert_eq!(size.file, fs::metadata(&file).unwrap().len());
        assert!(!size.has_sections());
        assert_eq!(sections(b"\x7fELF\x02\x01 and then nothing"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_consists_of_its_parts() {
        let size = Size::of_file(&std::env::current_exe().unwrap()).unwrap();
        let parts = Part::ALL.map(|(part, _)| size.of(part));
        assert!(parts.iter().all(|&bytes| bytes > 0), "{parts:?}");
        // Beside the sections there are headers and gaps.
        let sum: u64 = parts.iter().sum();
        assert!(sum <= size.file && sum > size.file * 9 / 10, "{parts:?}");
    }
}
