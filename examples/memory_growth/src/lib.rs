//! Fills the required places of a project with the candidates that suit them best.
//!
//! Its tests are the point: they hold its memory to what it may take as the input grows.
#![forbid(unsafe_code)]

/// Somebody who may be chosen, and how well each skill is known, from 0 to 100.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What the candidate is called.
    pub name: String,
    /// By the number of the skill.
    pub skills: Vec<u8>,
}

/// So many candidates, always the same ones.
#[must_use]
pub fn candidates(count: usize) -> Vec<Candidate> {
    const SKILLS: usize = 8;
    let level = |candidate: usize, skill: usize| (candidate * 31 + skill * 17) % 101;
    (0..count)
        .map(|candidate| Candidate {
            name: format!("candidate {candidate:05}"),
            skills: (0..SKILLS)
                .map(|skill| u8::try_from(level(candidate, skill)).unwrap_or(0))
                .collect(),
        })
        .collect()
}

/// Chooses one candidate for each of the required places, which ask for one skill after the other; nobody has
/// two. Fewer where there are not enough candidates.
#[memprof::track("Match", growth = "O(n)")]
#[must_use]
pub fn choose(candidates: &[Candidate], required: usize) -> Vec<&Candidate> {
    memprof::size(candidates.len());
    let scores = score(candidates, required);
    let mut is_taken = vec![false; candidates.len()];
    let places = scores.chunks(candidates.len().max(1)).take(required);
    places
        .filter_map(|scores| {
            let free = (0..scores.len()).filter(|candidate| !is_taken[*candidate]);
            let best = free.max_by_key(|candidate| (scores[*candidate], usize::MAX - candidate))?;
            is_taken[best] = true;
            Some(&candidates[best])
        })
        .collect()
}

/// How well each candidate suits each place.
#[memprof::track("Score")]
fn score(candidates: &[Candidate], required: usize) -> Vec<u32> {
    let mut scores = Vec::with_capacity(candidates.len() * required);
    for place in 0..required {
        let suits = |candidate: &Candidate| {
            let skills = candidate.skills.len().max(1);
            u32::from(candidate.skills.get(place % skills).copied().unwrap_or(0))
        };
        scores.extend(candidates.iter().map(suits));
    }
    scores
}
