//! Names that are like others: for `did you mean …?`.
//!
//! In: a name that is not known, and those that are. Out: the one that is most like it, if one is.

/// The known name that is most like `name` and at least `least` alike (from 0, nothing in common, to 1, the same); of equals
/// the first.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>, least: f64) -> Option<&'n str> {
    let scored = known.into_iter().map(|other| (strsim::normalized_damerau_levenshtein(name, other), other));
    let similar = scored.filter(|(score, _)| *score >= least);
    similar.reduce(|best, other| if other.0 > best.0 { other } else { best }).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_most_similar_of_those_that_are_similar() {
        let known = ["redis", "rediss", "http"];
        assert_eq!(nearest("reddis", known, 0.6), Some("redis"));
        assert_eq!(nearest("redisss", known, 0.6), Some("rediss"));
        assert_eq!(nearest("sql", known, 0.6), None);
    }
}
