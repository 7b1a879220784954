//! The tables: what samples of a profile refer to by number, each thing once.
//!
//! Numbers of mappings, functions and locations run from 1 without a gap, those of strings from 0, which is
//! the empty one. A location is one address: the frames that were inlined there are lines of one location.

use std::collections::HashMap;

use super::profile::{Function, Line, Location, Mapping};
use crate::labels::Label;

/// The mapping of the program itself.
const PROGRAM: u64 = 1;

pub(super) struct Tables {
    pub(super) strings: Vec<String>,
    pub(super) mappings: Vec<Mapping>,
    pub(super) functions: Vec<Function>,
    pub(super) locations: Vec<Location>,
    string_ids: HashMap<String, i64>,
    mapping_ids: HashMap<i64, u64>,
    function_ids: HashMap<Function, u64>,
    location_ids: HashMap<Location, u64>,
}

impl Tables {
    pub(super) fn new(executable: &str) -> Self {
        let mut tables = Self {
            strings: Vec::new(),
            mappings: Vec::new(),
            functions: Vec::new(),
            locations: Vec::new(),
            string_ids: HashMap::new(),
            mapping_ids: HashMap::new(),
            function_ids: HashMap::new(),
            location_ids: HashMap::new(),
        };
        tables.string("");
        tables.mapping(executable);
        tables
    }

    pub(super) fn string(&mut self, text: &str) -> i64 {
        if let Some(id) = self.string_ids.get(text) {
            return *id;
        }
        let id = i64::try_from(self.strings.len()).unwrap_or(i64::MAX);
        self.strings.push(text.to_owned());
        self.string_ids.insert(text.to_owned(), id);
        id
    }

    /// The locations of a chain, which has its outermost place first; they have their innermost first.
    pub(super) fn locations_of(&mut self, labels: &[Label<'_>], chain: &[usize]) -> Vec<u64> {
        let mut locations = Vec::with_capacity(chain.len());
        let mut lines = Vec::new();
        for (index, place) in chain.iter().enumerate().rev() {
            let label = &labels[*place];
            lines.push(self.line(label));
            let is_inlined = label.frame.is_some_and(|frame| frame.inlined);
            // What stands around it may be missing, at the outermost frame of a stack.
            let has_caller = index > 0 && labels[chain[index - 1]].frame.is_some();
            if !(is_inlined && has_caller) {
                locations.push(self.location(label, std::mem::take(&mut lines)));
            }
        }
        locations
    }

    fn location(&mut self, label: &Label<'_>, line: Vec<Line>) -> u64 {
        let object = label.frame.and_then(|frame| frame.object.as_deref());
        let location = Location {
            id: 0,
            mapping_id: object.map_or(PROGRAM, |object| self.mapping(object)),
            address: label.frame.and_then(|frame| frame.address).unwrap_or(0),
            line,
        };
        if let Some(id) = self.location_ids.get(&location) {
            return *id;
        }
        let id = self.locations.len() as u64 + 1;
        self.locations.push(Location {
            id,
            ..location.clone()
        });
        self.location_ids.insert(location, id);
        id
    }

    fn line(&mut self, label: &Label<'_>) -> Line {
        Line {
            function_id: self.function(label),
            line: label.line.unwrap_or(0).into(),
            column: label.column.unwrap_or(0).into(),
        }
    }

    fn function(&mut self, label: &Label<'_>) -> u64 {
        // An operation begins where it stands; of a frame only the line of the call is known.
        let start_line = match label.frame {
            None => label.line.unwrap_or(0).into(),
            Some(_) => 0,
        };
        // Names that are equal are taken for mangled ones, out of which `<Circle as Shape>::area` comes as `::area`.
        let system_name = match (label.frame, &label.function) {
            (None, Some(function)) if *function != label.name => function.as_str(),
            _ => "",
        };
        let function = Function {
            id: 0,
            name: self.string(&label.name),
            system_name: self.string(system_name),
            filename: self.string(label.file.unwrap_or("")),
            start_line,
        };
        if let Some(id) = self.function_ids.get(&function) {
            return *id;
        }
        let id = self.functions.len() as u64 + 1;
        self.functions.push(Function { id, ..function });
        self.function_ids.insert(function, id);
        id
    }

    /// An executable or library. It says that functions are named already, so that no viewer looks for them
    /// under addresses which are those of a process that has ended.
    fn mapping(&mut self, path: &str) -> u64 {
        let filename = self.string(path);
        if let Some(id) = self.mapping_ids.get(&filename) {
            return *id;
        }
        let id = self.mappings.len() as u64 + 1;
        self.mappings.push(Mapping {
            id,
            filename,
            has_functions: true,
            has_filenames: true,
            has_line_numbers: true,
            has_inline_frames: true,
        });
        self.mapping_ids.insert(filename, id);
        id
    }
}
