//! Identities of findings that survive line shifts and reformatting.
//!
//! In: what a finding is about (rule, package, function, constructor, ordinal among equals). Out: 16 hexadecimal
//! digits. No line number takes part. FNV-1a is used because its value never changes between releases or platforms.

/// Hashes `parts` in order; a separator keeps `["ab", "c"]` and `["a", "bc"]` apart.
#[must_use]
pub fn fingerprint(parts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0x1f]) {
            hash ^= u64::from(byte);
            hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn parts_are_kept_apart() {
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
        assert_eq!(fingerprint(&["x"]), fingerprint(&["x"]));
        assert_eq!(fingerprint(&[]).len(), 16);
    }
}
