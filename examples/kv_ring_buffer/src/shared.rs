//! Shared memory: a file that every process maps, seen as atomic words. The only `unsafe` of this program.

#![allow(unsafe_code)]

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;

use memmap2::{MmapOptions, MmapRaw};

use crate::Error;

/// The bytes of a word.
pub const WORD_BYTES: usize = size_of::<AtomicU64>();

/// A mapped file. Any process may change any word at any moment, so there are only atomic ones.
#[derive(Debug)]
pub struct Shared {
    mapping: MmapRaw,
    path: PathBuf,
    /// Tells memprof of what no allocator sees, for as long as it is mapped.
    _external: memprof::External,
}

impl Shared {
    /// Makes a file of that many zero bytes, which must not be there yet, and maps it.
    ///
    /// # Errors
    /// When the file is there already, cannot be made, or is too large to map.
    pub fn create(path: &Path, bytes: usize) -> Result<Self, Error> {
        let failed = |err| Error::Create(path.to_owned(), err);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(failed)?;
        file.set_len(bytes as u64).map_err(failed)?;
        Self::map(&file, path)
    }

    /// Maps a file that another process made.
    ///
    /// # Errors
    /// When it is not there, may not be written, or cannot be mapped.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .map_err(|err| Error::Open(path.to_owned(), err))?;
        Self::map(&file, path)
    }

    fn map(file: &File, path: &Path) -> Result<Self, Error> {
        let mapping = MmapOptions::new()
            // Where the system can, all pages are there from now on: none is waited for on the way of an entry, and
            // what is mapped is what is resident.
            .populate()
            .map_raw(file)
            .map_err(|err| Error::Map(path.to_owned(), err))?;
        Ok(Self {
            path: path.to_owned(),
            _external: memprof::external("shared ring", mapping.len() as u64),
            mapping,
        })
    }

    /// The whole memory; a rest of less than a word is left out.
    pub fn words(&self) -> &[AtomicU64] {
        let pointer = self.mapping.as_mut_ptr().cast::<AtomicU64>();
        // SAFETY: the mapping begins at a page, so it is aligned; it is readable and writable for as long as
        // `self` lives, and of this many whole words. Every bit pattern is a word. All access is through these
        // atomic words, here and in any other process of this program. A file that another program makes
        // shorter meanwhile would end this one with SIGBUS, which is no access to other memory.
        unsafe { std::slice::from_raw_parts(pointer, self.mapping.len() / WORD_BYTES) }
    }

    /// The bytes that are mapped.
    pub fn bytes(&self) -> usize {
        self.mapping.len()
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
