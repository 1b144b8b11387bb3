use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address leads, seen through every way of wrapping IPv4 in IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    Public,
    Loopback,
    /// RFC 1918 and RFC 4193, and site-local of old (RFC 3879).
    Private,
    LinkLocal,
    /// Between a provider and its customers (RFC 6598).
    CarrierNat,
    Multicast,
    /// `0.0.0.0/8`, `::`, broadcast.
    Unspecified,
    /// Documentation, benchmarking, protocol assignments, future use: no site is there (RFC 6890).
    Reserved,
}

impl Reach {
    pub fn of(address: IpAddr) -> Reach {
        match address {
            IpAddr::V4(it) => of_v4(it),
            IpAddr::V6(it) => of_v6(it),
        }
    }
}

/// Whether a host must be an IPv4 address or nothing (WHATWG URL, "ends in a number").
pub(super) fn ends_in_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or(host);
    !last.is_empty() && (last.bytes().all(|b| b.is_ascii_digit()) || parse_number(last).is_some())
}

/// Decimal, octal (`0`) and hexadecimal (`0x`) parts, of which the last fills what is left, as `inet_aton` does.
pub(super) fn parse_v4(host: &str) -> Option<Ipv4Addr> {
    let mut parts = [0_u64; 4];
    let mut count = 0;
    for part in host.split('.') {
        *parts.get_mut(count)? = parse_number(part)?;
        count += 1;
    }
    let (last, leading) = parts[..count].split_last()?;
    let mut bits = *last;
    if *last >= 1 << (8 * (5 - count)) {
        return None;
    }
    for (i, part) in leading.iter().enumerate() {
        if *part > 255 {
            return None;
        }
        bits |= part << (8 * (3 - i));
    }
    u32::try_from(bits).ok().map(Ipv4Addr::from)
}

/// The IPv4 address that an IPv6 address stands for or leads to, if any: mapped, compatible (RFC 4291), NAT64
/// (RFC 6052), 6to4 (RFC 3056).
pub(crate) fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let at = |i: usize| {
        let o = address.octets();
        Ipv4Addr::new(o[i], o[i + 1], o[i + 2], o[i + 3])
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, _, _]
        | [0, 0, 0, 0, 0xffff, 0, _, _]
        | [0x64, 0xff9b, 0, 0, 0, 0, _, _] => Some(at(12)),
        [0x2002, ..] => Some(at(2)),
        _ => None,
    }
}

fn of_v4(address: Ipv4Addr) -> Reach {
    match address.octets() {
        [0, ..] | [255, 255, 255, 255] => Reach::Unspecified,
        [127, ..] => Reach::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Reach::Private,
        [169, 254, ..] => Reach::LinkLocal,
        [100, 64..=127, ..] => Reach::CarrierNat,
        [224..=239, ..] => Reach::Multicast,
        [192, 0, 0 | 2, _] | [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] | [240..=255, ..] => {
            Reach::Reserved
        }
        _ => Reach::Public,
    }
}

fn of_v6(address: Ipv6Addr) -> Reach {
    if let Some(inner) = embedded_v4(address) {
        return of_v4(inner);
    }
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Reach::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => Reach::Loopback,
        // The second is NAT64 within one network (RFC 8215).
        [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..] | [0x64, 0xff9b, 1, ..] => Reach::Private,
        [0xfe80..=0xfebf, ..] => Reach::LinkLocal,
        [0xff00..=0xffff, ..] => Reach::Multicast,
        // Teredo hides a client's IPv4 address behind any server's: nothing that a school opens is there.
        [0x2001, 0 | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] | [0x100, 0, 0, 0, ..] => Reach::Reserved,
        [0x2000..=0x3fff, ..] => Reach::Public,
        _ => Reach::Reserved,
    }
}

fn parse_number(part: &str) -> Option<u64> {
    let (digits, radix) = match part.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&part[2..], 16),
        [b'0', _, ..] => (&part[1..], 8),
        _ => (part, 10),
    };
    match digits {
        "" if radix == 16 => Some(0),
        _ if !digits.bytes().all(|b| b.is_ascii_alphanumeric()) => None,
        _ => u64::from_str_radix(digits, radix).ok(),
    }
}
