//! As it is since its memory was looked at: texts are borrowed, buffers have their capacity and are used
//! again, a skill that many have is embedded once, and the matrix is there a row at a time.

use std::collections::HashMap;

use super::{Match, by_score};
use crate::embed::{DIMENSIONS, features, likeness, model, normalise};
use crate::{Error, Result, TOP, people, stage};

/// Everything that was read; all texts are borrowed.
struct Candidates<'a> {
    /// Each with the end of its skills in `skills`.
    names: Vec<(&'a str, usize)>,
    /// Of all candidates, one after the other.
    skills: Vec<&'a str>,
}

/// Different skills, each with its vector.
struct Embedded<'a> {
    numbers: HashMap<&'a str, usize>,
    vectors: Vec<f32>,
}

pub(crate) fn find(candidates: &str, required: &str) -> Result<Vec<Match>> {
    let candidates = stage::parse(|| Candidates::parse(candidates))?;
    let required = stage::parse(|| parse_required(required))?;
    let (skills, wanted) =
        stage::embed_skills(|| (Embedded::of(&candidates.skills), Embedded::of(&required)));
    Ok(stage::match_candidates(|| {
        match_candidates(&candidates, &required, &skills, &wanted)
    }))
}

impl<'a> Candidates<'a> {
    fn parse(text: &'a str) -> Result<Self> {
        // Counted first: a look at the text is cheaper than buffers that grow.
        let count = people::lines(text).count();
        let commas = text.bytes().filter(|byte| *byte == b',').count();
        let mut names = Vec::with_capacity(count);
        let mut skills = Vec::with_capacity(count + commas);
        for line in people::lines(text) {
            let (name, own) = people::candidate(line)?;
            skills.extend(own);
            names.push((name, skills.len()));
        }
        if names.is_empty() {
            return Err(Error::NoCandidates);
        }
        Ok(Self { names, skills })
    }
}

fn parse_required(text: &str) -> Result<Vec<&str>> {
    let mut required = Vec::with_capacity(people::lines(text).count());
    required.extend(people::lines(text).map(|(_, line)| line));
    if required.is_empty() {
        return Err(Error::NothingRequired);
    }
    Ok(required)
}

impl<'a> Embedded<'a> {
    fn of(skills: &[&'a str]) -> Self {
        let mut sorted = skills.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let mut numbers = HashMap::with_capacity(sorted.len());
        let mut vectors = vec![0.0; sorted.len() * DIMENSIONS];
        let mut words = Vec::new();
        for (number, skill) in sorted.into_iter().enumerate() {
            let vector = &mut vectors[number * DIMENSIONS..][..DIMENSIONS];
            embed(skill, vector, &mut words);
            numbers.insert(skill, number);
        }
        Self { numbers, vectors }
    }

    fn vector(&self, skill: &str) -> &[f32] {
        let number = self.numbers[skill];
        &self.vectors[number * DIMENSIONS..][..DIMENSIONS]
    }
}

/// `words` is room that is used again.
fn embed<'a>(skill: &'a str, vector: &mut [f32], words: &mut Vec<&'a str>) {
    words.clear();
    words.extend(features(skill));
    // In the order of the texts, so that the sum is the same whatever the order of the words.
    words.sort_unstable();
    for same in words.chunk_by(|a, b| a == b) {
        let count = same.len() as f32;
        let weights = model().feature(same[0]);
        vector
            .iter_mut()
            .zip(weights)
            .for_each(|(sum, weight)| *sum += weight * count);
    }
    normalise(vector);
}

fn match_candidates(
    candidates: &Candidates<'_>,
    required: &[&str],
    skills: &Embedded<'_>,
    wanted: &Embedded<'_>,
) -> Vec<Match> {
    let mut best = vec![-1.0_f32; required.len()];
    // One more than is wanted: who comes in first goes out again.
    let mut top: Vec<(f32, usize)> = Vec::with_capacity(TOP + 1);
    let mut begin = 0;
    for (number, (_, end)) in candidates.names.iter().enumerate() {
        best.fill(-1.0);
        for skill in &candidates.skills[begin..*end] {
            row_of_similarity(skills.vector(skill), required, wanted, &mut best);
        }
        begin = *end;
        let score = best.iter().sum::<f32>() / required.len() as f32;
        let place = top.partition_point(|other| by_score(*other, (score, number)).is_lt());
        top.insert(place, (score, number));
        top.truncate(TOP);
    }
    let found = top.into_iter().map(|(score, number)| Match {
        name: candidates.names[number].0.to_owned(),
        score,
    });
    found.collect()
}

/// One row of what was a matrix; only the best of each column is kept.
fn row_of_similarity(skill: &[f32], required: &[&str], wanted: &Embedded<'_>, best: &mut [f32]) {
    stage::similarity(|| {
        for (best, required) in best.iter_mut().zip(required) {
            *best = best.max(likeness(skill, wanted.vector(required)));
        }
    });
}
