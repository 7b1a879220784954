//! The stages are what is tracked. They stand here, apart from what fills them, so that an operation keeps its
//! name and place while its code is rewritten, and two reports can be compared.

/// From texts to an answer.
#[memprof::track("Skill Matching")]
pub fn skill_matching<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// Reading candidates and requirements.
#[memprof::track("Parse")]
pub fn parse<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// Making the model; once a process, as it is cached.
#[memprof::track("Load Model")]
pub fn load_model<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// From skills to vectors.
#[memprof::track("Embed Skills")]
pub fn embed_skills<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// How much each skill is like each required one.
#[memprof::track("Similarity")]
pub fn similarity<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// From similarities to the best candidates.
#[memprof::track("Match Candidates")]
pub fn match_candidates<T>(work: impl FnOnce() -> T) -> T {
    work()
}
