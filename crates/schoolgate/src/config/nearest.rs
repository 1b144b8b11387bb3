/// The known name that was most likely meant: at most a third of its letters away.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let far = |it: &&'a str| distance(name, it);
    let best = known.iter().copied().min_by_key(far)?;
    (distance(name, best) <= 1 + best.len() / 3).then_some(best)
}

/// Letters to insert, remove or change, and neighbours to swap (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_likely_meant() {
        let known = ["listen", "listen_tls", "sign_in", "session", "keep_paths"];
        let check = |name, meant| assert_eq!(nearest(name, &known), meant, "{name}");
        check("listne", Some("listen"));
        check("listen-tls", Some("listen_tls"));
        check("signin", Some("sign_in"));
        check("keep_path", Some("keep_paths"));
        check("colour", None);
    }
}
