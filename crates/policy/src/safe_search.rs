/// How a search is kept safe. The gate carries it out; the rules only say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SafeSearch {
    /// Set this query parameter, whatever the person set, in the address that goes out.
    Parameter { name: &'static str, value: &'static str },
    /// Set this request header.
    Header { name: &'static str, value: &'static str },
}
