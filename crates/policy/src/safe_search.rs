/// How a search is kept safe. The gate carries it out; the rules only say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SafeSearch {
    /// Set this query parameter, whatever the person set, in the address that goes out.
    Parameter { name: &'static str, value: &'static str },
    /// Set this request header.
    Header { name: &'static str, value: &'static str },
    /// The connection is carried unopened: reach the addresses of this name instead of the name asked for. The
    /// certificate that comes back is good for the name asked for.
    Host { name: &'static str },
}
