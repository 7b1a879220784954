//! The cache: entries put, looked up and taken, by any thread of any process that has the memory.

use std::path::Path;

use crate::index::Index;
use crate::ring::Ring;
use crate::{Error, Layout, PutError, Shared};

/// A key-value cache in shared memory. Nothing but making it allocates.
#[derive(Debug)]
pub struct Cache {
    shared: Shared,
    layout: Layout,
}

impl Cache {
    /// Makes an empty cache in a new file.
    ///
    /// # Errors
    /// When the file is there already, or cannot be made or mapped.
    #[memprof::track("Create Cache")]
    pub fn create(path: &Path, layout: Layout) -> Result<Self, Error> {
        let shared = Shared::create(path, layout.bytes())?;
        layout.write(shared.words());
        Ok(Self { shared, layout })
    }

    /// Opens the cache that another process made.
    ///
    /// # Errors
    /// When there is none, or the file is something else.
    #[memprof::track("Open Cache")]
    pub fn open(path: &Path) -> Result<Self, Error> {
        let shared = Shared::open(path)?;
        let layout = Layout::read(shared.words())
            .map_err(|reason| Error::NotACache(path.to_owned(), reason))?;
        Ok(Self { shared, layout })
    }

    /// Puts an entry; of an older one of this key nothing is found any more.
    ///
    /// # Errors
    /// When every slot is in use, or key and value have no room in one.
    #[memprof::track("Put")]
    pub fn put(&self, key: &[u8], value: &[u8]) -> Result<(), PutError> {
        let ring = self.ring();
        let number = ring.push(key, value)?;
        self.index().note(key, number, |other| {
            let is_same = ring.read_if_there(other, |entry| entry.has_key(key));
            // What is gone can be forgotten.
            is_same.unwrap_or(true)
        });
        Ok(())
    }

    /// Puts an entry; where there is no slot left the oldest entries go.
    ///
    /// # Errors
    /// When key and value have no room in a slot.
    pub fn put_over(&self, key: &[u8], value: &[u8]) -> Result<(), PutError> {
        loop {
            match self.put(key, value) {
                Err(PutError::Full) => drop(self.ring().pop(|_| ())),
                result => return result,
            }
        }
    }

    /// Copies the latest value of a key into `value`, in place of what is in there; `false` when there is no
    /// such entry. Allocates only where `value` has less room than a slot.
    #[memprof::track("Get")]
    pub fn get(&self, key: &[u8], value: &mut Vec<u8>) -> bool {
        let ring = self.ring();
        self.index().candidates(key).any(|number| {
            let found = ring.read_if_there(number, |entry| {
                entry.has_key(key) && {
                    entry.copy_value(value);
                    true
                }
            });
            found == Some(true)
        })
    }

    /// Takes the oldest entry out, into `key` and `value`; `false` when there is none. Allocates only where
    /// these have less room than a slot.
    #[memprof::track("Take")]
    pub fn take(&self, key: &mut Vec<u8>, value: &mut Vec<u8>) -> bool {
        let taken = self.ring().pop(|entry| {
            entry.copy_key(key);
            entry.copy_value(value);
        });
        taken.is_some()
    }

    /// What is where.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The memory.
    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    fn ring(&self) -> Ring<'_> {
        Ring::new(self.shared.words(), self.layout)
    }

    fn index(&self) -> Index<'_> {
        Index::new(self.layout.index(self.shared.words()))
    }
}
