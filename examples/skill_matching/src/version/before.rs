//! As it was written first: everything is owned, nothing has a capacity, the matrix is there in full.
//!
//! The code is not foolish; it is what one writes to get it to work. What it costs is not seen until it is
//! measured: the matrix grows with the square of the input, and every cell has two strings.

use std::collections::HashMap;

use super::{Match, by_score};
use crate::embed::{DIMENSIONS, features, likeness, model, normalise};
use crate::{Error, Result, TOP, people, stage};

#[derive(Clone)]
struct Candidate {
    name: String,
    skills: Vec<String>,
}

/// One cell of the matrix.
struct Cell {
    skill: String,
    required: String,
    likeness: f32,
}

pub(crate) fn find(candidates: &str, required: &str) -> Result<Vec<Match>> {
    let candidates = stage::parse(|| parse_candidates(candidates))?;
    let required = stage::parse(|| parse_required(required))?;
    let (skills, wanted) = stage::embed_skills(|| {
        let mut skills = Vec::new();
        for candidate in candidates.clone() {
            for skill in candidate.skills {
                skills.push((skill.clone(), embed(skill)));
            }
        }
        let mut wanted = Vec::new();
        for skill in required.clone() {
            wanted.push((skill.clone(), embed(skill)));
        }
        (skills, wanted)
    });
    let matrix = stage::similarity(|| similarity_matrix(&skills, &wanted));
    Ok(stage::match_candidates(|| {
        match_candidates(&candidates, &required, &matrix)
    }))
}

fn parse_candidates(text: &str) -> Result<Vec<Candidate>> {
    let mut candidates = Vec::new();
    for line in people::lines(text) {
        let (name, skills) = people::candidate(line)?;
        candidates.push(Candidate {
            name: name.to_string(),
            skills: skills.map(|skill| skill.to_string()).collect(),
        });
    }
    if candidates.is_empty() {
        return Err(Error::NoCandidates);
    }
    Ok(candidates)
}

fn parse_required(text: &str) -> Result<Vec<String>> {
    let mut required = Vec::new();
    for (_, line) in people::lines(text) {
        required.push(line.to_string());
    }
    if required.is_empty() {
        return Err(Error::NothingRequired);
    }
    Ok(required)
}

fn embed(skill: String) -> Vec<f32> {
    let mut counts = HashMap::new();
    for feature in features(&skill) {
        *counts.entry(feature.to_string()).or_insert(0.0) += 1.0;
    }
    // Sorted, so that the sum is the same in every run.
    let mut counts: Vec<(String, f32)> = counts.into_iter().collect();
    counts.sort_by(|a, b| a.0.cmp(&b.0));
    let mut vector: Vec<f32> = Vec::new();
    for (feature, count) in counts {
        let weights = model().feature(&feature).to_vec();
        vector.resize(weights.len(), 0.0);
        for (sum, weight) in vector.iter_mut().zip(weights) {
            *sum += weight * count;
        }
    }
    vector.resize(DIMENSIONS, 0.0);
    normalise(&mut vector);
    vector
}

fn similarity_matrix(
    skills: &[(String, Vec<f32>)],
    wanted: &[(String, Vec<f32>)],
) -> Vec<Vec<Cell>> {
    let mut matrix = Vec::new();
    for (skill, vector) in skills {
        let mut row = Vec::new();
        for (required, wanted) in wanted {
            row.push(Cell {
                skill: skill.clone(),
                required: required.clone(),
                likeness: likeness(vector, wanted),
            });
        }
        matrix.push(row);
    }
    matrix
}

fn match_candidates(
    candidates: &[Candidate],
    required: &[String],
    matrix: &[Vec<Cell>],
) -> Vec<Match> {
    let mut matches = Vec::new();
    let mut rows = matrix.iter();
    for candidate in candidates {
        let mut best = HashMap::new();
        for _ in &candidate.skills {
            for cell in rows.next().into_iter().flatten() {
                debug_assert!(candidate.skills.contains(&cell.skill));
                let best = best.entry(cell.required.clone()).or_insert(-1.0_f32);
                *best = best.max(cell.likeness);
            }
        }
        // In the order of the requirements, so that the sum is the same in every run.
        let sum: f32 = required
            .iter()
            .map(|skill| best.get(skill).copied().unwrap_or(-1.0))
            .sum();
        matches.push(Match {
            name: candidate.name.clone(),
            score: sum / required.len() as f32,
        });
    }
    let mut sorted: Vec<(usize, Match)> = matches.iter().cloned().enumerate().collect();
    sorted.sort_by(|a, b| by_score((a.1.score, a.0), (b.1.score, b.0)));
    sorted.iter().take(TOP).map(|(_, it)| it.clone()).collect()
}
